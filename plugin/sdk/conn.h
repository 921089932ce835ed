/* A connection: the compiled manifest and the connector's own state. Invariant: between
 * open and close only the connector's state and the credential in use change. */
#ifndef BERTH_SDK_CONN_H
#define BERTH_SDK_CONN_H

#include <jansson.h>

#include "sdk/outgoing.h"
#include "sdk/rest.h"

struct operation;

/* What a connector adds to the kit; a constant. Each member may be null; with all of them
 * null, what the manifest declares runs without credentials. */
struct connector {
    const struct operation *const *operations; /* those that need C; ends in null */
    size_t state_size;

    /* Read the configuration into conn->state, which is zeroed; copy what is kept.
     * BERTH_E_INVALID, naming the field. */
    int (*configure)(struct berth_conn *conn, const json_t *config,
                     struct berth_error *err);

    /* Give back what is in the state; also when configure failed half-way. */
    void (*release)(struct berth_conn *conn);

    /* How many credentials there are to try, 1 or 2: after a 401 the other one is. Null:
     * 1. */
    int (*credential_count)(const struct berth_conn *conn);

    /* Add the credentials, number `credential` of them from 0 on, to a built request:
     * most often outgoing_header(). */
    int (*sign)(struct berth_conn *conn, int credential, int64_t now_ms,
                struct outgoing *out, struct berth_error *err);
};

struct berth_conn {
    const struct connector *connector;
    struct rest rest;
    int credential; /* the one that the service took last */
    void *state;
};

struct conn_source {
    struct berth_str manifest;
    struct berth_str config;
};

/* The plugin table's open() and close(), but for the connector. */
int conn_open(const struct connector *connector, const struct conn_source *source,
              struct berth_conn **ret_conn, struct berth_error *err);
void conn_close(struct berth_conn *conn);

#endif
