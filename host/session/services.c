#include <stdarg.h>
#include <string.h>

#include "host/clock.h"
#include "host/http/hide.h"
#include "host/session/session_priv.h"
#include "sdk/error.h"
#include "sdk/str.h"

#define LOG_LINE_MAX 4096

void plugin_enter(struct session *s, struct berth_call *call, struct berth_error *err)
{
    s->inside = call;
    s->now_ms = s->clock ? s->clock(s->clock_ctx) : clock_real_ms();
    *err = (struct berth_error)BERTH_ERROR_INIT;
}

void plugin_leave(struct session *s)
{
    s->inside = NULL;
}

int connector_status(struct session *s, int status, struct berth_error *err)
{
    error_terminate(err);
    if (status < BERTH_E_INTERNAL || status > 0)
        return fail(err, BERTH_E_INTERNAL,
                    "connector %s: it answered with status %d, which there is not",
                    s->plugin->id, status);
    if (status < 0 && !err->message[0])
        return fail(err, status, "connector %s: it gave no reason (%s)", s->plugin->id,
                    status_name(status));
    return status;
}

/* Control characters could forge lines or play with a terminal. */
static void make_printable(struct text *t)
{
    for (size_t i = 0; i < t->len; i++)
        if ((unsigned char)t->data[i] < ' ' || t->data[i] == 0x7F)
            t->data[i] = ' ';
}

static void log_str(struct session *s, int level, struct berth_str line)
{
    struct text t;
    text_init(&t, LOG_LINE_MAX);
    if (line.len > LOG_LINE_MAX)
        line.len = LOG_LINE_MAX;
    text_add_str(&t, line);
    make_printable(&t);
    if (!text_failed(&t))
        s->log(s->log_ctx, level, text_str(&t));
    text_release(&t);
}

void session_log(struct session *s, int level, const char *format, ...)
{
    if (!s->log)
        return;
    va_list args;
    va_start(args, format);
    struct berth_error line = BERTH_ERROR_INIT;
    (void)fail_v(&line, 0, format, args); /* cuts what is too long */
    va_end(args);
    log_str(s, level, str_from(line.message));
}

/* Both kinds of call begin with base and session. */
static struct session *session_of(const struct berth_call *call)
{
    return ((const struct opening *)(const void *)call)->session;
}

_Static_assert(offsetof(struct call, session) == offsetof(struct opening, session),
               "services find the session of either kind of call");

static void host_log(struct berth_call *call, int level, struct berth_str text)
{
    struct session *s = session_of(call);
    if (level < BERTH_LOG_DEBUG || level > BERTH_LOG_ERROR)
        level = BERTH_LOG_ERROR;
    if (s->log && (text.ptr || text.len == 0))
        log_str(s, level, text);
}

static int64_t host_now_ms(struct berth_call *call)
{
    return session_of(call)->now_ms;
}

/* The operation has gone wrong: it gets this answer from now on and ends with it. */
static int stop(struct call *c, int status, const char *sentence)
{
    c->err = (struct berth_error)BERTH_ERROR_INIT;
    c->stopped = status;
    return fail(&c->err, status, "%s", sentence);
}

/* May this service be used now? 0, or what to answer. */
static int service_begin(struct berth_call *call, const char *misuse)
{
    struct session *s = session_of(call);
    if (s->inside != call || !s->conn)
        return BERTH_E_INTERNAL;
    struct call *c = (struct call *)(void *)call;
    if (c->stopped < 0)
        return c->stopped;
    return c->has_result ? stop(c, BERTH_E_INTERNAL, misuse) : 0;
}

/* What the receiver of an event answered. */
static int answered(struct call *c, int r)
{
    if (r >= 0)
        return 0;
    if (c->stopped == 0)
        (void)stop(c, r, "the operation was stopped by the receiver of what it found");
    return c->stopped;
}

static bool str_is_bad(struct berth_str s)
{
    return !s.ptr && s.len > 0;
}

static int host_item(struct berth_call *call, const struct berth_item *item)
{
    int r = service_begin(call, "the connector handed over an item after its result");
    if (r < 0)
        return r;
    struct call *c = (struct call *)(void *)call;
    struct berth_item copy = {0};
    if (item && item->size >= offsetof(struct berth_item, version)) {
        memcpy(&copy, item, item->size < sizeof(copy) ? item->size : sizeof(copy));
        copy.size = sizeof(copy);
    }
    if (copy.size == 0 || str_is_bad(copy.key) || str_is_bad(copy.version) ||
        str_is_bad(copy.data) || str_is_bad(copy.scope))
        return stop(
            c, BERTH_E_INTERNAL,
            "the connector handed over a broken item: its size is too small, or a "
            "text is null and not empty");
    if (c->is_trigger && copy.key.len == 0)
        return stop(c, BERTH_E_INTERNAL,
                    "the connector handed over an item without a key");
    return c->events.item ? answered(c, c->events.item(c->events.ctx, &copy)) : 0;
}

