/* device.register and device.deriveKey. A device signs with a key of its own: given,
 * derived from its group's key, or read from its enrollment by the connection. */
#include <stdio.h>

#include "azure-dps/operations.h"
#include "azure-dps/request.h"
#include "sdk/cleanup.h"
#include "sdk/json.h"

/* Without a Retry-After the service's own clients wait so long, too. */
#define POLL_MS 2000
#define POLL_MAX_MS 60000
#define DEVICE_TOKEN_SECONDS 3600
#define API_VERSION "2021-10-01"

struct registering {
    struct berth_str id;
    struct berth_str id_scope;
    struct berth_str group; /* empty: none is named */
    struct sas_key key;
    uint32_t delay_ms; /* before the next poll */
};

static const struct unit_kind DEVICE_KEYS;
static const struct unit_kind GROUP_KEYS;
static const struct unit_kind REGISTER;
static const struct unit_kind POLL;

static const struct berth_str NONE = {NULL, 0};

/* --- the key ----------------------------------------------------------------------- */

static int derive_key(struct sas_key *key, struct berth_str group_key,
                      struct berth_str id, struct berth_error *err)
{
    cleanup(sas_key) struct sas_key group = {0};
    cleanup(text) struct text derived;
    text_init_secret(&derived, 64);
    int r = sas_key_parse(&group, "groupKey", group_key, err);
    if (r == 0)
        r = sas_device_key_add(&derived, &group, id, err);
    return r < 0 ? r : sas_key_parse(key, "groupKey", text_str(&derived), err);
}

static int register_prepare(struct berth_op *op, struct berth_error *err)
{
    struct registering *state = op->state;
    const struct dps *dps = op_dps(op);
    state->id = json_str(op->input, "registrationId");
    state->group = json_str(op->input, "enrollmentGroupId");
    state->id_scope = json_str(op->input, "idScope");
    if (str_is_empty(state->id_scope))
        state->id_scope = str_from(dps->id_scope);
    if (str_is_empty(state->id))
        return fail(err, BERTH_E_INVALID, "registrationId: missing or empty");
    if (str_is_empty(state->id_scope))
        return fail(err, BERTH_E_INVALID,
                    "idScope: needed to register a device; set it in the connection or "
                    "in the input (the overview page of the service shows it)");
    return 0;
}

static int register_start(struct berth_op *op, struct berth_error *err)
{
    struct registering *state = op->state;
    struct berth_str own = json_str(op->input, "symmetricKey");
    struct berth_str group = json_str(op->input, "groupKey");
    if (str_is_empty(own) && str_is_empty(group))
        return unit_add(op, &DEVICE_KEYS, state->id, NONE, err);
    int r = str_is_empty(own) ? derive_key(&state->key, group, state->id, err)
                              : sas_key_parse(&state->key, "symmetricKey", own, err);
    return r < 0 ? r : unit_add(op, &REGISTER, state->id, NONE, err);
}

static void register_release(struct berth_op *op)
{
    struct registering *state = op->state;
    sas_key_wipe(&state->key);
}

static int register_finish(struct berth_op *op, struct berth_error *err)
{
    return fail(err, BERTH_E_INTERNAL, "%s: nothing left to do and no result",
                op->operation->id);
}

static int keys_build(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                      struct berth_error *err)
{
    const struct noun *noun = unit->kind == &GROUP_KEYS ? &DPS_GROUP : &DPS_ENROLLMENT;
    return request_keys(op, noun, unit->id, out, err);
}

/* The primary key of an attestation mechanism that was read. */
static int read_key(const struct berth_response *res, json_t **ret_mechanism,
                    struct berth_str *ret_key, struct berth_error *err)
{
    int r = request_answer(res, ret_mechanism, err);
    if (r < 0)
        return r;
    *ret_key = json_str(json_object_get(*ret_mechanism, "symmetricKey"), "primaryKey");
    if (str_is_empty(*ret_key))
        return fail(err, BERTH_E_INVALID,
                    "the enrollment has no symmetric key; a device with a certificate or "
                    "a TPM must register itself");
    return 0;
}

/* The key of the device, or of the group from which its own follows. */
static int keys_read(struct berth_op *op, const struct unit *unit,
                     const struct berth_response *res, struct berth_error *err)
{
    struct registering *state = op->state;
    if (res->status != 200)
        return unit_fail(op, unit, res, err);
    cleanup(json_secret) json_t *mechanism = NULL;
    struct berth_str key = {0};
    int r = read_key(res, &mechanism, &key, err);
    if (r == 0)
        r = unit->kind == &GROUP_KEYS
                ? derive_key(&state->key, key, state->id, err)
                : sas_key_parse(&state->key, "primaryKey", key, err);
    return r < 0 ? r : unit_add(op, &REGISTER, state->id, NONE, err);
}

