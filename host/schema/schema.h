/* JSON Schema 2020-12 over jansson: for manifests, credential forms, inputs of
 * operations. Invariant: a keyword is either obeyed or refused when the schema is
 * compiled; none is passed over in silence (names that begin with "x-" are the project's
 * own annotations). Depth and work of a check are bounded, whatever schema and value are.
 *
 * Obeyed: the core, applicator, unevaluated, validation, meta-data and format (asserted)
 * vocabularies, with $ref, $defs, $id and $anchor inside one document. Refused:
 * $dynamicRef, $dynamicAnchor, references to other documents, content*, unknown names,
 * other dialects in $schema. Patterns are ECMAScript's with its `u` flag. */
#ifndef BERTH_SCHEMA_H
#define BERTH_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "berth_plugin.h"

struct schema;

enum schema_flag {
    /* Unknown keywords, unknown formats and content* are annotations, not errors. */
    SCHEMA_ALLOW_UNKNOWN = 1u << 0,
    /* `format` is an annotation, not an assertion. */
    SCHEMA_FORMAT_ANNOTATES = 1u << 1,
};

/* What is wrong with one place in a value. */
struct schema_problem {
    char *pointer;  /* JSON Pointer to the value; "" is the value as a whole */
    char *sentence; /* for people: the value (never a secret), what was expected */
};

/* Problems in the order they were found, `max` at most. */
struct schema_report {
    size_t max;
    size_t count;
    struct schema_problem *problems;
};

/* An empty report for at most `max` problems; allocates nothing. */
void schema_report_init(struct schema_report *report, size_t max);
void schema_report_release(struct schema_report *report);

static inline void cleanup_schema_report(struct schema_report *report)
{
    schema_report_release(report);
}

/* Compile the schema at JSON Pointer `pointer` ("" is the whole) of `document`.
 * "#/$defs/x" is resolved against the document, so `document` may be a manifest with
 * schemas in many places; $id and $anchor are found inside the schema, in the document's
 * own $defs and in what is referred to. The schema takes a reference to `document`, which
 * must not be changed while the schema lives. BERTH_E_INVALID with a sentence that begins
 * with the pointer to the place in the document when it is no valid schema;
 * BERTH_E_UNSUPPORTED likewise when it uses what is refused (above). `flags` is of
 * enum schema_flag. */
int schema_new(json_t *document, const char *pointer, unsigned flags,
               struct schema **ret_schema, struct berth_error *err);

/* Null: nothing. */
void schema_free(struct schema *schema);

static inline void cleanup_schema(struct schema *const *schema)
{
    schema_free(*schema);
}

/* Does `value` obey the schema? 0; or BERTH_E_INVALID, with the first problem in `err` as
 * "pointer: sentence" and as many as fit added to `report` (may be null; what it held
 * before is dropped). A value whose schema has `"x-secret": true` is never shown.
 * BERTH_E_INVALID, too, when the check would take too many steps or go too deep (then the
 * report is empty). Any number of threads may check against one schema at a time. */
int schema_check(const struct schema *schema, const json_t *value,
                 struct schema_report *report, struct berth_error *err);

/* --- looking things up in a schema that compiles (for forms, help, documentation) ---
 * Borrowed from `document`; null when it is not there. */

/* The schema that the $ref of `schema` leads to, by pointer ("#/..."); null when it has
 * none, and when it leads nowhere that can be told (*ret_dangling). */
const json_t *schema_follow(const json_t *document, const json_t *schema,
                            bool *ret_dangling);

/* The schema that `schema` stands for: follows a chain of such references, as long as
 * they lead somewhere. Null when one does not, or for a loop. */
const json_t *schema_find(const json_t *document, const json_t *schema);

/* The value of an annotation (title, default, x-ui ...): of the schema itself, else of
 * the first on its way along $ref that has it, else of a member of its allOf. */
const json_t *schema_annotation(const json_t *document, const json_t *schema,
                                const char *keyword);

/* The schema of member `name` of the objects that `schema` describes: in its properties,
 * behind its $ref, or in a member of its allOf. References of the result are not
 * followed, so that what stands beside them is seen. */
const json_t *schema_property(const json_t *document, const json_t *schema,
                              const char *name);

/* Give `object` a copy of the default of each top-level property that it lacks (those
 * behind $ref and allOf included). Only out of memory can go wrong. */
int schema_fill_defaults(const json_t *document, const json_t *schema, json_t *object,
                         struct berth_error *err);

#endif
