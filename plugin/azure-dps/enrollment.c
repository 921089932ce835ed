#include "azure-dps/enrollment.h"

#include <string.h>

#include "sdk/cleanup.h"
#include "sdk/json.h"

static const char *const FILLED_BY_SERVICE[] = {
    "createdDateTimeUtc",
    "lastUpdatedDateTimeUtc",
    "registrationState",
    "etag",
};

static const char *const KEY_NAMES[] = {"primaryKey", "secondaryKey"};

bool enrollment_is_filled(struct berth_str name)
{
    for (size_t i = 0; i < sizeof(FILLED_BY_SERVICE) / sizeof(FILLED_BY_SERVICE[0]); i++)
        if (str_equal(name, str_from(FILLED_BY_SERVICE[i])))
            return true;
    return false;
}

static json_t *attestation_of(const json_t *enrollment)
{
    return json_object_get(enrollment, "attestation");
}

/* Members that are null are not given. */
static void drop_nulls(json_t *object)
{
    const char *name;
    json_t *value;
    void *next;
    json_object_foreach_safe(object, next, name, value)
    {
        if (json_is_null(value))
            (void)json_object_del(object, name); /* it is there */
        else
            drop_nulls(value);
    }
}

/* Calls `visit` with each {certificate, info} of the attestation; true when one call is.
 */
static bool any_certificate(const json_t *enrollment, bool (*visit)(json_t *certificate))
{
    const char *name;
    json_t *pair;
    const char *which;
    json_t *certificate;
    bool any = false;
    json_object_foreach(json_object_get(attestation_of(enrollment), "x509"), name, pair)
    {
        if (strcmp(name, "caReferences") == 0)
            continue;
        json_object_foreach(pair, which, certificate)
        {
            any = visit(certificate) || any;
        }
    }
    return any;
}

static bool drop_info(json_t *certificate)
{
    return json_object_del(certificate, "info") == 0;
}

static bool drop_certificate(json_t *certificate)
{
    return json_object_del(certificate, "certificate") == 0;
}

static bool lacks_certificate(json_t *certificate)
{
    return str_is_empty(json_str(certificate, "certificate"));
}

static bool has_certificate(json_t *certificate)
{
    return !lacks_certificate(certificate);
}

/* A type's own member stays, those of other types go. */
static void keep_own_attestation(json_t *attestation)
{
    static const char *const TYPES[] = {"symmetricKey", "x509", "tpm"};
    struct berth_str type = json_str(attestation, "type");
    for (size_t i = 0; i < sizeof(TYPES) / sizeof(TYPES[0]); i++)
        if (!str_is_empty(type) && !str_equal(type, str_from(TYPES[i])))
            (void)json_object_del(attestation, TYPES[i]); /* may not be there */
}

json_t *enrollment_body_new(const json_t *source)
{
    json_t *body = json_clone_new(source);
    if (!body)
        return NULL;
    for (size_t i = 0; i < sizeof(FILLED_BY_SERVICE) / sizeof(FILLED_BY_SERVICE[0]); i++)
        (void)json_object_del(body, FILLED_BY_SERVICE[i]); /* may not be there */
    (void)json_object_del(body, "ifMatch");
    const char *name;
    json_t *value;
    void *next;
    json_object_foreach_safe(body, next, name, value)
    {
        if (json_is_null(value))
            (void)json_object_del(body, name); /* it is there */
    }
    drop_nulls(attestation_of(body));
    keep_own_attestation(attestation_of(body));
    (void)any_certificate(body, drop_info);
    return body;
}

static bool is_type(const json_t *enrollment, struct berth_str type)
{
    return str_equal(json_str(attestation_of(enrollment), "type"), type);
}

int enrollment_check(const json_t *body, struct berth_error *err)
{
    if (!is_type(body, STR("x509")))
        return 0;
    const json_t *x509 = json_object_get(attestation_of(body), "x509");
    bool some = json_object_size(json_object_get(x509, "caReferences")) > 0 ||
                any_certificate(body, has_certificate);
    if (some && !any_certificate(body, lacks_certificate))
        return 0;
    error_set_code(err, "certificateNeeded");
    return fail(err, BERTH_E_INVALID,
                "attestation: the service does not give X.509 certificates back, so they "
                "cannot be kept; give each certificate in attestation.x509, or use "
                "caReferences");
}

bool enrollment_has_keys(const json_t *enrollment)
{
    return is_type(enrollment, STR("symmetricKey"));
}

bool enrollment_lacks_keys(const json_t *enrollment)
{
    const json_t *keys = json_object_get(attestation_of(enrollment), "symmetricKey");
    return enrollment_has_keys(enrollment) &&
           (str_is_empty(json_str(keys, KEY_NAMES[0])) ||
            str_is_empty(json_str(keys, KEY_NAMES[1])));
}

bool enrollment_fill_keys(json_t *enrollment, const json_t *mechanism)
{
    json_t *attestation = attestation_of(enrollment);
    const json_t *from = json_object_get(mechanism, "symmetricKey");
    json_t *keys = json_object_get(attestation, "symmetricKey");
    if (!json_is_object(from) || !json_is_object(attestation))
        return true;
    if (!json_is_object(keys)) {
        keys = json_object();
        if (json_object_set_new(attestation, "symmetricKey", keys) != 0)
            return false;
    }
    for (size_t i = 0; i < 2; i++) {
        struct berth_str kept = json_str(from, KEY_NAMES[i]);
        if (str_is_empty(json_str(keys, KEY_NAMES[i])) && !str_is_empty(kept) &&
            !json_set_str(keys, KEY_NAMES[i], kept))
            return false;
    }
    return true;
}

int enrollment_is_written(const json_t *current, const json_t *body)
{
    cleanup(json_secret) json_t *told = json_clone_new(body);
    if (!told)
        return BERTH_E_NO_MEMORY;
    (void)any_certificate(told, drop_certificate);
    (void)json_object_del(told, "registrationId");    /* one of the two, perhaps in */
    (void)json_object_del(told, "enrollmentGroupId"); /* another letter case */
    return json_contains(current, told) ? 1 : 0;
}
