/* A session is one connection at work in this process: the connector's instance, the
 * transport to its service, its limiter, and the calls (running operations) on it.
 *
 * Invariant: everything happens inside session_wait(), session_call() and call_cancel(),
 * on the caller's thread; nothing else blocks and no thread is made. Each call ends with
 * exactly one done(), also when the session is freed. */
#ifndef BERTH_HOST_SESSION_H
#define BERTH_HOST_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "berth_plugin.h"

struct call;
struct connector; /* loader.h */
struct session;

/* What an operation says while it runs. Each function may be null (the answer is then "go
 * on"); a negative answer from one stops the operation with that status. What the
 * arguments point to is valid during the call. */
struct call_events {
    int (*item)(void *ctx, const struct berth_item *item);
    size_t (*known)(void *ctx, struct berth_str rest, struct berth_str scope);
    int (*cursor)(void *ctx, struct berth_str cursor);
    int (*complete)(void *ctx, struct berth_str scope);
    int (*part)(void *ctx, uint32_t index, int status, struct berth_str value,
                const struct berth_error *err);

    /* The end: 0 and the result (JSON or empty), or a negative status and `err`. The call
     * is freed afterwards. May start other calls. */
    void (*done)(void *ctx, int status, struct berth_str value,
                 const struct berth_error *err);

    /* For a dry run: sees each request before it would be sent and says what becomes of
     * it (enum request_verdict, or negative). Null: send. */
    int (*request)(void *ctx, const struct berth_request *req);
    void *ctx;
};

enum request_verdict {
    REQUEST_SEND = 0,
    REQUEST_HOLD = 1 /* never sent; the call ends with BERTH_E_CANCELED once it waits for
                        nothing else */
};

struct call_spec {
    struct berth_str operation;
    struct berth_str input;  /* copied */
    struct berth_str cursor; /* copied */
    uint32_t page_size;      /* 0: the connector decides */
    int64_t deadline_ms;     /* from now, for all of it; 0: none */
    struct call_events events;
};

/* One line of talk about what goes on ("> PUT /enrollments/dev-1", "retry 2 of 5 in 1.2
 * s"): secrets are masked already. */
typedef void session_log_fn(void *ctx, int level, struct berth_str line);

struct session_config {
    const struct connector *connector; /* borrowed: outlives the session */
    struct berth_str credentials; /* JSON object with `kind`, secrets in clear; copied,
                                     wiped at the end */
    const char *ca_file;          /* null: the system's */
    const char *proxy;            /* null: none */
    int64_t limit;     /* sends per window instead of the manifest's first limit; 0: the
                        * manifest's; negative: no limiter at all */
    uint32_t parallel; /* requests in flight at most; 0: 8 */
    int64_t request_timeout_ms; /* of one attempt; 0: 30 s */
    int64_t retry_for_ms; /* from the first attempt; 0: 60 s; negative: never retry */
    int64_t reach_for_ms; /* the same for all attempts together while nobody has answered
                           * yet: the host name may be wrong; 0: 10 s */
    bool wire_log;        /* log each request and response, masked */
    session_log_fn *log;  /* may be null */
    void *log_ctx;
    int64_t (*now_ms)(void *ctx); /* what connectors take for the time, milliseconds since
                                   * 1970; null: the wall's clock */
    void *now_ctx;
};

/* What the host offers to connectors while a session calls them; goes to
 * connector_load(). What a service does depends on the call that it is given alone. */
extern const struct berth_host HOST_SERVICES;

/* Opens the connector's connection. Sends nothing. From then on the process ignores
 * SIGPIPE, unless it has a handler. */
int session_new(const struct session_config *config, struct session **ret_session,
                struct berth_error *err);

/* Ends what still runs (BERTH_E_CANCELED), closes the connection. Takes null. */
void session_free(struct session *s);

/* Begin an operation; ret_call may be null. A negative status: it did not begin, and
 * done() is not called. Not from within an operation's events, but for done(). */
int session_call(struct session *s, const struct call_spec *spec, struct call **ret_call,
                 struct berth_error *err);

/* End it now; done() is called with BERTH_E_CANCELED before this returns. From within an
 * operation's events: as soon as the connector has returned. */
void call_cancel(struct call *call);

/* Let everything go on until some call has ended, `wake_fd` (or -1) is readable, or
 * timeout_ms (negative: no limit) have passed. Returns the number of calls still running,
 * or a negative status when the session itself cannot go on. */
int session_wait(struct session *s, int64_t timeout_ms, int wake_fd,
                 struct berth_error *err);

struct session_counts {
    uint64_t requests; /* sent, every attempt */
    uint64_t retries;
    uint64_t throttled; /* answers 429 */
    uint64_t bytes_in;
    uint64_t limiter_waits;
};
struct session_counts session_counts(const struct session *s);

static inline void cleanup_session(struct session **s)
{
    session_free(*s);
}

#endif
