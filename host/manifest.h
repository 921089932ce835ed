/* A connector's manifest: read once, checked against manifests/schema.json and for what
 * that schema cannot say, and from then on constant. Its schemas are compiled when they
 * are first asked for: one action needs one or two of a hundred.
 *
 * Invariant: what a struct manifest gives is consistent: actions, permissions, limits,
 * options, members and templates that it names exist; with manifest_check_all(), every
 * schema is good, too, and samples obey theirs. All texts and JSON are borrowed until
 * manifest_free(). Any number of threads may read and ask, for the same thing as well:
 * what is made on demand is made under a lock and then never changed. */
#ifndef BERTH_HOST_MANIFEST_H
#define BERTH_HOST_MANIFEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "berth_plugin.h"

struct compiled_schema;
struct manifest;
struct schema;        /* schema/schema.h */
struct schema_report; /* schema/schema.h */
struct text;

#define MANIFEST_MAX_BYTES (4u * 1024 * 1024)

enum operation_kind { OPERATION_ACTION, OPERATION_TRIGGER };
enum trigger_mode { TRIGGER_POLL, TRIGGER_WEBHOOK, TRIGGER_STREAM };
enum change_detect { CHANGE_SNAPSHOT, CHANGE_CURSOR };

/* Bits of trigger_info.types and, below, of .starts. */
enum event_bit {
    EVENT_CREATED = 1u << 0,
    EVENT_UPDATED = 1u << 1,
    EVENT_DELETED = 1u << 2
};
enum start_bit { START_NOW = 1u << 0, START_ALL = 1u << 1 };

/* A list of constant texts. */
struct name_list {
    const char *const *names;
    size_t count;
};

/* One of the service's quotas: at most `requests` sends in any `seconds`. */
struct limit {
    const char *id;
    const char *title;
    int64_t requests;
    int64_t seconds;
    const char *per; /* input member: counts apart for each of its values, which the
                      * connector sees to; null: for the whole connection */
};

/* What a trigger has beyond an action. */
struct trigger_info {
    enum trigger_mode mode;
    int64_t poll_default_s; /* 0: not polled */
    int64_t poll_min_s;
    unsigned starts;        /* enum start_bit */
    unsigned start_default; /* the first that `start` names */
    enum change_detect detect;
    const char *key;          /* member of an item that names it */
    struct name_list version; /* members that together make its version; none: a hash */
    bool fold_case;
    const char *verify_action; /* null: none. Answers not_found when an item is gone */
    const char *verify_member; /* its input member that takes the key */
    unsigned types;            /* enum event_bit */
    const char *subject;       /* template with {key} */
    const char *time_member;   /* or null */
    const json_t *samples;     /* array of items */
};

/* An action or a trigger. */
struct operation {
    enum operation_kind kind;
    const char *id; /* "enrollment.upsert" */
    const char *title;
    const char *description;
    const char *deprecated;        /* or null: a sentence on what to use instead */
    struct name_list permissions;  /* rights that it needs */
    const struct limit *limit;     /* that its requests count against unless they say */
    struct compiled_schema *input; /* for operation_input_schema() and so on */
    struct compiled_schema *output;
    const json_t *input_schema;
    const json_t *output_schema;
    const json_t *json; /* its whole entry in the manifest */
    const struct manifest *manifest;

    /* actions */
    bool read_only;
    bool destructive;
    bool idempotent;
    bool declared;       /* has a `request`: needs no code in the connector */
    bool yields_items;   /* any number of items instead of one result */
    const char *subject; /* JSON Pointer to the id in the input, * for each; or null */
    const char *batch_items; /* input member with the elements, or null: no batch */
    int64_t batch_max;       /* elements in one request to the service */
    struct name_list steps;  /* what it does, in order, when it is not declared */

    /* triggers; zero for an action */
    struct trigger_info trigger;
};

/* A kind of credentials. form.h makes a form of it. */
struct credential {
    const char *kind; /* "sharedAccessKey" */
    const char *title;
    const char *description;          /* or null */
    const char *test_action;          /* the action behind "test connection" */
    struct compiled_schema *compiled; /* for credential_schema() */
    const json_t *schema_json;
    const json_t *permissions; /* object: right -> sentence */
    const json_t *json;
    const struct manifest *manifest;
};

/* Values for a field, fetched by an action that lists. */
struct option_source {
    const char *id;
    const char *title;
    const char *action;
    const char *value; /* JSON Pointer into an item */
    const char *label; /* JSON Pointer, or null */
};

/* Read the manifest in file `path`, a regular file of MANIFEST_MAX_BYTES at most.
 * BERTH_E_INVALID with a sentence that begins with the path: where it is no JSON
 * (line:column), or the JSON Pointer to what is wrong. BERTH_E_NOT_FOUND when there is no
 * such file. */
int manifest_read(const char *path, struct manifest **ret_manifest,
                  struct berth_error *err);

/* The same from text, which is copied; `name` stands for it in sentences. */
int manifest_parse(const char *name, struct berth_str text,
                   struct manifest **ret_manifest, struct berth_error *err);

