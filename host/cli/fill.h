/* Filling a credential form from options and from a person at a terminal.
 *
 * Invariant: a secret comes from stdin, a file or the environment, never from the command
 * line. */
#ifndef BERTH_CLI_FILL_H
#define BERTH_CLI_FILL_H

#include <jansson.h>

#include "host/cli/app.h"
#include "host/connection.h"
#include "host/form.h"
#include "host/manifest.h"

/* The longest value that is read, from whatever place. */
#define FILL_MAX_BYTES (64u * 1024)

/* Apply --paste, --set, --unset and --secret. */
int fill_from_options(struct app *app, struct form *form, struct berth_error *err);

/* Ask for what is missing, when there is somebody to ask. */
int fill_by_asking(struct app *app, const struct credential *credential,
                   struct form *form, struct berth_error *err);

/* Check the form; say its warnings. BERTH_E_INVALID for a missing field names it and the
 * option that gives it. */
int fill_finish(struct app *app, struct form *form, struct berth_error *err);

/* Apply --ca-file, --proxy and --limit. */
int fill_network(struct app *app, struct connection *connection, struct berth_error *err);

#endif
