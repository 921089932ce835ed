/* Inside of struct manifest, for the files of this folder. Invariant: a half-built
 * manifest can be freed at any time; what is not there yet is zero. */
#ifndef BERTH_HOST_MANIFEST_PRIV_H
#define BERTH_HOST_MANIFEST_PRIV_H

#include "host/manifest.h"
#include "host/manifest/compiled_schema.h"

struct name_block; /* memory of name lists */

struct manifest {
    char *name; /* for sentences */
    json_t *root;
    char *text;
    size_t text_len;
    struct name_block *names;
    struct limit *limits;
    size_t limit_count;
    struct option_source *options;
    size_t option_count;
    struct credential *credentials;
    size_t credential_count;
    struct operation *operations; /* actions, then triggers */
    size_t operation_count;
    struct compiled_schema
        *compiled; /* two for each operation, one for each kind of credentials */
    size_t compiled_count;
    struct name_list hosts;
    json_t *secret_names;
};

/* Say first which manifest it is about. Returns the status. */
int manifest_fail_in(const char *name, int status, struct berth_error *err);

/* Does the document obey the vocabulary (manifests/schema.json, which is built in)? */
int vocabulary_check(const json_t *root, struct berth_error *err);

/* A list of the texts of `array` (null: empty), in memory of the manifest's. */
int manifest_names(struct manifest *m, const json_t *array, struct name_list *ret_list,
                   struct berth_error *err);
void manifest_names_free(struct manifest *m);

/* Fill the parts of `m` from m->root, which obeys the vocabulary. Sentences begin with
 * the JSON Pointer. */
int manifest_build_compiled(struct manifest *m, struct berth_error *err);
int manifest_build_limits(struct manifest *m, struct berth_error *err);
int manifest_build_options(struct manifest *m, struct berth_error *err);
int manifest_build_credentials(struct manifest *m, struct berth_error *err);
int manifest_build_operations(struct manifest *m, struct berth_error *err);
int manifest_build_secret_names(struct manifest *m, struct berth_error *err);
int manifest_build_forms(struct manifest *m, struct berth_error *err);

/* The schema that is member `member` of `entry`, which is `section`/`id`, to be compiled
 * when it is first asked for. There is room for it (manifest_build_compiled). */
struct compiled_schema *manifest_add_compiled(struct manifest *m, const char *section,
                                              const char *id, const json_t *entry,
                                              const char *member);

/* Is the member of that name and schema a secret, or does it have secret elements? Then
 * its name is one of manifest_secret_names(). */
int manifest_add_secret_name(struct manifest *m, const char *name, const json_t *schema,
                             struct berth_error *err);

/* What the vocabulary cannot say: see manifest.h. */
int manifest_check(const struct manifest *m, struct berth_error *err);
int manifest_check_action(const struct operation *op, struct berth_error *err);
int manifest_check_trigger(const struct operation *op, struct berth_error *err);
int manifest_check_samples(const struct operation *op, struct berth_error *err);
int manifest_check_request(const struct operation *op, struct berth_error *err);

/* "actions" or "triggers": where operations of that kind are. */
const char *manifest_section(enum operation_kind kind);

/* Is `base` one of network.hosts, or null? `where` is for the sentence. */
int manifest_check_base(const struct manifest *m, const char *where, const char *base,
                        struct berth_error *err);

/* The schema at `pointer` into the values that `schema` describes ("*" for each element),
 * or null. */
const json_t *manifest_walk_schema(const json_t *document, const json_t *schema,
                                   const char *pointer);

/* Is `name` a member of the values that the schema describes? */
bool manifest_has_member(const struct manifest *m, const json_t *schema,
                         const char *name);

/* Is `name` in the `required` of the schema or of what applies with it? */
bool manifest_requires(const struct manifest *m, const json_t *schema, const char *name);

#endif