/* The service looks for an individual enrollment first, and then for the group. */
static int device_keys_read(struct berth_op *op, const struct unit *unit,
                            const struct berth_response *res, struct berth_error *err)
{
    struct registering *state = op->state;
    if (res->status != 404)
        return keys_read(op, unit, res, err);
    if (!str_is_empty(state->group))
        return unit_add(op, &GROUP_KEYS, state->group, NONE, err);
    error_set_code(err, "notFound");
    if (err)
        err->http_status = 404;
    return fail(err, BERTH_E_NOT_FOUND,
                "registrationId: '%s' has no individual enrollment; give the "
                "enrollmentGroupId of its group, or a key",
                state->id.ptr);
}

/* --- the device's own requests ----------------------------------------------------- */

/* https://endpoint/{idScope}/registrations/{id}/... */
static void add_device_url(struct berth_op *op, struct text *url)
{
    const struct registering *state = op->state;
    const struct dps *dps = op_dps(op);
    text_add(url, "https://");
    text_add(url, dps->device_endpoint ? dps->device_endpoint : dps->host);
    text_add(url, "/");
    text_add_escaped(url, state->id_scope);
    text_add(url, "/registrations/");
    text_add_escaped(url, state->id);
}

/* Signed for the resource {idScope}/registrations/{id}, url-encoded as documented. */
static int sign_as_device(struct berth_op *op, struct outgoing *out,
                          struct berth_error *err)
{
    const struct registering *state = op->state;
    cleanup(text) struct text resource;
    cleanup(text) struct text encoded;
    cleanup(text) struct text token;
    text_init(&resource, 1024);
    text_init(&encoded, 2048);
    text_init_secret(&token, SAS_TOKEN_MAX);
    text_add_str(&resource, state->id_scope);
    text_add(&resource, "/registrations/");
    text_add_str(&resource, state->id);
    text_add_escaped(&encoded, text_str(&resource));
    if (text_failed(&resource) || text_failed(&encoded))
        return fail_no_memory(err);
    struct sas_name name = {text_str(&encoded), STR("registration")};
    int64_t expires_at = op_now_ms(op) / 1000 + DEVICE_TOKEN_SECONDS;
    int r = sas_token_add(&token, &state->key, name, expires_at, err);
    out->is_signed = true;
    return r < 0 ? r : outgoing_header(out, "Authorization", text_str(&token), err);
}

static int register_build(struct berth_op *op, const struct unit *unit,
                          struct outgoing *out, struct berth_error *err)
{
    json_t *payload = json_object_get(op->input, "payload");
    cleanup(json) json_t *body = json_object();
    if (!body || !json_set_str(body, "registrationId", unit->id) ||
        (json_is_object(payload) && json_object_set(body, "payload", payload) != 0))
        return fail_no_memory(err);
    out->method = "PUT";
    out->flags = BERTH_REPEATABLE;
    out->limit = STR("registration");
    add_device_url(op, &out->url);
    text_add(&out->url, "/register?api-version=" API_VERSION);
    if (json_is_true(json_object_get(op->input, "force")))
        text_add(&out->url, "&forceRegistration=true");
    int r = rest_add_headers(&op->conn->rest, out, err);
    if (r == 0)
        r = sign_as_device(op, out, err);
    return r < 0 ? r : rest_add_body(out, body, err);
}

static int poll_build(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                      struct berth_error *err)
{
    const struct registering *state = op->state;
    out->flags = BERTH_READ_ONLY | BERTH_REPEATABLE;
    out->limit = STR("polling");
    out->delay_ms = state->delay_ms;
    add_device_url(op, &out->url);
    text_add(&out->url, "/operations/");
    text_add_escaped(&out->url, unit->continuation);
    text_add(&out->url, "?api-version=" API_VERSION);
    int r = rest_add_headers(&op->conn->rest, out, err);
    return r < 0 ? r : sign_as_device(op, out, err);
}

/* --- what became of it ------------------------------------------------------------- */

static int fail_registration(const struct berth_op *op, const json_t *registration,
                             struct berth_error *err)
{
    const struct registering *state = op->state;
    int64_t code = json_integer_value(json_object_get(registration, "errorCode"));
    struct berth_str words = json_str(registration, "errorMessage");
    int http = code >= 400000 && code < 600000 ? (int)(code / 1000) : 0;
    if (err && code)
        (void)snprintf(err->service_code, sizeof(err->service_code), "%lld",
                       (long long)code);
    error_set_code(err, "registrationFailed");
    return fail(err, http ? answer_class(http) : BERTH_E_CONFLICT,
                "registrationId '%s': the service could not register the device: %.*s; "
                "look at the linked hubs and the allocation policy of its enrollment",
                state->id.ptr, (int)words.len, words.ptr ? words.ptr : "no reason given");
}