/* The rest of the checks: compile every schema, and hold samples against theirs. For who
 * writes or installs a manifest; what runs it compiles what it needs. BERTH_E_INVALID or
 * BERTH_E_UNSUPPORTED with a sentence as manifest_read()'s. */
int manifest_check_all(const struct manifest *m, struct berth_error *err);

/* Null: nothing. */
void manifest_free(struct manifest *m);

static inline void cleanup_manifest(struct manifest *const *m)
{
    manifest_free(*m);
}

const char *manifest_id(const struct manifest *m);
const char *manifest_version(const struct manifest *m);
const char *manifest_title(const struct manifest *m);
const char *manifest_summary(const struct manifest *m);
const char *manifest_documentation_url(const struct manifest *m); /* or null */
uint32_t manifest_abi_minor(const struct manifest *m);

/* The text it was made from, for the connector's open(). */
struct berth_str manifest_text(const struct manifest *m);
const json_t *manifest_json(const struct manifest *m);

/* Actions and triggers, each in the manifest's order: actions first. */
size_t manifest_operation_count(const struct manifest *m);
const struct operation *manifest_operation(const struct manifest *m, size_t index);

/* Null when there is none. */
const struct operation *manifest_find(const struct manifest *m, const char *id);

/* The operation of that id and kind. BERTH_E_NOT_FOUND with "did you mean"; for an id of
 * the other kind the sentence says so. */
int manifest_operation_by_id(const struct manifest *m, enum operation_kind kind,
                             const char *id, const struct operation **ret_operation,
                             struct berth_error *err);

/* In the manifest's order; the first is the default limit. Null when there is none. */
size_t manifest_limit_count(const struct manifest *m);
const struct limit *manifest_limit(const struct manifest *m, size_t index);
const struct limit *manifest_find_limit(const struct manifest *m, struct berth_str id);

/* Origin templates: "https://{host}". A template whose field is empty names no origin. */
struct name_list manifest_hosts(const struct manifest *m);

/* Fill an origin template with the fields of `credentials` (a JSON object). The text
 * belongs to the caller; null and 0 when a field is absent or empty. */
int manifest_origin_new(const char *template, const json_t *credentials,
                        char **ret_origin, struct berth_error *err);

size_t manifest_credential_count(const struct manifest *m);
const struct credential *manifest_credential(const struct manifest *m, size_t index);

/* The kind of that name; null `kind`: the only one there is. BERTH_E_NOT_FOUND names
 * those there are. */
int manifest_credential_by_kind(const struct manifest *m, const char *kind,
                                const struct credential **ret_credential,
                                struct berth_error *err);

/* Null when there is none. */
const struct option_source *manifest_find_option(const struct manifest *m,
                                                 const char *id);

/* The compiled schema of its inputs, or of its outputs (of each item, when it yields
 * several). BERTH_E_INVALID or BERTH_E_UNSUPPORTED, naming the manifest and the place in
 * it, when it is no good. */
int operation_input_schema(const struct operation *op, const struct schema **ret_schema,
                           struct berth_error *err);
int operation_output_schema(const struct operation *op, const struct schema **ret_schema,
                            struct berth_error *err);

/* The compiled schema of the fields; as above. */
int credential_schema(const struct credential *c, const struct schema **ret_schema,
                      struct berth_error *err);

/* The name of every member that is a secret anywhere in the manifest, as an object of
 * name to true: what is masked in bodies whose schema nobody knows. It is the
 * manifest's. */
const json_t *manifest_secret_names(const struct manifest *m);

/* Mask the secrets of an output as redact_by_plan() does; at once where its schema has
 * none. */
int operation_redact_output(const struct operation *op, json_t *output,
                            struct berth_error *err);

/* The same for an output's text, appended to `out`. False, and nothing is appended, when
 * it takes a tree to tell: see redact_text_by_plan(). */
bool operation_redact_text(const struct operation *op, struct berth_str output,
                           struct text *out);

/* As redact_plan_find_secret() and redact_plan_find_mask() do, in an input. */
int operation_find_secret(const struct operation *op, const json_t *input,
                          char **ret_pointer, struct berth_error *err);
int operation_find_mask(const struct operation *op, const json_t *input,
                        char **ret_pointer, struct berth_error *err);

/* Does `input` obey the operation's inputSchema? First the masks of secrets are looked
 * for ("***" where a secret goes is somebody's masked output), then the schema is asked.
 * BERTH_E_INVALID with the first problem in `err`, without the pointer's leading slash,
 * and as many as fit in `report` (may be null; made by schema_report_init). */
int operation_check_input(const struct operation *op, const json_t *input,
                          struct schema_report *report, struct berth_error *err);

/* Must a person agree before this input is carried out? */
bool operation_needs_confirm(const struct operation *op, const json_t *input);

/* Call each() with every subject that the input names (several for a batch), until it
 * answers other than 0, which is returned. */
int operation_each_subject(const struct operation *op, const json_t *input,
                           int (*each)(void *ctx, const char *id), void *ctx);

#endif
