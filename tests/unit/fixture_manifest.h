/* Manifests that tests read. Invariant: what is asked for is there, or the test has
 * failed. cmocka.h comes before this. */
#ifndef BERTH_TESTS_FIXTURE_MANIFEST_H
#define BERTH_TESTS_FIXTURE_MANIFEST_H

#include <jansson.h>

#include "host/manifest.h"

/* The absolute path of a file in the source tree; the caller frees it. */
char *fixture_path(const char *file);

/* The manifest in that file. */
struct manifest *fixture_manifest(const char *file);

/* The JSON in a text; `'` stands for `"`, so that it reads well in C. */
json_t *fixture_json(const char *text);

#define DEPOT "tests/data/manifests/depot.json"
#define AZURE_DPS "manifests/azure-dps.json"

#endif
