#include "azure-dps/write.h"

#include "azure-dps/enrollment.h"
#include "azure-dps/request.h"
#include "sdk/cleanup.h"
#include "sdk/json.h"

static const struct unit_kind WRITE_GET;
static const struct unit_kind WRITE_KEYS;
static const struct unit_kind WRITE_PUT;

static const struct noun *noun_of(const struct berth_op *op)
{
    return write_operation(op)->noun;
}

static const struct write_verb *verb_of(const struct berth_op *op)
{
    return write_operation(op)->verb;
}

static struct berth_str id_of(const struct berth_op *op)
{
    const struct write *write = op->state;
    return write->id;
}

static struct given_rule rule_of(const struct berth_op *op)
{
    return (struct given_rule){.id_name = noun_of(op)->id};
}

int write_prepare_given(struct berth_op *op, struct berth_error *err)
{
    struct write *write = op->state;
    struct given_rule rule = rule_of(op);
    int r = given_read(&write->given, &rule, op->text, err);
    if (r < 0)
        return r;
    write->id = write->given.id;
    if (verb_of(op)->creates)
        write->condition = write->given.if_match;
    return 0;
}

int write_prepare(struct berth_op *op, struct berth_error *err)
{
    (void)err; /* nothing here fails by itself */
    struct write *write = op->state;
    write->id = json_str(op->input, noun_of(op)->id);
    write->condition = json_str(op->input, "etag");
    return 0;
}

int write_start(struct berth_op *op, struct berth_error *err)
{
    if (str_is_empty(id_of(op)))
        return fail(err, BERTH_E_INVALID, "%s: missing or empty", noun_of(op)->id);
    return verb_of(op)->start(op, err);
}

void write_release(struct berth_op *op)
{
    struct write *write = op->state;
    given_release(&write->given);
    json_wipe(write->current);
    json_wipe(write->body);
}

int write_finish(struct berth_op *op, struct berth_error *err)
{
    return fail(err, BERTH_E_INTERNAL, "%s: nothing left to do and no result",
                op->operation->id);
}

int write_read(struct berth_op *op, struct berth_error *err)
{
    return unit_add(op, &WRITE_GET, id_of(op), (struct berth_str){0}, err);
}

/* Add the unit that writes write->body, or else what was given, on this condition. */
static int put(struct berth_op *op, struct berth_str if_match, struct berth_error *err)
{
    return unit_add(op, &WRITE_PUT, id_of(op), if_match, err);
}

int write_build_given(struct berth_op *op, struct berth_error *err)
{
    struct write *write = op->state;
    struct given_rule rule = rule_of(op);
    return given_build(&write->given, &rule, err);
}

/* Certificates, which are to be checked, are never text. */
int write_put_given(struct berth_op *op, struct berth_str if_match,
                    struct berth_error *err)
{
    struct write *write = op->state;
    json_wipe(write->body);
    write->body = NULL;
    int r = write->given.body ? enrollment_check(write->given.body, err) : 0;
    return r < 0 ? r : put(op, if_match, err);
}

int write_set_body(struct berth_op *op, json_t *body, struct berth_error *err)
{
    struct write *write = op->state;
    json_wipe(write->body);
    write->body = body;
    return body ? enrollment_check(body, err) : fail_no_memory(err);
}

/* --- reading ----------------------------------------------------------------------- */

static int get_build(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                     struct berth_error *err)
{
    return request_get(op, noun_of(op), unit->id, out, err);
}

static int keys_build(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                      struct berth_error *err)
{
    return request_keys(op, noun_of(op), unit->id, out, err);
}

static int fail_changed(struct berth_op *op, int http_status, struct berth_error *err)
{
    bool exists = http_status == 409;
    if (err)
        err->http_status = http_status;
    error_set_code(err, exists ? "alreadyExists" : "etagMismatch");
    struct berth_str id = id_of(op);
    return fail(err, BERTH_E_CONFLICT, "%s '%.*s': %s", noun_of(op)->what, (int)id.len,
                id.ptr,
                exists ? "there is one already, and it is another; use upsert to replace "
                         "it or update to change it"
                       : "it is no longer what it was; read it again and decide");
}

/* Once more from the start, unless that was often enough. */
static int read_again(struct berth_op *op, struct berth_error *err)
{
    struct write *write = op->state;
    if (++write->rounds >= WRITE_MAX_ROUNDS)
        return fail_changed(op, 412, err);
    return write_read(op, err);
}

/* Is what we wrote there (1) or not (0)? */
static int is_written(struct berth_op *op, struct berth_error *err)
{
    const struct write *write = op->state;
    int r = write->body ? 0 : write_build_given(op, err);
    if (r < 0)
        return r;
    const json_t *body = write->body ? write->body : write->given.body;
    r = enrollment_is_written(write->current, body);
    return r < 0 ? fail_no_memory(err) : r;
}

/* Is what we wrote there? Then that is the result; else somebody else's is, and only an
 * operation that may write over it goes on. */
static int is_read_back(struct berth_op *op, struct berth_error *err)
{
    struct write *write = op->state;
    write->is_reading_back = false;
    int r = is_written(op, err);
    if (r < 0)
        return r;
    if (r > 0)
        return op_result_value(op, write->current, err);
    bool may_go_on = str_is_empty(write->condition) && !verb_of(op)->only_new;
    if (!may_go_on || ++write->rounds >= WRITE_MAX_ROUNDS)
        return fail_changed(op, write->refused_status, err);
    return 0;
}