static int fail_disabled(const struct berth_op *op, struct berth_error *err)
{
    const struct registering *state = op->state;
    error_set_code(err, "enrollmentDisabled");
    return fail(err, BERTH_E_AUTH,
                "registrationId '%s': its enrollment is disabled; enable it first",
                state->id.ptr);
}

/* The registration as the service shows it, with the status that the answer has. */
static int give_registration(struct berth_op *op, const json_t *answer,
                             struct berth_error *err)
{
    const struct registering *state = op->state;
    const json_t *shown = json_object_get(answer, "registrationState");
    cleanup(json) json_t *registration =
        json_is_object(shown) ? json_clone_new(shown) : json_object();
    bool good = registration != NULL;
    if (good && !json_object_get(registration, "registrationId"))
        good = json_set_str(registration, "registrationId", state->id);
    good = good && json_set_str(registration, "status", json_str(answer, "status"));
    return good ? op_result_value(op, registration, err) : fail_no_memory(err);
}

static int poll_later(struct berth_op *op, const json_t *answer,
                      const struct berth_response *res, struct berth_error *err)
{
    struct registering *state = op->state;
    struct berth_str operation = json_str(answer, "operationId");
    int64_t wait = res->retry_after_ms > 0 ? res->retry_after_ms : POLL_MS;
    state->delay_ms = (uint32_t)(wait > POLL_MAX_MS ? POLL_MAX_MS : wait);
    if (str_is_empty(operation))
        return fail(err, BERTH_E_PROTOCOL, "the answer has no operationId");
    return unit_add(op, &POLL, state->id, operation, err);
}

static int status_read(struct berth_op *op, const struct unit *unit,
                       const struct berth_response *res, struct berth_error *err)
{
    if (res->status != 200 && res->status != 202)
        return unit_fail(op, unit, res, err);
    cleanup(json) json_t *answer = NULL;
    int r = request_answer(res, &answer, err);
    if (r < 0)
        return r;
    struct berth_str status = json_str(answer, "status");
    if (str_equal(status, STR("assigning")))
        return poll_later(op, answer, res, err);
    if (str_equal(status, STR("failed")))
        return fail_registration(op, json_object_get(answer, "registrationState"), err);
    if (str_equal(status, STR("disabled")))
        return fail_disabled(op, err);
    if (str_is_empty(status))
        return fail(err, BERTH_E_PROTOCOL, "the answer has no status");
    return give_registration(op, answer, err);
}

/* --- deriveKey --------------------------------------------------------------------- */

static int derive_start(struct berth_op *op, struct berth_error *err)
{
    return str_is_empty(json_str(op->input, "registrationId"))
               ? fail(err, BERTH_E_INVALID, "registrationId: missing or empty")
               : 0;
}

static int derive_finish(struct berth_op *op, struct berth_error *err)
{
    cleanup(sas_key) struct sas_key group = {0};
    cleanup(text) struct text key;
    cleanup(json_secret) json_t *result = json_object();
    text_init_secret(&key, 64);
    int r = sas_key_parse(&group, "groupKey", json_str(op->input, "groupKey"), err);
    if (r == 0)
        r = sas_device_key_add(&key, &group, json_str(op->input, "registrationId"), err);
    if (r < 0)
        return r;
    if (!result || !json_set_str(result, "symmetricKey", text_str(&key)))
        return fail_no_memory(err);
    return op_result_value(op, result, err);
}

static const struct unit_kind DEVICE_KEYS = {
    .name = "deviceKeys",
    .build = keys_build,
    .read = device_keys_read,
};

static const struct unit_kind GROUP_KEYS = {
    .name = "groupKeys",
    .build = keys_build,
    .read = keys_read,
};

static const struct unit_kind REGISTER = {
    .name = "register",
    .build = register_build,
    .read = status_read,
};

static const struct unit_kind POLL = {
    .name = "poll",
    .build = poll_build,
    .read = status_read,
};

const struct operation DPS_DEVICE_REGISTER = {
    .id = "device.register",
    .state_size = sizeof(struct registering),
    .prepare = register_prepare,
    .start = register_start,
    .finish = register_finish,
    .release = register_release,
};

const struct operation DPS_DEVICE_DERIVE_KEY = {
    .id = "device.deriveKey",
    .start = derive_start,
    .finish = derive_finish,
};
