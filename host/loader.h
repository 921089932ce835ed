/* Finding connectors and loading them. A connector is two files in one folder: ID.json
 * (its manifest) and ID.so.
 *
 * Invariant: a shared object is mapped only after its manifest was read and found valid
 * and both files were found safe (the manifest says where credentials may be sent):
 * regular, owned by root or the user, writable by nobody else, and so the folders that
 * name them and that links lead to. What is looked at is the opened file, and what is
 * mapped is that very descriptor, so that nothing can be put in its place in between; a
 * connector's own libraries must therefore be found by the system, not beside it. A
 * loaded connector agrees with its manifest in id, version and ABI. */
#ifndef BERTH_HOST_LOADER_H
#define BERTH_HOST_LOADER_H

#include <stddef.h>

#include "berth_plugin.h"

struct connector;
struct manifest; /* manifest.h */

/* The folders to look in, first found first taken. Made once at start. */
struct connector_path {
    char **folders;
    size_t count;
};

/* From `extra` (colon-separated, may be null: $BERTH_CONNECTOR_PATH or an option), then
 * `connectors` beside the program's own file (the build tree), then the installation's
 * folder, first below the root that the program itself was installed under. */
int connector_path_init(struct connector_path *path, const char *extra,
                        struct berth_error *err);
void connector_path_release(struct connector_path *path);

/* The ids of which both files are in one of the folders, sorted, without repeats. The
 * caller frees each and the array. */
int connector_list(const struct connector_path *path, char ***ret_ids, size_t *ret_count,
                   struct berth_error *err);

/* Read the manifest of `id` without loading any code: enough for forms and help.
 * BERTH_E_NOT_FOUND names the folders and the nearest id. */
int connector_manifest(const struct connector_path *path, const char *id,
                       struct manifest **ret_manifest, struct berth_error *err);

/* Load and negotiate. `services` is what the connector is given as its host: constant,
 * and there until it is freed. The connector owns its manifest. */
int connector_load(const struct connector_path *path, const char *id,
                   const struct berth_host *services, struct connector **ret_connector,
                   struct berth_error *err);
void connector_free(struct connector *c);

const struct manifest *connector_manifest_of(const struct connector *c);
const char *connector_file(const struct connector *c);

/* The table, never shorter than what the host knows: what an older connector lacks is
 * null. */
const struct berth_plugin *connector_plugin(const struct connector *c);

#endif