/* What is there now, with its keys, is write->current. */
static int is_read(struct berth_op *op, struct berth_error *err)
{
    struct write *write = op->state;
    int r = write->is_reading_back ? is_read_back(op, err) : 0;
    if (r < 0 || op->is_over)
        return r;
    r = verb_of(op)->revise(op, err);
    if (r < 0)
        return r;
    struct berth_str etag = json_str(write->current, "etag");
    if (str_is_empty(etag))
        return fail(err, BERTH_E_PROTOCOL, "%s '%.*s': the answer has no etag",
                    noun_of(op)->what, (int)write->id.len, write->id.ptr);
    return put(op, str_is_empty(write->condition) ? etag : write->condition, err);
}

/* It is not there. */
static int is_missing(struct berth_op *op, const struct unit *unit,
                      const struct berth_response *res, struct berth_error *err)
{
    struct write *write = op->state;
    if (!verb_of(op)->creates && !verb_of(op)->only_new)
        return unit_fail(op, unit, res, err);
    if (!str_is_empty(write->condition) || ++write->rounds >= WRITE_MAX_ROUNDS)
        return fail_changed(op, 412, err);
    return write_put_given(op, (struct berth_str){0}, err);
}

static int get_read(struct berth_op *op, const struct unit *unit,
                    const struct berth_response *res, struct berth_error *err)
{
    struct write *write = op->state;
    if (res->status == 404) {
        write->is_reading_back = false;
        return is_missing(op, unit, res, err);
    }
    if (res->status != 200)
        return unit_fail(op, unit, res, err);
    json_t *current = NULL;
    int r = request_answer(res, &current, err);
    if (r < 0)
        return r;
    json_wipe(write->current);
    write->current = current;
    if (!enrollment_has_keys(current))
        return is_read(op, err);
    return unit_add(op, &WRITE_KEYS, unit->id, (struct berth_str){0}, err);
}

static int keys_read(struct berth_op *op, const struct unit *unit,
                     const struct berth_response *res, struct berth_error *err)
{
    struct write *write = op->state;
    if (res->status == 404)
        return read_again(op, err);
    if (res->status != 200)
        return unit_fail(op, unit, res, err);
    cleanup(json_secret) json_t *mechanism = NULL;
    int r = request_answer(res, &mechanism, err);
    if (r < 0)
        return r;
    if (!enrollment_fill_keys(write->current, mechanism))
        return fail_no_memory(err);
    if (enrollment_lacks_keys(write->current))
        return read_again(op, err); /* another attestation by now */
    return is_read(op, err);
}

/* --- writing ----------------------------------------------------------------------- */

static int put_build(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                     struct berth_error *err)
{
    const struct noun *noun = noun_of(op);
    const struct write *write = op->state;
    struct request request = {"PUT", noun->item_path, noun->id, unit->id,
                              BERTH_REPEATABLE | BERTH_PRIVATE};
    int r = request_build(op, &request, out, err);
    if (r == 0)
        r = rest_add_if_match(out, unit->continuation, err);
    if (r == 0 && write->body)
        return rest_add_body(out, write->body, err);
    given_add(&write->given, &out->body);
    return r == 0 ? rest_add_body_type(out, err) : r;
}

/* An earlier attempt may have done it: look. */
static int read_back(struct berth_op *op, int http_status, struct berth_error *err)
{
    struct write *write = op->state;
    write->is_reading_back = true;
    write->refused_status = http_status;
    return write_read(op, err);
}

/* 404, 409 or 412 of an upsert without a condition: it came or went meanwhile. */
static int upsert_again(struct berth_op *op, int http_status, struct berth_error *err)
{
    struct write *write = op->state;
    if (++write->rounds >= WRITE_MAX_ROUNDS)
        return fail_changed(op, http_status, err);
    if (http_status == 409)
        return given_lacks_keys(&write->given) ? write_read(op, err)
                                               : put(op, STR("*"), err);
    if (given_lacks_keys(&write->given))
        return write_read(op, err);
    return put(op, (struct berth_str){0}, err);
}

static int put_refused(struct berth_op *op, const struct unit *unit,
                       const struct berth_response *res, struct berth_error *err)
{
    const struct write *write = op->state;
    bool uncertain = (res->flags & BERTH_UNCERTAIN) != 0;
    if (uncertain && res->status != 404)
        return read_back(op, res->status, err);
    bool bound = !str_is_empty(write->condition);
    if (verb_of(op)->creates && !bound)
        return upsert_again(op, res->status, err);
    if (res->status == 412 && !bound && !verb_of(op)->only_new)
        return read_again(op, err);
    if (res->status == 404 && bound && verb_of(op)->creates)
        return fail_changed(op, 412, err);
    return unit_fail(op, unit, res, err);
}

static int put_read(struct berth_op *op, const struct unit *unit,
                    const struct berth_response *res, struct berth_error *err)
{
    if (res->status == 404 || res->status == 409 || res->status == 412)
        return put_refused(op, unit, res, err);
    if (res->status != 200)
        return unit_fail(op, unit, res, err);
    int r = scan_check(res->body, err);
    return r < 0 ? r : op_result(op, res->body);
}

static const struct unit_kind WRITE_GET = {
    .name = "get",
    .build = get_build,
    .read = get_read,
};

static const struct unit_kind WRITE_KEYS = {
    .name = "keys",
    .build = keys_build,
    .read = keys_read,
};

static const struct unit_kind WRITE_PUT = {
    .name = "put",
    .build = put_build,
    .read = put_read,
};
