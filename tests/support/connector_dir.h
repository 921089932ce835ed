/* A folder of a test's own with connectors in it. Invariant: it is removed with all its
 * files by connector_dir_remove(). Failures end the test. */
#ifndef BERTH_TEST_CONNECTOR_DIR_H
#define BERTH_TEST_CONNECTOR_DIR_H

#include <stddef.h>

struct connector_dir {
    char path[256];
};

void connector_dir_make(struct connector_dir *dir);
void connector_dir_remove(struct connector_dir *dir);

/* dir/name, in a buffer that the next calls overwrite. */
const char *connector_dir_file(const struct connector_dir *dir, const char *name);

/* Copy the built test connector `module` ("scripted") to ID.so. */
void connector_dir_add_object(const struct connector_dir *dir, const char *module,
                              const char *id);

/* Write ID.json: a small valid manifest. */
void connector_dir_add_manifest(const struct connector_dir *dir, const char *id,
                                const char *version, unsigned abi_minor);

/* Both, of the usual kind. */
void connector_dir_add(const struct connector_dir *dir, const char *module,
                       const char *id);

/* The whole of a file, terminated; the caller frees it. */
char *test_read_file(const char *path, size_t *ret_len);

#endif
