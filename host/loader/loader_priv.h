/* What the loader's files share; nobody else includes it. Invariant: an id is looked for
 * in a folder only when connector_id_is_valid(), so it cannot lead out of the folder. */
#ifndef BERTH_LOADER_PRIV_H
#define BERTH_LOADER_PRIV_H

#include <stdbool.h>

#include "host/loader.h"

/* Lower-case words joined by '-', as the manifest's schema says. */
bool connector_id_is_valid(const char *id);

/* Are both files there? */
bool connector_is_in(const char *folder, const char *id);

/* Is only one of them there? ret_manifest: it is the manifest. */
bool connector_is_half_in(const char *folder, const char *id, bool *ret_manifest);

/* Agree with the table that a shared object gave: its id, version and ABI are those of
 * the manifest, it can work with this host, and all that it must have is there. `table`
 * is read no further than it says to reach; *ret_plugin gets a copy of this host's own
 * size. `file` is for the sentences. */
int plugin_negotiate(const struct berth_plugin *table, const struct manifest *m,
                     const char *file, struct berth_plugin *ret_plugin,
                     struct berth_error *err);

#endif
