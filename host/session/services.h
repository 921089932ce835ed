/* What the host offers to connectors, and what it thinks of their answers. Invariant: the
 * table is constant; what a service does depends on the call it is given alone. */
#ifndef BERTH_SESSION_SERVICES_H
#define BERTH_SESSION_SERVICES_H

#include "berth_plugin.h"

extern const struct berth_host HOST_SERVICES;

/* What a connector wrote: make sure that its texts end inside their arrays. */
void error_terminate(struct berth_error *err);

#endif
