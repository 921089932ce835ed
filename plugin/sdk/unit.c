#include "sdk/unit.h"

#include <stdarg.h>
#include <stdlib.h>

#include "sdk/cleanup.h"
#include "sdk/control.h"
#include "sdk/json.h"

static void queue_push(struct unit_queue *queue, struct unit *unit)
{
    unit->next = NULL;
    if (queue->last)
        queue->last->next = unit;
    else
        queue->first = unit;
    queue->last = unit;
}

static struct unit *queue_pop(struct unit_queue *queue)
{
    struct unit *unit = queue->first;
    queue->first = unit->next;
    if (!queue->first)
        queue->last = NULL;
    return unit;
}

static void free_list(struct unit *unit)
{
    while (unit) {
        struct unit *next = unit->next;
        free(unit);
        unit = next;
    }
}

static size_t *open_count(struct berth_op *op, const struct unit_kind *kind)
{
    return kind->is_page ? &op->open_pages : &op->open_leaves;
}

static struct berth_str put(char **at, struct berth_str s)
{
    struct berth_str copy = {*at, s.len};
    if (s.len > 0)
        memcpy(*at, s.ptr, s.len);
    (*at)[s.len] = '\0';
    *at += s.len + 1;
    return copy;
}

/* Add a copy of `like`, in which only kind, page and texts count. */
static int unit_open(struct berth_op *op, const struct unit *like,
                     struct berth_error *err)
{
    struct unit *unit = malloc(sizeof(*unit) + like->id.len + like->continuation.len +
                               like->mark.len + 3);
    if (!unit)
        return fail_no_memory(err);
    *unit = (struct unit){.kind = like->kind, .page = like->page};
    char *at = unit->text;
    unit->id = put(&at, like->id);
    unit->continuation = put(&at, like->continuation);
    unit->mark = put(&at, like->mark);
    queue_push(&op->pending[unit->kind->rank], unit);
    ++*open_count(op, unit->kind);
    return 0;
}

int unit_add(struct berth_op *op, const struct unit_kind *kind, struct berth_str id,
             struct berth_str continuation, struct berth_error *err)
{
    struct unit like = {.kind = kind, .id = id, .continuation = continuation};
    return unit_open(op, &like, err);
}

/* The mark is moved on with every power of two (Brent), so that each circle meets it. */
static bool moves_mark(unsigned page)
{
    return page > 0 && (page & (page - 1)) == 0;
}

int unit_add_next(struct berth_op *op, const struct unit *unit, struct berth_str next,
                  struct berth_error *err)
{
    if (str_is_empty(next))
        return 0;
    if (str_equal(next, unit->continuation) || str_equal(next, unit->mark))
        return fail(err, BERTH_E_PROTOCOL,
                    "the service gave the same page's token twice; the listing would "
                    "never end");
    if (str_has_control(next))
        return fail(err, BERTH_E_PROTOCOL,
                    "the service gave a token for the next page that has a control "
                    "character; the listing cannot go on");
    struct unit like = {
        .kind = unit->kind,
        .page = unit->page + 1,
        .id = unit->id,
        .continuation = next,
        .mark = moves_mark(unit->page) ? unit->continuation : unit->mark,
    };
    int r = unit_open(op, &like, err);
    return r < 0 ? r : 1;
}

static bool has_kind(const struct unit *unit, const struct unit_kind *kind)
{
    while (unit && unit->kind != kind)
        unit = unit->next;
    return unit != NULL;
}

bool unit_is_open(const struct berth_op *op, const struct unit_kind *kind)
{
    return has_kind(op->pending[kind->rank].first, kind) || has_kind(op->in_flight, kind);
}

/* --- one operation ----------------------------------------------------------------- */

static const struct operation *find_operation(const struct connector *connector,
                                              struct berth_str id)
{
    const struct operation *const *operation = connector->operations;
    while (operation && *operation && !str_equal(str_from((*operation)->id), id))
        operation++;
    return operation ? *operation : NULL;
}

static int read_input(struct berth_op *op, struct berth_error *err)
{
    if (op->operation->reads_text)
        return 0;
    int r = json_parse(op->text, JSON_OURS, &op->input, err);
    if (r < 0)
        return r;
    return json_is_object(op->input)
               ? 0
               : fail(err, BERTH_E_INVALID, "the input must be an object");
}

