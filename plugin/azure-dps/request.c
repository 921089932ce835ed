#include "azure-dps/request.h"

#include <stdio.h>

#include "sdk/cleanup.h"
#include "sdk/json.h"

#define READS (BERTH_READ_ONLY | BERTH_REPEATABLE)

int request_build(struct berth_op *op, const struct request *request,
                  struct outgoing *out, struct berth_error *err)
{
    cleanup(json) json_t *values = json_object();
    if (!values ||
        (request->id_name && !json_set_str(values, request->id_name, request->id)))
        return fail_no_memory(err);
    out->method = request->method;
    out->flags = request->flags;
    int r = rest_add_url(&op->conn->rest, request->path, values, out, err);
    return r < 0 ? r : rest_add_headers(&op->conn->rest, out, err);
}

int request_get(struct berth_op *op, const struct noun *noun, struct berth_str id,
                struct outgoing *out, struct berth_error *err)
{
    struct request request = {"GET", noun->item_path, noun->id, id, READS};
    return request_build(op, &request, out, err);
}

int request_keys(struct berth_op *op, const struct noun *noun, struct berth_str id,
                 struct outgoing *out, struct berth_error *err)
{
    struct request request = {"POST", noun->keys_path, noun->id, id,
                              READS | BERTH_PRIVATE};
    return request_build(op, &request, out, err);
}

int request_query(struct berth_op *op, const struct query *query, const struct unit *unit,
                  struct outgoing *out, struct berth_error *err)
{
    char size[24];
    struct request request = {"POST", query->path, query->id_name, unit->id, READS};
    cleanup(json) json_t *body = json_pack("{s:s}", "query", query->text);
    if (!body)
        return fail_no_memory(err);
    unsigned wanted = op->page_size > 0 ? op->page_size : query->page_size;
    (void)snprintf(size, sizeof(size), "%u", wanted);
    int r = request_build(op, &request, out, err);
    if (r == 0)
        r = outgoing_header(out, "x-ms-max-item-count", str_from(size), err);
    if (r == 0 && !str_is_empty(unit->continuation))
        r = outgoing_header(out, "x-ms-continuation", unit->continuation, err);
    return r == 0 ? rest_add_body(out, body, err) : r;
}

int request_add_next(struct berth_op *op, const struct unit *unit,
                     const struct berth_response *res, struct berth_error *err)
{
    return unit_add_next(op, unit, answer_header(res, "x-ms-continuation"), err);
}

int request_answer(const struct berth_response *res, json_t **ret,
                   struct berth_error *err)
{
    json_t *answer = NULL;
    int r = json_parse(res->body, JSON_THEIRS, &answer, err);
    if (r < 0)
        return r;
    if (!json_is_object(answer)) {
        json_wipe(answer);
        return fail(err, BERTH_E_PROTOCOL, "the answer is not an object");
    }
    *ret = answer;
    return 0;
}