/* A misuse shows with item(), which has to follow. */
static size_t host_known(struct berth_call *call, struct berth_str rest,
                         struct berth_str scope)
{
    struct session *s = session_of(call);
    struct call *c = (struct call *)(void *)call;
    if (s->inside != call || !s->conn || c->stopped < 0 || c->has_result ||
        !c->events.known || !rest.ptr || str_is_bad(scope))
        return 0;
    return c->events.known(c->events.ctx, rest, scope);
}

static int host_cursor(struct berth_call *call, struct berth_str cursor)
{
    int r = service_begin(call, "the connector gave a cursor after its result");
    if (r < 0)
        return r;
    struct call *c = (struct call *)(void *)call;
    if (str_is_bad(cursor))
        return stop(c, BERTH_E_INTERNAL, "the connector gave a cursor that is nowhere");
    return c->events.cursor ? answered(c, c->events.cursor(c->events.ctx, cursor)) : 0;
}

static int host_complete(struct berth_call *call, struct berth_str scope)
{
    int r = service_begin(call, "the connector completed a scope after its result");
    if (r < 0)
        return r;
    struct call *c = (struct call *)(void *)call;
    if (str_is_bad(scope))
        return stop(c, BERTH_E_INTERNAL,
                    "the connector completed a scope that is nowhere");
    return c->events.complete ? answered(c, c->events.complete(c->events.ctx, scope)) : 0;
}

static int host_part(struct berth_call *call, uint32_t index, int status,
                     struct berth_str value, const struct berth_error *err)
{
    int r = service_begin(call, "the connector told of a part after its result");
    if (r < 0)
        return r;
    struct call *c = (struct call *)(void *)call;
    if (status > 0 || str_is_bad(value) || (status < 0 && !err))
        return stop(c, BERTH_E_INTERNAL,
                    "the connector told of a part with a status that is none");
    if (!c->events.part)
        return 0;
    struct berth_error copy = BERTH_ERROR_INIT;
    if (err) {
        memcpy(&copy, err, err->size < sizeof(copy) ? err->size : sizeof(copy));
        error_terminate(&copy);
    }
    if (err && c->session->taken)
        hide_sent_in_error(&copy, c->session->taken, c->session->secret_names);
    return answered(c, c->events.part(c->events.ctx, index, status, value,
                                      status < 0 ? &copy : NULL));
}

static int host_result(struct berth_call *call, struct berth_str value)
{
    int r = service_begin(call, "the connector gave a second result");
    if (r < 0)
        return r;
    struct call *c = (struct call *)(void *)call;
    if (str_is_bad(value))
        return stop(c, BERTH_E_INTERNAL, "the connector gave a result that is nowhere");
    text_add_str(&c->value, value);
    if (text_failed(&c->value))
        return stop(c, BERTH_E_NO_MEMORY, "out of memory, or the result is too large");
    c->has_result = true;
    return 0;
}

static int host_send(struct berth_call *call, const struct berth_request *req)
{
    int r = service_begin(call, "the connector sent a request after its result");
    if (r < 0)
        return r;
    struct call *c = (struct call *)(void *)call;
    struct berth_request copy = {0};
    if (!c->session->taken)
        return 1;
    if (req && req->size >= offsetof(struct berth_request, url)) {
        memcpy(&copy, req, req->size < sizeof(copy) ? req->size : sizeof(copy));
        copy.size = sizeof(copy);
    }
    if (copy.size == 0)
        return stop(c, BERTH_E_INTERNAL,
                    "the connector sent a broken request: its size is too small");
    struct berth_error err = BERTH_ERROR_INIT;
    r = call_send(c, &copy, &err);
    return r < 0 ? stop(c, r, err.message) : r;
}

static const void *host_extension(const char *id)
{
    (void)id;
    return NULL; /* no family has been added to version 1 yet */
}

const struct berth_host HOST_SERVICES = {
    .size = sizeof(struct berth_host),
    .abi_minor = BERTH_ABI_MINOR,
    .log = host_log,
    .now_ms = host_now_ms,
    .item = host_item,
    .cursor = host_cursor,
    .complete = host_complete,
    .part = host_part,
    .result = host_result,
    .extension = host_extension,
    .known = host_known,
    .send = host_send,
};