static int op_init(struct berth_op *op, const struct berth_start *start,
                   struct berth_error *err)
{
    op->text = start->input;
    int r = read_input(op, err);
    if (r < 0)
        return r;
    const struct operation *operation = op->operation;
    op->state = calloc(1, operation->state_size ? operation->state_size : 1);
    if (!op->state)
        return fail_no_memory(err);
    r = operation->prepare ? operation->prepare(op, err) : 0;
    if (r == 0 && start->cursor.len > 0 && operation->kinds)
        r = cursor_resume(op, start->cursor, err);
    if (r < 0)
        return r;
    return r > 0 ? 0 : operation->start(op, err);
}

int op_begin(struct berth_conn *conn, struct berth_call *call,
             const struct berth_start *start, struct berth_op **ret_op,
             struct berth_error *err)
{
    const struct rest_call *rest = rest_find(&conn->rest, start->operation);
    const struct operation *operation = find_operation(conn->connector, start->operation);
    if (!operation && rest && rest->is_declared)
        operation = &CALL_OPERATION;
    if (!operation)
        return fail(err, BERTH_E_UNSUPPORTED,
                    "%.*s: this connector has no such operation; is it older than its "
                    "manifest?",
                    (int)start->operation.len, start->operation.ptr);
    struct berth_op *op = calloc(1, sizeof(*op));
    if (!op)
        return fail_no_memory(err);
    *op = (struct berth_op){.conn = conn, .call = call, .operation = operation};
    op->rest = rest;
    op->page_size = start->page_size;
    outgoing_init(&op->out);
    int r = op_init(op, start, err);
    if (r < 0) {
        op_end(op);
        return r;
    }
    *ret_op = op;
    return 0;
}

void op_end(struct berth_op *op)
{
    if (op->state && op->operation->release)
        op->operation->release(op);
    free(op->state);
    for (unsigned rank = 0; rank < UNIT_RANKS; rank++)
        free_list(op->pending[rank].first);
    free_list(op->in_flight);
    outgoing_release(&op->out);
    json_wipe(op->input);
    free(op);
}

static struct unit_queue *first_queue(struct berth_op *op)
{
    for (unsigned rank = 0; rank < UNIT_RANKS; rank++)
        if (op->pending[rank].first)
            return &op->pending[rank];
    return NULL;
}

static int build_and_sign(struct berth_op *op, struct unit *unit, struct berth_error *err)
{
    struct berth_conn *conn = op->conn;
    outgoing_reset(&op->out);
    int r = unit->kind->build(op, unit, &op->out, err);
    unit->is_own_signature = op->out.is_signed || op->out.kind != BERTH_HTTP;
    if (r < 0 || unit->is_own_signature || !conn->connector->sign)
        return r;
    if (!unit->is_retried)
        unit->credential = conn->credential;
    return conn->connector->sign(conn, unit->credential, op_now_ms(op), &op->out, err);
}

static int op_finish(struct berth_op *op, struct berth_error *err)
{
    if (op->is_over || op->open_leaves + op->open_pages > 0 || !op->operation->finish)
        return 0;
    return op->operation->finish(op, err);
}

/* The request of the first unit of a queue; it stays there. */
static int fill_request(struct berth_op *op, const struct unit_queue *queue,
                        struct berth_request *req, struct berth_error *err)
{
    int r = build_and_sign(op, queue->first, err);
    if (r == 0)
        r = outgoing_fill(&op->out, req, err);
    req->tag = op->last_tag + 1;
    return r;
}

/* The host has the request of its first unit. */
static void queue_sent(struct berth_op *op, struct unit_queue *queue)
{
    struct unit *unit = queue_pop(queue);
    unit->tag = ++op->last_tag;
    unit->next = op->in_flight;
    op->in_flight = unit;
}

int op_next(struct berth_op *op, struct berth_request *req, struct berth_error *err)
{
    int r = op_finish(op, err);
    if (r < 0)
        return r;
    struct unit_queue *queue = op->is_over ? NULL : first_queue(op);
    if (!queue)
        return BERTH_NEXT_NONE;
    r = fill_request(op, queue, req, err);
    if (r < 0)
        return r;
    queue_sent(op, queue);
    return BERTH_NEXT_REQUEST;
}

int op_send_ahead(struct berth_op *op, struct berth_error *err)
{
    const struct berth_host *host = op->call->host;
    struct berth_request req = {.size = sizeof(req)};
    struct unit_queue *queue = first_queue(op);
    if (!queue || !BERTH_HAS(host, send) || !host->send)
        return 0;
    int r = fill_request(op, queue, &req, err);
    if (r == 0)
        r = host->send(op->call, &req);
    if (r == 0)
        queue_sent(op, queue);
    return r < 0 ? r : 0;
}

static struct unit *in_flight_take(struct berth_op *op, uint64_t tag)
{
    struct unit **at = &op->in_flight;
    while (*at && (*at)->tag != tag)
        at = &(*at)->next;
    struct unit *unit = *at;
    if (unit)
        *at = unit->next;
    return unit;
}

