/* Making a compiled schema. The steps: index (which schemas are there, under which URI
 * and anchor), compile (each wanted node's rules), look for endless references.
 * Invariant: an error message begins with the JSON Pointer to the place in the document.
 */
#ifndef BERTH_SCHEMA_COMPILE_H
#define BERTH_SCHEMA_COMPILE_H

#include "host/schema/keyword_table.h"
#include "host/schema/node.h"

/* The state of one schema_new(). */
struct compiler {
    struct schema *schema;
    struct berth_error *err;
    struct node **table; /* nodes by the address of their source; a power of two */
    size_t table_size;
    struct node **pending; /* wanted, not yet compiled */
    size_t pending_count, pending_capacity;
    struct keyword_table keywords;
};

/* Room for one more in a growing array (`items` is the address of its pointer). */
int array_reserve(void *items, size_t item_size, size_t count, size_t *capacity,
                  struct berth_error *err);

/* Say what is wrong with `keyword` (null: the schema itself) of the schema `source`. */
int compile_fail(struct compiler *c, const json_t *source, const char *keyword,
                 int status, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The node of a schema that was indexed, or null. */
struct node *compile_lookup(const struct compiler *c, const json_t *source);

/* Ask for a node to be compiled. */
int compile_want(struct compiler *c, struct node *node);

/* Note the schema `source` and all schemas in it, as parts of `resource`. */
int index_schema(struct compiler *c, json_t *source, const struct resource *resource,
                 unsigned depth);

/* The node that a reference in `node` leads to, wanted. */
int reference_find(struct compiler *c, const struct node *node, const char *reference,
                   struct node **ret_node);

/* Compile the operand of a rule whose keyword and value are set. */
int operand_compile(struct compiler *c, const struct node *node, struct rule *rule);

/* BERTH_E_INVALID when a schema applies to the same value again by way of itself. */
int cycle_check(struct compiler *c);

#endif
