/* Reading connections, for those who write them. Invariant: what is filled in here is
 * released by connection_release(), also after a failure. */
#ifndef BERTH_CONNECTION_READ_H
#define BERTH_CONNECTION_READ_H

#include "host/connection.h"

/* Fill in c->secrets anew from the store. */
int connection_read_secret_names(struct store *s, struct connection *c,
                                 struct berth_error *err);

#endif
