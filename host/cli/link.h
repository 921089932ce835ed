/* From a name on the command line to a session: the connection, its connector, and the
 * session with both. Invariant: what link_release() ends was begun in the order
 * connection, connector, session. */
#ifndef BERTH_CLI_LINK_H
#define BERTH_CLI_LINK_H

#include <stdint.h>

#include "host/cli/app.h"
#include "host/connection.h"
#include "host/manifest.h"
#include "host/session.h"

struct link {
    struct app *app;
    struct store *store;
    struct connection connection;
    struct connector *connector;
    const struct manifest *manifest;
    struct session *session; /* null before link_connect() */
    int64_t retry_for_ms;    /* 0: as a session does; to be set before link_connect() */
};

/* Find the connection and load its connector. link_release() is due in each case. */
int link_open(struct link *link, struct app *app, const char *name,
              struct berth_error *err);
void link_release(struct link *link);

static inline void cleanup_link(struct link *link)
{
    link_release(link);
}

/* Make the session: decrypts the secrets, sends nothing. `parallel` 0: the default. */
int link_connect(struct link *link, uint32_t parallel, struct berth_error *err);

/* The manifest of the connection's connector, without loading it, for help. The caller
 * frees it. */
int link_manifest(struct app *app, const char *connection_name,
                  struct manifest **ret_manifest, struct berth_error *err);

#endif
