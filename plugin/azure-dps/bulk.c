/* enrollment.bulk and enrollmentGroup.bulk: ten elements a request. Keys that an update
 * does not give are read first and sent along, for the service would make new ones. Of
 * several requests one that fails fails its own elements; those that were not begun by
 * then are not sent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "azure-dps/bulk_input.h"
#include "azure-dps/enrollment.h"
#include "azure-dps/operations.h"
#include "azure-dps/request.h"
#include "sdk/cleanup.h"
#include "sdk/json.h"

#define CHUNK_SIZE 10
#define CHUNKS_AT_ONCE 16

/* What becomes of an element that failed. */
struct refusal {
    int status;
    struct berth_error why; /* what part() tells */
    struct berth_str words; /* the service's own; empty: why's message */
};

struct bulk {
    struct bulk_input input;
    bool *dropped;        /* of each element: it is not sent */
    json_t *errors;       /* for the result */
    unsigned char *waits; /* of each chunk: how many keys are still to be read */
    size_t count;
    size_t failed;
    size_t begun;        /* chunks */
    struct refusal stop; /* status not 0: no more chunks are begun, and why */
    bool updates;
    bool deletes;
};

static const struct unit_kind BULK_KEYS;
static const struct unit_kind BULK_SEND;

static struct berth_str element_id(const struct berth_op *op, size_t i)
{
    const struct bulk *bulk = op->state;
    return bulk->input.elements[i].id;
}

/* A unit's id is the number of an element or a chunk, as text. */
static int add_unit(struct berth_op *op, const struct unit_kind *kind, size_t number,
                    struct berth_error *err)
{
    char digits[24];
    (void)snprintf(digits, sizeof(digits), "%zu", number);
    return unit_add(op, kind, str_from(digits), (struct berth_str){0}, err);
}

static size_t unit_number(const struct unit *unit)
{
    return strtoul(unit->id.ptr, NULL, 10);
}

/* --- the outcome of one element ---------------------------------------------------- */

static int add_error(struct berth_op *op, size_t i, int code, struct berth_str reason)
{
    struct bulk *bulk = op->state;
    json_t *error = json_object();
    if (!error || !json_set_str(error, op_noun(op)->id, element_id(op, i)) ||
        json_object_set_new(error, "errorCode", json_integer(code)) != 0 ||
        !json_set_str(error, "errorStatus", reason)) {
        json_decref(error);
        return -1;
    }
    return json_array_append_new(bulk->errors, error);
}

static int part_failed(struct berth_op *op, size_t i, const struct refusal *refusal,
                       struct berth_error *err)
{
    struct bulk *bulk = op->state;
    const struct berth_error *why = &refusal->why;
    long number = strtol(why->service_code, NULL, 10);
    int code = number > 0 && number < 1000000 ? (int)number : why->http_status;
    struct berth_str words =
        str_is_empty(refusal->words) ? str_from(why->message) : refusal->words;
    bulk->failed++;
    if (add_error(op, i, code, words) != 0)
        return fail_no_memory(err);
    return op->call->host->part(op->call, (uint32_t)i, refusal->status,
                                (struct berth_str){0}, why);
}

static int part_done(struct berth_op *op, size_t i)
{
    return op->call->host->part(op->call, (uint32_t)i, BERTH_OK, (struct berth_str){0},
                                NULL);
}

/* --- preparing --------------------------------------------------------------------- */

static void bulk_release(struct berth_op *op)
{
    struct bulk *bulk = op->state;
    bulk_input_release(&bulk->input);
    json_decref(bulk->errors);
    free(bulk->dropped);
    free(bulk->waits);
}

/* An element that cannot be sent has its outcome at once. (Certificates, which are to be
 * checked, are never text.) */
static int check_element(struct berth_op *op, size_t i, struct berth_error *err)
{
    struct bulk *bulk = op->state;
    const json_t *body = bulk->input.elements[i].body;
    struct refusal refusal = {.why = BERTH_ERROR_INIT};
    if (str_is_empty(element_id(op, i)))
        refusal.status = fail(&refusal.why, BERTH_E_INVALID,
                              "element %zu: %s: missing or empty", i, op_noun(op)->id);
    else if (!bulk->deletes && body)
        refusal.status = enrollment_check(body, &refusal.why);
    bulk->dropped[i] = refusal.status < 0;
    return bulk->dropped[i] ? part_failed(op, i, &refusal, err) : 0;
}

