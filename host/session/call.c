#include <stdlib.h>
#include <string.h>

#include "host/clock.h"
#include "host/http/hide.h"
#include "host/manifest.h"
#include "host/session/session_priv.h"
#include "sdk/error.h"
#include "sdk/str.h"

#define RESULT_MAX (64u * 1024 * 1024)
#define MAX_OPEN_JOBS 1024u
#define MAX_HELD 10000u

static void call_free(struct call *c)
{
    if (c->copy) {
        explicit_bzero(c->copy, c->copy_size); /* inputs can hold secrets */
        free(c->copy);
    }
    text_release(&c->value);
    free(c);
}

static int copy_texts(struct call *c, const struct call_spec *spec,
                      struct berth_error *err)
{
    const struct berth_str from[] = {spec->operation, spec->input, spec->cursor};
    struct berth_str *const to[] = {&c->start.operation, &c->start.input,
                                    &c->start.cursor};
    c->copy_size = spec->operation.len + spec->input.len + spec->cursor.len + 3;
    c->copy = malloc(c->copy_size);
    if (!c->copy)
        return fail_no_memory(err);
    char *at = c->copy;
    for (size_t i = 0; i < 3; i++) {
        if (from[i].len > 0)
            memcpy(at, from[i].ptr, from[i].len);
        *to[i] = (struct berth_str){at, from[i].len};
        at += from[i].len;
        *at++ = '\0'; /* for the host's own use of the id; connectors go by the length */
    }
    return 0;
}

static bool is_trigger(const struct session *s, const char *id)
{
    const struct operation *o = manifest_find(connector_manifest_of(s->connector), id);
    return o && o->kind == OPERATION_TRIGGER;
}

static int call_new(struct session *s, const struct call_spec *spec,
                    struct call **ret_call, struct berth_error *err)
{
    struct call *c = calloc(1, sizeof(*c));
    if (!c)
        return fail_no_memory(err);
    c->base.host = &HOST_SERVICES;
    c->session = s;
    c->events = spec->events;
    c->start.size = sizeof(c->start);
    c->start.page_size = spec->page_size;
    c->deadline_ms = spec->deadline_ms;
    c->give_up_at = spec->deadline_ms > 0 ? clock_mono_ms() + spec->deadline_ms : 0;
    text_init_secret(&c->value, RESULT_MAX);
    ring_init(&c->link);
    ring_init(&c->of_all);
    ring_init(&c->jobs);
    int r = copy_texts(c, spec, err);
    if (r == 0)
        c->is_trigger = is_trigger(s, c->start.operation.ptr);
    if (r < 0) {
        call_free(c);
        return r;
    }
    *ret_call = c;
    return 0;
}

/* begin() has returned. 0 when there is an op, running or already at its end. */
static int begun(struct call *c, int r, struct berth_error *err)
{
    struct session *s = c->session;
    r = connector_status(s, r, err);
    if (r < 0)
        return r;
    if (!c->op)
        return fail(err, BERTH_E_INTERNAL,
                    "connector %s: it began %.*s without an operation", s->plugin->id,
                    (int)c->start.operation.len, c->start.operation.ptr);
    return 0;
}

static int call_begin(struct call *c, struct berth_error *err)
{
    struct session *s = c->session;
    struct berth_error own;
    plugin_enter(s, &c->base, &own);
    int r = s->plugin->begin(s->conn, &c->base, &c->start, &c->op, &own);
    plugin_leave(s);
    if (r > 0 && c->op)
        s->plugin->end(c->op);
    r = begun(c, r, &own);
    if (r < 0 && err)
        *err = own;
    return r;
}

int session_call(struct session *s, const struct call_spec *spec, struct call **ret_call,
                 struct berth_error *err)
{
    if (s->closing)
        return fail(err, BERTH_E_CANCELED, "the connection is being closed");
    if (s->inside)
        return fail(err, BERTH_E_INTERNAL,
                    "an operation cannot be begun from within another's events");
    struct call *c = NULL;
    int r = call_new(s, spec, &c, err);
    if (r < 0)
        return r;
    r = call_begin(c, err);
    if (r < 0) {
        call_free(c);
        return r;
    }
    bool over = c->has_result || c->stopped < 0;
    ring_add_before(over ? &s->over : &s->thirsty, &c->link);
    ring_add_before(&s->calls, &c->of_all);
    s->call_count++;
    if (ret_call)
        *ret_call = c;
    return 0;
}

static void free_jobs(struct call *c)
{
    if (!ring_is_empty(&c->jobs))
        session_undry(c->session); /* another may have to do what this one waited for */
    while (!ring_is_empty(&c->jobs))
        job_free(RING_OWNER(c->jobs.next, struct job, of_call));
}

void call_finish(struct call *c, int status)
{
    struct session *s = c->session;
    s->plugin->end(c->op);
    free_jobs(c);
    ring_remove(&c->link);
    ring_remove(&c->of_all);
    s->call_count--;
    s->ended++;
    if (c->events.done)
        c->events.done(c->events.ctx, status,
                       status == 0 ? text_str(&c->value) : (struct berth_str){0},
                       status == 0 ? NULL : &c->err);
    call_free(c);
}

void call_fail(struct call *c, int status, const char *sentence)
{
    c->err = (struct berth_error)BERTH_ERROR_INIT;
    call_finish(c, fail(&c->err, status, "%s", sentence));
}

/* After the connector returned `r` from next() or take(): has the operation ended? Then
 * the call is freed. */
