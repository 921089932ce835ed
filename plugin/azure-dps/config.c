/* The credential form, and signing with it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "azure-dps/dps.h"
#include "sdk/json.h"

#define NOUN(words, plural, id_name)                                                     \
    {                                                                                    \
        .what = (words), .id = (id_name), .list = (plural), .path = "/" plural,          \
        .item_path = "/" plural "/{" id_name "}",                                        \
        .keys_path = "/" plural "/{" id_name "}/attestationmechanism",                   \
        .query = "SELECT * FROM " plural, .query_path = "/" plural "/query"              \
    }

const struct noun DPS_ENROLLMENT = NOUN("enrollment", "enrollments", "registrationId");
const struct noun DPS_GROUP =
    NOUN("enrollment group", "enrollmentGroups", "enrollmentGroupId");

static int copy_field(const json_t *config, const char *name, enum json_need need,
                      char **ret, struct berth_error *err)
{
    struct berth_str value = {0};
    int r = json_get_string(config, name, need, &value, err);
    if (r < 0)
        return r;
    if (str_is_empty(value))
        return need == JSON_REQUIRED
                   ? fail(err, BERTH_E_INVALID, "%s: empty; fill it in", name)
                   : 0;
    *ret = strndup(value.ptr, value.len);
    return *ret ? 0 : fail_no_memory(err);
}

static bool is_host_character(char c)
{
    return isalnum((unsigned char)c) || strchr("-._:[]", c);
}

/* A name with or without a port, no url. */
static int check_host(const char *field, const char *host, struct berth_error *err)
{
    for (const char *c = host; *c; c++)
        if (!is_host_character(*c))
            return fail(err, BERTH_E_INVALID,
                        "%s: '%s' is not a host name; give it without https:// and "
                        "without a path",
                        field, host);
    return 0;
}

/* Where the port's colon is, or the end. An IPv6 address stands in brackets. */
static size_t host_length(const char *host)
{
    const char *from = host[0] == '[' ? strchr(host, ']') : host;
    const char *colon = from ? strchr(from, ':') : NULL;
    return colon ? (size_t)(colon - host) : strlen(host);
}

static int make_resource(struct dps *dps, struct berth_error *err)
{
    dps->resource = strndup(dps->host, host_length(dps->host));
    if (!dps->resource)
        return fail_no_memory(err);
    for (char *c = dps->resource; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return 0;
}

static int add_signer(struct dps *dps, const json_t *config, const char *field,
                      struct berth_error *err)
{
    struct berth_str key = json_str(config, field);
    struct sas_signer *signer = &dps->signers[dps->signer_count++];
    sas_signer_init(signer,
                    (struct sas_name){str_from(dps->resource), str_from(dps->key_name)});
    return sas_key_parse(&signer->key, field, key, err);
}

int dps_configure(struct berth_conn *conn, const json_t *config, struct berth_error *err)
{
    struct dps *dps = conn->state;
    if (!str_equal(json_str(config, "kind"), STR("sharedAccessKey")))
        return fail(err, BERTH_E_INVALID,
                    "kind: this connector takes credentials of the kind sharedAccessKey");
    int r = copy_field(config, "host", JSON_REQUIRED, &dps->host, err);
    if (r == 0)
        r = copy_field(config, "keyName", JSON_REQUIRED, &dps->key_name, err);
    if (r == 0)
        r = copy_field(config, "idScope", JSON_OPTIONAL, &dps->id_scope, err);
    if (r == 0)
        r = copy_field(config, "deviceEndpoint", JSON_OPTIONAL, &dps->device_endpoint,
                       err);
    if (r == 0)
        r = check_host("host", dps->host, err);
    if (r == 0 && dps->device_endpoint)
        r = check_host("deviceEndpoint", dps->device_endpoint, err);
    if (r == 0)
        r = make_resource(dps, err);
    if (r == 0)
        r = add_signer(dps, config, "key", err);
    if (r == 0 && !str_is_empty(json_str(config, "altKey")))
        r = add_signer(dps, config, "altKey", err);
    return r;
}

void dps_release(struct berth_conn *conn)
{
    struct dps *dps = conn->state;
    for (int i = 0; i < dps->signer_count; i++)
        sas_signer_release(&dps->signers[i]);
    free(dps->host);
    free(dps->resource);
    free(dps->key_name);
    free(dps->id_scope);
    free(dps->device_endpoint);
}

int dps_credential_count(const struct berth_conn *conn)
{
    const struct dps *dps = conn->state;
    return dps->signer_count;
}

int dps_sign(struct berth_conn *conn, int credential, int64_t now_ms,
             struct outgoing *out, struct berth_error *err)
{
    struct dps *dps = conn->state;
    struct berth_str token = {0};
    int r = sas_signer_token(&dps->signers[credential], now_ms, &token, err);
    return r < 0 ? r : outgoing_header(out, "Authorization", token, err);
}