/* All keys are there, and there is something left to send. */
static int send_when_ready(struct berth_op *op, size_t chunk, struct berth_error *err)
{
    const struct bulk *bulk = op->state;
    size_t end = (chunk + 1) * CHUNK_SIZE;
    bool any = false;
    for (size_t i = chunk * CHUNK_SIZE; i < end && i < bulk->count; i++)
        any = any || !bulk->dropped[i];
    return any && bulk->waits[chunk] == 0 ? add_unit(op, &BULK_SEND, chunk, err) : 0;
}

static int begin_chunk(struct berth_op *op, size_t chunk, struct berth_error *err)
{
    struct bulk *bulk = op->state;
    size_t end = (chunk + 1) * CHUNK_SIZE;
    for (size_t i = chunk * CHUNK_SIZE; i < end && i < bulk->count; i++) {
        bool reads = bulk->updates && !bulk->dropped[i];
        if (!reads || !given_lacks_keys(&bulk->input.elements[i]))
            continue;
        bulk->waits[chunk]++;
        int r = add_unit(op, &BULK_KEYS, i, err);
        if (r < 0)
            return r;
    }
    return send_when_ready(op, chunk, err);
}

/* The next chunk that has something to send, if there is one. */
static int begin_next(struct berth_op *op, struct berth_error *err)
{
    struct bulk *bulk = op->state;
    size_t open = op->open_leaves;
    int r = 0;
    while (r == 0 && bulk->stop.status == 0 && op->open_leaves == open &&
           bulk->begun * CHUNK_SIZE < bulk->count)
        r = begin_chunk(op, bulk->begun++, err);
    return r;
}

static int bulk_prepare(struct berth_op *op, struct berth_error *err)
{
    struct bulk *bulk = op->state;
    int r = bulk_input_read(&bulk->input, op_noun(op), op->text, err);
    if (r < 0)
        return r;
    bulk->deletes = str_equal(bulk->input.mode, STR("delete"));
    bulk->updates = !bulk->deletes && !str_equal(bulk->input.mode, STR("create"));
    bulk->count = bulk->input.count;
    bulk->dropped = calloc(bulk->count + 1, sizeof(*bulk->dropped));
    bulk->errors = json_array();
    bulk->waits = calloc(bulk->count / CHUNK_SIZE + 1, 1);
    return bulk->dropped && bulk->errors && bulk->waits ? 0 : fail_no_memory(err);
}

static int bulk_start(struct berth_op *op, struct berth_error *err)
{
    const struct bulk *bulk = op->state;
    int r = 0;
    for (size_t i = 0; r == 0 && i < bulk->count; i++)
        r = check_element(op, i, err);
    for (size_t n = 0; r == 0 && n < CHUNKS_AT_ONCE; n++)
        r = begin_next(op, err);
    return r;
}

/* A request came to nothing. One that is alone fails the operation; of several it fails
 * its own elements and is the last but for those that were begun. */
static bool is_alone(const struct bulk *bulk)
{
    return bulk->count <= CHUNK_SIZE;
}

/* What the kit does when it is the operation that fails. */
static void tell_nonsense(struct berth_op *op, const struct unit *unit,
                          const struct berth_response *res, int status,
                          struct berth_error *why)
{
    if (status == BERTH_E_PROTOCOL && res->status == 200)
        (void)unit_fail_nonsense(op, unit, res, why);
}

/* --- reading keys ------------------------------------------------------------------ */

static int keys_build(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                      struct berth_error *err)
{
    return request_keys(op, op_noun(op), element_id(op, unit_number(unit)), out, err);
}

static int fill_keys(struct berth_op *op, size_t i, const struct berth_response *res,
                     struct berth_error *err)
{
    struct bulk *bulk = op->state;
    struct given *element = &bulk->input.elements[i];
    cleanup(json_secret) json_t *mechanism = NULL;
    int r = request_answer(res, &mechanism, err);
    if (r == 0)
        r = given_build(element, &bulk->input.rule, err);
    if (r < 0)
        return r;
    return enrollment_fill_keys(element->body, mechanism) ? 0 : fail_no_memory(err);
}

/* Without its keys an element is not sent, but for one that is not there: the service
 * says so itself. */