static bool call_settle(struct call *c, int r, struct berth_error *err)
{
    struct session *s = c->session;
    if (c->stopped < 0) {
        call_finish(c, c->stopped);
        return true;
    }
    if (c->has_result) {
        if (r < 0)
            session_log(s, BERTH_LOG_WARN,
                        "connector %s: it answered %s after its result; the result "
                        "counts",
                        s->plugin->id, status_name(r));
        call_finish(c, 0);
        return true;
    }
    if (c->cancel) {
        call_fail(c, BERTH_E_CANCELED, "the operation was canceled");
        return true;
    }
    if (r == 0)
        return false;
    r = connector_status(s, r, err);
    c->err = *err;
    call_finish(c, r);
    return true;
}

void call_cancel(struct call *c)
{
    if (c->session->inside) {
        c->cancel = true; /* ends as soon as the connector has returned */
        return;
    }
    call_fail(c, BERTH_E_CANCELED, "the operation was canceled");
}

/* What becomes of a request: 0 to send it, 1 when it is held, or a negative status. */
static int judge(struct call *c, const struct berth_request *req, struct berth_error *err)
{
    struct session *s = c->session;
    if (req->kind == BERTH_TIMER)
        return 0;
    if (req->kind != BERTH_HTTP)
        return fail(err, BERTH_E_UNSUPPORTED,
                    "the connector asked for a request of kind %u, which this host has "
                    "not; use a newer host",
                    req->kind);
    int r = origins_check(&s->origins, req->url, err);
    if (r < 0 || !c->events.request)
        return r;
    s->inside = &c->base; /* it is an event: no other operation may begin in it */
    r = c->events.request(c->events.ctx, req);
    s->inside = NULL;
    if (r < 0)
        return fail(err, r, "the operation was stopped before a request was sent");
    return r;
}

/* next() gave a request. */
static void call_request(struct call *c, const struct berth_request *req)
{
    struct session *s = c->session;
    struct berth_error err = BERTH_ERROR_INIT;
    int r = judge(c, req, &err);
    if (r == REQUEST_HOLD && ++c->held > MAX_HELD)
        r = fail(&err, BERTH_E_CANCELED, "not sent: more than %u requests", MAX_HELD);
    if (r == REQUEST_SEND)
        r = job_new(c, req, &err);
    if (c->cancel)
        r = fail(&err, BERTH_E_CANCELED, "the operation was canceled");
    if (r < 0) {
        c->err = err;
        session_log(s, BERTH_LOG_DEBUG, "connector %s: %s", s->plugin->id, err.message);
        call_finish(c, r);
        return;
    }
    ring_remove(&c->link); /* to the end of the turn */
    ring_add_before(&s->thirsty, &c->link);
}

/* Whoever sends ahead takes a slot before its turn: where there are others, one is left
 * to them. */
static bool has_room_ahead(const struct call *c)
{
    const struct session *s = c->session;
    uint32_t taken = s->in_flight + s->ready_count + (s->call_count > 1 ? 1 : 0);
    return c->open < MAX_OPEN_JOBS && session_has_slot(s) && taken < s->parallel;
}

int call_send(struct call *c, const struct berth_request *req, struct berth_error *err)
{
    struct session *s = c->session;
    if (req->kind != BERTH_HTTP || c->events.request || !has_room_ahead(c))
        return 1; /* what is judged, as in a dry run, is judged when next() gives it */
    int r = origins_check(&s->origins, req->url, err);
    if (r == 0)
        r = job_new(c, req, err);
    if (r == 0)
        jobs_hasten(s);
    return r;
}

void call_ask(struct call *c)
{
    struct session *s = c->session;
    if (c->open >= MAX_OPEN_JOBS) { /* an answer makes room */
        ring_remove(&c->link);
        ring_add_before(&s->dry, &c->link);
        return;
    }
    struct berth_error err;
    struct berth_request req = {.size = sizeof(req)};
    plugin_enter(s, &c->base, &err);
    int r = s->plugin->next(c->op, &req, &err);
    plugin_leave(s);
    if (r == BERTH_NEXT_REQUEST && !c->has_result && c->stopped == 0) {
        call_request(c, &req);
        return;
    }
    if (call_settle(c, r, &err))
        return;
    ring_remove(&c->link);
    if (c->held > 0 && c->open == 0) {
        call_fail(c, BERTH_E_CANCELED, "not sent, as was asked for");
        return;
    }
    ring_add_before(&s->dry, &c->link);
}

void call_give(struct call *c, struct job *j, const struct berth_response *res)
{
    struct session *s = c->session;
    struct berth_error err;
    session_undry(s);
    plugin_enter(s, &c->base, &err);
    s->taken = j->kind == BERTH_HTTP ? &j->x : NULL;
    int r = s->plugin->take(c->op, res, &err);
    plugin_leave(s);
    error_terminate(&err);
    if (s->taken && r < 0)
        hide_sent_in_error(&err, s->taken, s->secret_names);
    s->taken = NULL;
    job_free(j);
    (void)call_settle(c, r, &err); /* it has ended or goes on */
}

void call_expire(struct call *c)
{
    c->err = (struct berth_error)BERTH_ERROR_INIT;
    call_finish(c, fail(&c->err, BERTH_E_TIMEOUT,
                        "%.*s did not end within %lld ms; allow it more time, or look at "
                        "what it has done",
                        (int)c->start.operation.len, c->start.operation.ptr,
                        (long long)c->deadline_ms));
}

void call_stalled(struct call *c)
{
    if (c->held > 0) {
        call_fail(c, BERTH_E_CANCELED, "not sent, as was asked for");
        return;
    }
    c->err = (struct berth_error)BERTH_ERROR_INIT;
    call_finish(c, fail(&c->err, BERTH_E_INTERNAL,
                        "connector %s: %.*s has stalled: it waits, and nothing is under "
                        "way; this is a bug in the connector, which ends with result() "
                        "or an error",
                        c->session->plugin->id, (int)c->start.operation.len,
                        c->start.operation.ptr));
}
