/* What session.c, call.c, job.c and services.c share; nobody else includes it.
 *
 * Invariant: a connector is entered only through plugin_enter() and plugin_leave(), one
 * call at a time, and nothing is freed while it is inside. A job is in exactly one place:
 * ready, parked, under way (in no ring) or free. A call is in exactly one of the rings
 * thirsty, dry and over. */
#ifndef BERTH_SESSION_PRIV_H
#define BERTH_SESSION_PRIV_H

#include "host/http/exchange.h"
#include "host/http/limiter.h"
#include "host/http/origin.h"
#include "host/http/retry.h"
#include "host/http/wire_log.h"
#include "host/loader.h"
#include "host/ring.h"
#include "host/session.h"
#include "sdk/text.h"

struct transport;

enum job_state {
    JOB_READY,  /* waits for a slot and its limiter */
    JOB_PARKED, /* waits for due_at: a timer, a delayed request, a retry */
    JOB_SENT,
    JOB_ANSWERED /* on its way to take() */
};

/* A request on its way from next() to take(). */
struct job {
    struct exchange x; /* first: the transport gives it back */
    struct ring link;  /* in session.ready or session.parked */
    struct ring of_call;
    struct call *call;
    enum job_state state;
    uint32_t kind; /* enum berth_kind */
    uint32_t limiter;
    int64_t due_at;
    struct retry retry;
    bool retrying;  /* parked for another attempt */
    bool waited;    /* for its limiter */
    bool uncertain; /* an earlier attempt may have taken effect */
    uint32_t sends; /* of all attempts */
};

/* What open() gets for a call. */
struct opening {
    struct berth_call base; /* first */
    struct session *session;
};

struct call {
    struct berth_call base; /* first: all that the connector sees */
    struct session *session;
    struct ring link;   /* in session.thirsty, .dry or .over */
    struct ring of_all; /* in session.calls */
    struct ring jobs;
    uint32_t open; /* jobs */
    uint32_t held; /* requests that a dry run does not send */
    struct berth_op *op;
    struct berth_start start;
    char *copy; /* operation, input and cursor */
    size_t copy_size;
    struct call_events events;
    int64_t deadline_ms; /* as asked for */
    int64_t give_up_at;  /* 0: never */
    bool is_trigger;     /* its items must have keys */
    bool cancel;         /* asked for while the connector was inside */

    /* What the operation said with the host's services. */
    bool has_result;
    int stopped; /* 0, or the negative answer that it must go along with */
    struct text value;
    struct berth_error err;
};

struct session {
    const struct connector *connector;
    const struct berth_plugin *plugin;
    struct berth_conn *conn;
    struct transport *transport;
    struct origins origins;
    struct limiter *limiters; /* one for each of the manifest's limits */
    size_t limiter_count;
    struct wire_log wire;
    const json_t *secret_names; /* of all members that are secrets somewhere */
    session_log_fn *log;
    void *log_ctx;
    int64_t (*clock)(void *ctx);
    void *clock_ctx;

    uint32_t parallel;
    int64_t request_timeout_ms;
    int64_t retry_for_ms;
    int64_t reach_for_ms;
    uint64_t random;

    struct ring calls;   /* all */
    struct ring thirsty; /* to be asked for requests, in turn */
    struct ring dry;     /* have none before the next answer */
    struct ring over;    /* ended inside begin(); done() is still to be called */
    struct ring ready;   /* jobs, first come first served */
    struct ring parked;  /* jobs, by due_at */
    struct ring free_jobs;
    uint32_t call_count;
    uint32_t ready_count;
    uint32_t in_flight;
    uint32_t retrying_count;
    int64_t looked_at;    /* at the transport, by the monotonic clock */
    bool told_trouble;    /* since the last answer that was taken */
    bool reached;         /* somebody has answered */
    int64_t tried_at;     /* the last attempt of all, by the monotonic clock */
    int64_t trying_since; /* the first of those that came one soon after the other */
    uint64_t ended;       /* calls, ever */
    struct session_counts counts;

    struct berth_call *inside;    /* the connector is, for this call */
    const struct exchange *taken; /* while it is in take(): what it looks at, or null */
    int64_t now_ms;               /* what it sees as the time */
    bool closing;
};

/* services.c: before and after a connector's function is called for `call`. `err` is made
 * ready for it, and the clock that it sees stands still in between. */
void plugin_enter(struct session *s, struct berth_call *call, struct berth_error *err);
void plugin_leave(struct session *s);
void session_log(struct session *s, int level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A status that a connector returned, if it may return it; else BERTH_E_INTERNAL. Writes
 * a message where it gave none. */
int connector_status(struct session *s, int status, struct berth_error *err);

/* call.c: each may end the call and free it. */
void call_ask(struct call *c);
void call_give(struct call *c, struct job *j, const struct berth_response *res);
void call_finish(struct call *c, int status);
void call_fail(struct call *c, int status, const char *sentence);
void call_expire(struct call *c);
void call_stalled(struct call *c);

/* A request from within take(). 0: it is a job, and sent if it may be; 1: it is for
 * next() to give, in its turn; or a negative status. */
int call_send(struct call *c, const struct berth_request *req, struct berth_error *err);

/* job.c */
int job_new(struct call *c, const struct berth_request *req, struct berth_error *err);
void job_free(struct job *j);
void jobs_release(struct session *s);
bool session_has_slot(const struct session *s);

/* Timers fire; what was delayed or is to be sent again becomes ready. */
void jobs_unpark(struct session *s, int64_t now);

/* Send what is ready as far as slots and limiters allow. *ret_wait_ms becomes how long
 * until there is more to unpark or to send, INT64_MAX for not before an answer. */
void jobs_send(struct session *s, int64_t now, int64_t *ret_wait_ms);

/* Send the ready job now if it is the only one and may go, without calling a connector;
 * else it stays ready. */
void jobs_hasten(struct session *s);

/* Nobody could look for so long: what is under way gets the time once more. */
void jobs_prolong(struct session *s, int64_t ms);
void job_answered(struct job *j, int64_t now);

/* All calls are to be asked again: something has happened on the connection. */
static inline void session_undry(struct session *s)
{
    ring_join(&s->thirsty, &s->dry);
}

#endif