static int keys_read(struct berth_op *op, const struct unit *unit,
                     const struct berth_response *res, struct berth_error *err)
{
    struct bulk *bulk = op->state;
    size_t i = unit_number(unit);
    int r = res->status == 200   ? fill_keys(op, i, res, err)
            : res->status == 404 ? 0
                                 : unit_fail(op, unit, res, err);
    if (r < 0 && (is_alone(bulk) || r == BERTH_E_NO_MEMORY || !err))
        return r;
    if (r < 0) {
        tell_nonsense(op, unit, res, r, err);
        bulk->stop = (struct refusal){.status = r, .why = *err};
        bulk->dropped[i] = true;
        r = part_failed(op, i, &bulk->stop, err);
    }
    if (r < 0)
        return r;
    bulk->waits[i / CHUNK_SIZE]--;
    return send_when_ready(op, i / CHUNK_SIZE, err);
}

/* --- sending ----------------------------------------------------------------------- */

static void add_elements(const struct bulk *bulk, size_t chunk, struct text *out)
{
    size_t end = (chunk + 1) * CHUNK_SIZE;
    const char *comma = "";
    for (size_t i = chunk * CHUNK_SIZE; i < end && i < bulk->count; i++) {
        if (bulk->dropped[i])
            continue;
        text_add(out, comma);
        given_add(&bulk->input.elements[i], out);
        comma = ",";
    }
}

static void add_chunk(const struct berth_op *op, size_t chunk, struct text *out)
{
    const struct bulk *bulk = op->state;
    text_add(out, "{\"mode\":");
    text_add_json(out, bulk->input.mode);
    text_add(out, ",");
    text_add_json(out, str_from(op_noun(op)->list));
    text_add(out, ":[");
    add_elements(bulk, chunk, out);
    text_add(out, "]}");
}

static int send_build(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                      struct berth_error *err)
{
    struct request request = {
        .method = "POST", .path = op_noun(op)->path, .flags = BERTH_PRIVATE};
    int r = request_build(op, &request, out, err);
    add_chunk(op, unit_number(unit), &out->body);
    return r < 0 ? r : rest_add_body_type(out, err);
}

/* The service's word about one id of the chunk; null: it was done. */
static const json_t *find_error(const json_t *answer, const char *id_name,
                                struct berth_str id)
{
    size_t i;
    json_t *error;
    json_array_foreach(json_object_get(answer, "errors"), i, error)
    {
        if (str_equal_fold(json_str(error, id_name), id))
            return error;
    }
    return NULL;
}

static int tell_error(struct berth_op *op, size_t i, const json_t *error,
                      struct berth_error *err)
{
    int64_t code = json_integer_value(json_object_get(error, "errorCode"));
    int http = code >= 100000 && code < 1000000 ? (int)(code / 1000) : 0;
    struct refusal refusal = {.why = BERTH_ERROR_INIT,
                              .words = json_str(error, "errorStatus")};
    struct berth_str words = refusal.words;
    struct berth_str id = element_id(op, i);
    refusal.why.http_status = http;
    (void)snprintf(refusal.why.service_code, sizeof(refusal.why.service_code), "%lld",
                   (long long)code);
    error_set_code(&refusal.why, http == 409   ? "alreadyExists"
                                 : http == 412 ? "etagMismatch"
                                 : http == 404 ? "notFound"
                                               : "");
    refusal.status =
        fail(&refusal.why, http ? answer_class(http) : BERTH_E_CONFLICT,
             "%s '%.*s': the service refused it: %.*s", op_noun(op)->what, (int)id.len,
             id.ptr, (int)words.len, words.ptr ? words.ptr : "no reason given");
    return part_failed(op, i, &refusal, err);
}

/* A chunk that the service refused as a whole: each of its elements failed. */
static int tell_refused(struct berth_op *op, size_t chunk, const struct refusal *refusal,
                        struct berth_error *err)
{
    const struct bulk *bulk = op->state;
    size_t end = (chunk + 1) * CHUNK_SIZE;
    for (size_t i = chunk * CHUNK_SIZE; i < end && i < bulk->count; i++) {
        int r = bulk->dropped[i] ? 0 : part_failed(op, i, refusal, err);
        if (r < 0)
            return r;
    }
    return 0;
}

static int tell_answer(struct berth_op *op, size_t chunk, const json_t *answer,
                       struct berth_error *err)
{
    const struct bulk *bulk = op->state;
    size_t end = (chunk + 1) * CHUNK_SIZE;
    for (size_t i = chunk * CHUNK_SIZE; i < end && i < bulk->count; i++) {
        if (bulk->dropped[i])
            continue;
        const json_t *error = find_error(answer, op_noun(op)->id, element_id(op, i));
        int r = error ? tell_error(op, i, error, err) : part_done(op, i);
        if (r < 0)
            return r;
    }
    return 0;
}

