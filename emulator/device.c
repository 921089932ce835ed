/* The device endpoint: register, follow the operation, look at the outcome. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/access.h"
#include "emulator/allocation.h"
#include "emulator/call.h"
#include "emulator/ident.h"
#include "emulator/moment.h"
#include "emulator/proof.h"

enum { OPERATION_ID_SIZE = 64 };

/* The id scope and the device id of the path. */
static const char *device_id(struct call *c)
{
    const char *scope = c->route.captured[0];

    if (!ident_equal(scope, c->emu->keys.id_scope)) {
        (void)problem_set(&c->problem, REFUSE_NO_ENROLLMENT,
                          "'%.100s' is not the id scope of this service", scope);
        return NULL;
    }
    return call_id(c, 1);
}

/* The id of the operation that made this record: not stored, but made from it by HMAC. */
static void operation_id(const struct call *c, const struct registration *r,
                         char out[OPERATION_ID_SIZE])
{
    unsigned char digest[DIGEST_SIZE];
    char about[IDENT_MAX + 24], guid[GUID_SIZE];
    const char *key = c->emu->keys.token_key;
    uint64_t scope = 0;

    (void)snprintf(about, sizeof about, "%s\n%" PRIx64, registration_id(r), r->version);
    if (!hmac_sha256(key, strlen(key), about, strlen(about), digest))
        memset(digest, 0, sizeof digest);
    guid_format(digest, guid);
    memcpy(&scope, digest + 16, sizeof scope);
    (void)snprintf(out, OPERATION_ID_SIZE, "5.%016" PRIx64 ".%s", scope, guid);
}

/* The body of register and status: an object that agrees with the path. */
static int check_body(struct call *c, const char *id)
{
    json_t *json;
    const json_t *payload;
    const char *named;
    int r;

    r = call_body(c, c->route.operation->run == device_status, &json);
    if (r < 0 || !json)
        return r;
    named = json_string_value(json_object_get(json, "registrationId"));
    payload = json_object_get(json, "payload");
    if (!json_is_object(json))
        r = problem_set(&c->problem, REFUSE_BAD_REQUEST, "the body must be an object");
    else if (named && !ident_equal(named, id))
        r = problem_set(&c->problem, REFUSE_BAD_ID,
                        "registrationId: is not the id in the path, '%s'", id);
    else if (payload && !json_is_object(payload) && !json_is_null(payload))
        r = problem_set(&c->problem, REFUSE_BAD_REQUEST, "payload: must be an object");
    json_decref(json);
    return r;
}

/* The id in the path, which the body may repeat. NULL with the problem set. */
static const char *sender_id(struct call *c)
{
    const char *id = device_id(c);

    return id && check_body(c, id) == 0 ? id : NULL;
}

/* Make and store the record of a device that `e` lets in. */
static int register_locked(struct call *c, const char *id, const struct enrollment *e,
                           const struct registration **ret)
{
    const struct registration *old = store_registration(&c->emu->store, id);
    struct registration_parts parts = {.id = id, .x509 = "", .asked_us = c->now_us};
    struct registration *made = NULL;
    struct text x509;
    void *body;

    text_init(&x509, CHOICE_BODY_MAX);
    if (c->by_certificate)
        proof_add_result(&x509, c, e);
    parts.x509 = text_str(&x509);
    parts.id = old ? registration_id(old) : id;
    parts.group = e->kind == KIND_GROUP ? enrollment_id(e) : "";
    parts.created_us = old ? old->created_us : c->now_us;
    parts.version = store_version(&c->emu->store);
    if (allocation_decide(c->emu, e, old, &parts, &body)) {
        parts.ready_us = c->now_us;
        if (parts.outcome != OUTCOME_DISABLED)
            parts.ready_us += c->emu->options.assign_after_ms * INT64_C(1000);
        made = text_failed(&x509) ? NULL : registration_new(&parts);
        json_decref(body);
    }
    text_release(&x509);
    if (!made || store_put_registration(&c->emu->store, made) < 0) {
        free(made);
        return problem_set(&c->problem, REFUSE_INTERNAL, "out of memory");
    }
    *ret = made;
    return 0;
}

static void add_location(struct call *c, const struct registration *r)
{
    const char *host = c->request->host ? c->request->host : c->emu->options.host_name;
    struct text location;

    text_init(&location, 2048);
    text_add(&location, "https://");
    text_add(&location, host);
    text_addf(&location, "/%s/registrations/%s/register", c->emu->keys.id_scope,
              registration_id(r));
    if (!text_failed(&location))
        call_header(c, "Location", text_str(&location));
    text_release(&location);
}

/* Append the RegistrationOperationStatus: 202 while it is under way. */
static void operation_add(struct call *c, const struct registration *r, bool first)
{
    struct text *body = &c->response->body;
    char id[OPERATION_ID_SIZE];
    bool pending = c->now_us < r->ready_us;

    operation_id(c, r, id);
    text_addf(body, "{\"operationId\":\"%s\",\"status\":\"%s\"", id,
              registration_status(r, c->now_us));
    if (!first || !pending) {
        text_add(body, ",\"registrationState\":");
        registration_add(body, r, c->now_us, true);
    }
    text_add(body, "}");
    if (!pending)
        return;
    c->response->status = 202;
    call_header_int(c, "Retry-After", c->emu->options.retry_after_s);
    add_location(c, r);
}

int device_register(struct call *c)
{
    const char *id = sender_id(c);
    const struct enrollment *e;
    const struct registration *made = NULL;
    int r;

    if (!id)
        return -1;
    store_lock_write(&c->emu->store);
    r = access_device(c, id, &e);
    if (r == 0)
        r = register_locked(c, id, e, &made);
    if (r == 0)
        operation_add(c, made, true);
    store_unlock(&c->emu->store);
    return r;
}

/* Let the device in and find its record; the store is locked. */
static int find_record(struct call *c, const char *id, const struct registration **ret)
{
    const struct enrollment *e;
    int r = access_device(c, id, &e);

    if (r < 0)
        return r;
    *ret = store_registration(&c->emu->store, id);
    if (!*ret)
        return problem_set(&c->problem, REFUSE_NO_REGISTRATION, "'%s' has not registered",
                           id);
    return 0;
}

int device_operation(struct call *c)
{
    const char *id = device_id(c);
    const struct registration *record;
    char current[OPERATION_ID_SIZE];
    int r;

    if (!id)
        return -1;
    store_lock_read(&c->emu->store);
    r = find_record(c, id, &record);
    if (r == 0) {
        operation_id(c, record, current);
        if (strcmp(current, c->route.captured[2]) != 0)
            r = problem_set(&c->problem, REFUSE_NO_OPERATION,
                            "this is not the latest operation of '%s'", id);
        else
            operation_add(c, record, false);
    }
    store_unlock(&c->emu->store);
    return r;
}

int device_status(struct call *c)
{
    const char *id = sender_id(c);
    const struct registration *record;
    int r;

    if (!id)
        return -1;
    store_lock_read(&c->emu->store);
    r = find_record(c, id, &record);
    if (r == 0)
        registration_add(&c->response->body, record, c->now_us, true);
    store_unlock(&c->emu->store);
    return r;
}
