/* HTTP over libcurl's multi interface: connections kept and shared, HTTP/2 where it is
 * offered, TLS 1.2 or newer with verified certificates, no redirects, no cookies, no
 * .netrc, no proxy but the one that was configured. Of the environment only SSLKEYLOGFILE
 * counts, by which libcurl writes TLS keys to a file; the program takes it away at its
 * start.
 *
 * Invariant: an exchange that was sent comes back from transport_done() exactly once,
 * complete or with its failure, unless transport_abort() takes it away. A request that is
 * not repeatable goes out at most once for each transport_send(): libcurl's own repeat on
 * a connection that turned out dead is stopped. */
#ifndef BERTH_HTTP_TRANSPORT_H
#define BERTH_HTTP_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "berth_plugin.h"

struct exchange;
struct transport;

struct transport_config {
    const char *ca_file; /* null: the system's */
    const char *proxy;   /* null: none */
    uint32_t parallel;   /* exchanges under way at most */
};

/* SIGPIPE is ignored in the process from then on, unless it has a handler.
 * BERTH_E_INVALID when the CA file cannot be read. */
int transport_new(const struct transport_config *config, struct transport **ret_transport,
                  struct berth_error *err);
void transport_free(struct transport *t);

/* Send it; `timeout_ms` is for this attempt, connecting included. */
int transport_send(struct transport *t, struct exchange *x, int64_t timeout_ms,
                   struct berth_error *err);

/* Give one that is under way so much more time. */
void transport_prolong(struct transport *t, struct exchange *x, int64_t ms);

/* Take it back; harmless when it is not under way. */
void transport_abort(struct transport *t, struct exchange *x);

/* Do what can be done without waiting. */
int transport_perform(struct transport *t, struct berth_error *err);

/* The next exchange that has ended, or null. */
struct exchange *transport_done(struct transport *t);

/* Wait until there is something to do, wake_fd (or -1) is readable (*ret_woken), or
 * timeout_ms have passed. */
int transport_wait(struct transport *t, int timeout_ms, int wake_fd, bool *ret_woken,
                   struct berth_error *err);

#endif