/* "Not successful" without saying what failed would make failures look like success. */
static int check_answer(const json_t *answer, struct berth_error *err)
{
    const json_t *successful = json_object_get(answer, "isSuccessful");
    size_t count = json_array_size(json_object_get(answer, "errors"));
    if (!json_is_boolean(successful) || (json_is_false(successful) && count == 0))
        return fail(err, BERTH_E_PROTOCOL,
                    "the service does not say which elements failed; read them back");
    return 0;
}

static int send_failed(struct berth_op *op, const struct unit *unit,
                       const struct refusal *refusal, struct berth_error *err)
{
    struct bulk *bulk = op->state;
    bool of_elements = refusal->why.http_status == 400 ||
                       refusal->why.http_status == 404 || refusal->why.http_status == 409;
    if (refusal->status == BERTH_E_NO_MEMORY || (is_alone(bulk) && !of_elements)) {
        if (err)
            *err = refusal->why;
        return refusal->status;
    }
    if (!of_elements)
        bulk->stop = *refusal;
    return tell_refused(op, unit_number(unit), refusal, err);
}

static int send_read(struct berth_op *op, const struct unit *unit,
                     const struct berth_response *res, struct berth_error *err)
{
    struct refusal refusal = {.why = BERTH_ERROR_INIT};
    cleanup(json) json_t *answer = NULL;
    if (res->status == 200)
        refusal.status = request_answer(res, &answer, &refusal.why);
    else
        refusal.status = unit_fail(op, unit, res, &refusal.why);
    if (refusal.status == 0)
        refusal.status = check_answer(answer, &refusal.why);
    if (!is_alone(op->state))
        tell_nonsense(op, unit, res, refusal.status, &refusal.why);
    int r = refusal.status < 0 ? send_failed(op, unit, &refusal, err)
                               : tell_answer(op, unit_number(unit), answer, err);
    return r < 0 ? r : begin_next(op, err);
}

static int tell_not_sent(struct berth_op *op, struct berth_error *err)
{
    struct bulk *bulk = op->state;
    char words[sizeof(bulk->stop.why.message)];
    memcpy(words, bulk->stop.why.message, sizeof(words));
    error_set_code(&bulk->stop.why, "notSent");
    (void)fail(&bulk->stop.why, 0, "not sent, because of an earlier one: %s", words);
    for (; bulk->begun * CHUNK_SIZE < bulk->count; bulk->begun++) {
        int r = tell_refused(op, bulk->begun, &bulk->stop, err);
        if (r < 0)
            return r;
    }
    return 0;
}

static int bulk_finish(struct berth_op *op, struct berth_error *err)
{
    const struct bulk *bulk = op->state;
    int r = bulk->stop.status ? tell_not_sent(op, err) : 0;
    if (r < 0)
        return r;
    cleanup(json) json_t *result =
        json_pack("{s:b, s:I, s:I, s:O}", "isSuccessful", bulk->failed == 0, "succeeded",
                  (json_int_t)(bulk->count - bulk->failed), "failed",
                  (json_int_t)bulk->failed, "errors", bulk->errors);
    return result ? op_result_value(op, result, err) : fail_no_memory(err);
}

static const struct unit_kind BULK_KEYS = {
    .name = "keys",
    .build = keys_build,
    .read = keys_read,
};

static const struct unit_kind BULK_SEND = {
    .name = "send",
    .build = send_build,
    .read = send_read,
};

const struct operation DPS_ENROLLMENT_BULK = {
    .id = "enrollment.bulk",
    .data = &DPS_ENROLLMENT,
    .state_size = sizeof(struct bulk),
    .reads_text = true,
    .prepare = bulk_prepare,
    .start = bulk_start,
    .finish = bulk_finish,
    .release = bulk_release,
};

const struct operation DPS_GROUP_BULK = {
    .id = "enrollmentGroup.bulk",
    .data = &DPS_GROUP,
    .state_size = sizeof(struct bulk),
    .reads_text = true,
    .prepare = bulk_prepare,
    .start = bulk_start,
    .finish = bulk_finish,
    .release = bulk_release,
};
