/* The compiled form of a schema: a graph of nodes, one for each schema object in the
 * document that is reached, each with a rule for each of its keywords. Invariant: nothing
 * in it changes once schema_new() has returned. */
#ifndef BERTH_SCHEMA_NODE_H
#define BERTH_SCHEMA_NODE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "berth_plugin.h"

/* How deep schemas may nest, and a check may go: each level is a schema applied to a
 * value. */
enum { SCHEMA_DEPTH_MAX = 512 };

struct check;
struct compiler;
struct format;
struct frame;
struct keyword;
struct pattern;

enum type_bit {
    TYPE_NULL = 1u << 0,
    TYPE_BOOLEAN = 1u << 1,
    TYPE_INTEGER = 1u << 2,
    TYPE_NUMBER = 1u << 3,
    TYPE_STRING = 1u << 4,
    TYPE_ARRAY = 1u << 5,
    TYPE_OBJECT = 1u << 6,
};

/* A part of the document that has a URI of its own, by "$id". */
struct resource {
    char *uri; /* absolute where possible, without fragment; "" for the document */
    json_t *root;
};

struct anchor {
    const struct resource *resource;
    const char *name;
    struct node *node;
};

/* A subschema under a name: of a member, of a pattern for members. */
struct named_node {
    const char *name; /* borrowed from the document */
    const struct node *node;
    struct pattern *pattern; /* null but in patternProperties */
};

struct named_nodes {
    struct named_node *items; /* sorted by name, but for patterns */
    size_t count;
};

struct nodes {
    const struct node **items;
    size_t count;
};

/* One keyword of one schema. Which member of `to` is used is the keyword's operand. */
struct rule {
    const struct keyword *keyword;
    json_t *value; /* as in the document */
    union {
        size_t limit;
        unsigned types; /* enum type_bit */
        const struct node *node;
        struct nodes nodes;
        struct named_nodes named;
        struct pattern *pattern;
        const struct format *format;
    } to;
};

struct node {
    json_t *source; /* the schema in the document */
    const struct resource *resource;
    struct rule *rules; /* in the order of the table of keywords */
    size_t rule_count;
    bool wanted;     /* it is to be compiled */
    bool never;      /* the schema `false` */
    bool secret;     /* x-secret */
    bool tracks;     /* has unevaluatedItems or unevaluatedProperties */
    bool adjoins;    /* has additionalProperties */
    unsigned colour; /* of the search for endless references */
};

/* An operand: what a keyword's value must be and how it is compiled. */
enum operand {
    OPERAND_ANY,
    OPERAND_STRING,
    OPERAND_BOOLEAN,
    OPERAND_ARRAY,
    OPERAND_OBJECT,
    OPERAND_COUNT,
    OPERAND_NUMBER,
    OPERAND_POSITIVE,
    OPERAND_TYPES,
    OPERAND_NAMES,
    OPERAND_NAMES_BY_NAME,
    OPERAND_PATTERN,
    OPERAND_FORMAT,
    OPERAND_DIALECT,
    OPERAND_ID,
    OPERAND_ANCHOR,
    OPERAND_REFERENCE,
    OPERAND_SECRET,
    OPERAND_REFUSED,
    /* from here on the operand is, or holds, schemas */
    OPERAND_SCHEMA,
    OPERAND_SCHEMAS,
    OPERAND_SCHEMAS_BY_NAME,
    OPERAND_SCHEMAS_BY_PATTERN,
};

typedef int rule_check(struct check *x, const struct frame *f, const struct rule *rule);

struct keyword {
    const char *name;
    enum operand operand;
    bool in_place;     /* its subschemas apply to the same value */
    rule_check *check; /* null: nothing to check by itself */
};

/* All keywords, in the order in which they are checked: what marks members or items as
 * evaluated comes before what asks for those marks. */
extern const struct keyword KEYWORDS[];
extern const size_t KEYWORD_COUNT;

/* The node's rule for a keyword, or null. */
const struct rule *node_rule(const struct node *node, const char *keyword);

/* The subschema of that name, or null. */
const struct node *named_find(const struct named_nodes *named, const char *name);

/* Calls visit(node, context) for each subschema that applies to the same value as `node`
 * does, until one returns other than 0, which is returned. */
int node_each_in_place(const struct node *node,
                       int (*visit)(const struct node *child, void *context),
                       void *context);

/* The same for each that does not: mostly for members or elements of it. */
int node_each_inside(const struct node *node,
                     int (*visit)(const struct node *child, void *context),
                     void *context);

struct schema {
    json_t *document;
    const struct node *root;
    unsigned flags;
    struct node **nodes; /* all, owned */
    size_t node_count, node_capacity;
    struct resource **resources;
    size_t resource_count, resource_capacity;
    struct anchor *anchors;
    size_t anchor_count, anchor_capacity;
    struct node anything; /* the schemas `true` and `false` */
    struct node nothing;
};

#endif