/* After a 401 once more with the other credential; the one that works is remembered. */
static bool try_other_credential(struct berth_op *op, struct unit *unit, int http_status)
{
    struct berth_conn *conn = op->conn;
    if (unit->is_own_signature)
        return false;
    if (http_status != 401) {
        if (unit->is_retried && http_status > 0)
            conn->credential = unit->credential;
        return false;
    }
    if (unit->is_retried || !conn->connector->credential_count ||
        conn->connector->credential_count(conn) < 2)
        return false;
    unit->is_retried = true;
    unit->credential = 1 - unit->credential;
    queue_push(&op->pending[unit->kind->rank], unit);
    return true;
}

/* Tokens of pages do not live for ever. One from a cursor that the service no longer
 * knows would fail every later run, too: its listing begins anew. 1: it does. */
static int list_anew(struct berth_op *op, const struct unit *unit, int http_status,
                     struct berth_error *err)
{
    if (http_status != 400 || !unit->is_resumed || !unit->kind->is_page ||
        str_is_empty(unit->continuation))
        return 0;
    op_log(op, BERTH_LOG_WARN,
           "the service no longer knows the page to resume from; listing from the start");
    int r = unit_add(op, unit->kind, unit->id, (struct berth_str){0}, err);
    return r < 0 ? r : 1;
}

static int unit_read(struct berth_op *op, const struct unit *unit,
                     const struct berth_response *res, struct berth_error *err)
{
    int r = list_anew(op, unit, res->status, err);
    if (r == 0)
        r = unit->kind->read(op, unit, res, err);
    if (r == BERTH_E_PROTOCOL && res->status >= 200 && res->status < 300 &&
        !(err && err->http_status)) /* else the status was the nonsense */
        r = unit_fail_nonsense(op, unit, res, err);
    return r < 0 && op->operation->forgo ? op->operation->forgo(op, unit, res, r, err)
                                         : r;
}

int op_take(struct berth_op *op, const struct berth_response *res,
            struct berth_error *err)
{
    struct unit *unit = in_flight_take(op, res->tag);
    if (!unit)
        return fail(err, BERTH_E_INTERNAL, "an answer to a request that was not sent");
    if (try_other_credential(op, unit, res->status))
        return 0;
    const struct unit_kind *kind = unit->kind;
    --*open_count(op, kind);
    int r = unit_read(op, unit, res, err);
    free(unit);
    if (r < 0)
        return r;
    r = op_finish(op, err);
    if (r < 0 || op->is_over || !op->operation->kinds)
        return r;
    return kind->is_page || op->open_leaves == 0 ? cursor_give(op, err) : 0;
}

/* --- the host's services ----------------------------------------------------------- */

int64_t op_now_ms(struct berth_op *op)
{
    return op->call->host->now_ms(op->call);
}

void op_log(struct berth_op *op, int level, const char *format, ...)
{
    struct berth_error line = BERTH_ERROR_INIT; /* for its bounded text */
    va_list args;
    va_start(args, format);
    (void)fail_v(&line, 0, format, args);
    va_end(args);
    op->call->host->log(op->call, level, str_from(line.message));
}

int op_result(struct berth_op *op, struct berth_str value)
{
    op->is_over = true;
    return op->call->host->result(op->call, value);
}

int op_result_value(struct berth_op *op, const json_t *value, struct berth_error *err)
{
    cleanup(text) struct text t;
    text_init_secret(&t, (size_t)64 << 20);
    text_add_value(&t, value);
    if (text_failed(&t))
        return fail_no_memory(err);
    return op_result(op, text_str(&t));
}

int op_item(struct berth_op *op, const struct berth_item *item)
{
    return op->call->host->item(op->call, item);
}

static size_t op_known(struct berth_op *op, struct berth_str rest, struct berth_str scope)
{
    const struct berth_host *host = op->call->host;
    return BERTH_HAS(host, known) && host->known ? host->known(op->call, rest, scope) : 0;
}

int op_scan_next(struct berth_op *op, struct scan *scan, struct berth_str scope,
                 struct scan_item *item, struct berth_error *err)
{
    struct berth_str rest;
    int r;
    while ((r = scan_more(scan, &rest, err)) > 0) {
        size_t known = op_known(op, rest, scope);
        if (known == 0)
            return scan_item(scan, item, err);
        scan_skip(scan, known);
    }
    return r;
}

int op_complete(struct berth_op *op, struct berth_str scope)
{
    return op->call->host->complete(op->call, scope);
}
