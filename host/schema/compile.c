#include "host/schema/compile.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/schema/schema.h"
#include "host/suggest.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/pointer.h"
#include "sdk/str.h"

/* Of a pointer to the place of a mistake, this much of its end is shown. */
enum { PLACE_MAX = 1 << 20, PLACE_SHOWN = 200 };

int array_reserve(void *items, size_t item_size, size_t count, size_t *capacity,
                  struct berth_error *err)
{
    if (count < *capacity)
        return 0;
    size_t wanted = *capacity ? *capacity * 2 : 8;
    void *old;
    memcpy(&old, items, sizeof(old));
    void *grown = wanted > SIZE_MAX / item_size ? NULL : realloc(old, wanted * item_size);
    if (!grown)
        return fail_no_memory(err);
    memcpy(items, &grown, sizeof(grown));
    *capacity = wanted;
    return 0;
}

/* The end of a long pointer, from some '/' on. */
static const char *shortened(const struct text *place)
{
    if (place->len <= PLACE_SHOWN)
        return place->len > 0 ? place->data : "the schema";
    const char *slash = strchr(place->data + place->len - PLACE_SHOWN, '/');
    return slash ? slash : "the schema";
}

int compile_fail(struct compiler *c, const json_t *source, const char *keyword,
                 int status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct berth_error reason = BERTH_ERROR_INIT;
    (void)fail_v(&reason, status, format, args); /* returned below */
    va_end(args);
    cleanup(text) struct text place;
    text_init(&place, PLACE_MAX);
    (void)pointer_locate(&place, c->schema->document, source); /* else: no place */
    if (keyword)
        pointer_add(&place, keyword);
    return fail(c->err, status, "%s%s: %s", place.len > PLACE_SHOWN ? "..." : "",
                shortened(&place), reason.message);
}

int compile_want(struct compiler *c, struct node *node)
{
    if (node->wanted || !node->source)
        return 0;
    int r = array_reserve(&c->pending, sizeof(*c->pending), c->pending_count,
                          &c->pending_capacity, c->err);
    if (r < 0)
        return r;
    c->pending[c->pending_count++] = node;
    node->wanted = true;
    return 0;
}

/* Names that are close to one we know are told so. */
static int refuse_keyword(struct compiler *c, const struct node *node, const char *name)
{
    struct suggest s;
    suggest_init(&s, name);
    for (size_t i = 0; i < KEYWORD_COUNT; i++)
        if (KEYWORDS[i].operand != OPERAND_REFUSED)
            suggest_offer(&s, KEYWORDS[i].name);
    if (s.best)
        return compile_fail(c, node->source, name, BERTH_E_UNSUPPORTED,
                            "unknown keyword '%s'; did you mean '%s'?", name, s.best);
    return compile_fail(c, node->source, name, BERTH_E_UNSUPPORTED,
                        "unknown keyword '%s'; own keywords must begin with 'x-'", name);
}

/* Into its place: rules are in the order of the table of keywords. */
static void add_rule(struct node *node, const struct keyword *keyword, json_t *value)
{
    size_t at = node->rule_count++;
    for (; at > 0 && node->rules[at - 1].keyword > keyword; at--)
        node->rules[at] = node->rules[at - 1];
    node->rules[at] = (struct rule){.keyword = keyword, .value = value};
}

static int collect_rules(struct compiler *c, struct node *node)
{
    const char *name;
    json_t *value;
    json_object_foreach(node->source, name, value)
    {
        const struct keyword *keyword = keyword_table_find(&c->keywords, name);
        if (keyword)
            add_rule(node, keyword, value);
        else if (!(c->schema->flags & SCHEMA_ALLOW_UNKNOWN) &&
                 !str_starts_with(str_from(name), STR("x-")))
            return refuse_keyword(c, node, name);
    }
    return 0;
}

static int compile_rule(struct compiler *c, struct node *node, struct rule *rule)
{
    const char *name = rule->keyword->name;
    if (rule->keyword->operand == OPERAND_SECRET)
        node->secret = json_is_true(rule->value);
    if (strncmp(name, "unevaluated", 11) == 0)
        node->tracks = true;
    if (strcmp(name, "additionalProperties") == 0)
        node->adjoins = true;
    return operand_compile(c, node, rule);
}

static int compile_node(struct compiler *c, struct node *node)
{
    node->rules = calloc(json_object_size(node->source) + 1, sizeof(*node->rules));
    if (!node->rules)
        return fail_no_memory(c->err);
    int r = collect_rules(c, node);
    for (size_t i = 0; r == 0 && i < node->rule_count; i++)
        r = compile_rule(c, node, &node->rules[i]);
    return r;
}

/* The resource of the schema at the pointer is the document, until its own "$id" says
 * otherwise. */
static int index_all(struct compiler *c, json_t *root)
{
    struct schema *schema = c->schema;
    int r = index_schema(c, root, schema->resources[0], 0);
    const char *name;
    json_t *value;
    json_t *shared = json_object_get(schema->document, "$defs");
    json_object_foreach(shared, name, value)
    {
        if (r == 0 && (json_is_object(value) || json_is_boolean(value)))
            r = index_schema(c, value, schema->resources[0], 0);
    }
    return r;
}

static int compile_all(struct compiler *c, json_t *root)
{
    int r = index_all(c, root);
    if (r < 0)
        return r;
    struct node *node = compile_lookup(c, root);
    c->schema->root = node;
    r = compile_want(c, node);
    while (r == 0 && c->pending_count > 0)
        r = compile_node(c, c->pending[--c->pending_count]);
    return r < 0 ? r : cycle_check(c);
}

static int add_document(struct schema *schema, json_t *document, struct berth_error *err)
{
    schema->document = json_incref(document);
    schema->nothing.never = true;
    int r = array_reserve(&schema->resources, sizeof(*schema->resources), 0,
                          &schema->resource_capacity, err);
    if (r < 0)
        return r;
    struct resource *whole = calloc(1, sizeof(*whole));
    char *uri = calloc(1, 1);
    if (!whole || !uri) {
        free(whole);
        free(uri);
        return fail_no_memory(err);
    }
    *whole = (struct resource){.uri = uri, .root = document};
    schema->resources[schema->resource_count++] = whole;
    return 0;
}

int schema_new(json_t *document, const char *pointer, unsigned flags,
               struct schema **ret_schema, struct berth_error *err)
{
    json_t *root = pointer_at(document, str_from(pointer));
    if (!root)
        return fail(err, BERTH_E_INVALID, "%s: there is no schema here", pointer);
    struct schema *schema = calloc(1, sizeof(*schema));
    if (!schema)
        return fail_no_memory(err);
    schema->flags = flags;
    struct compiler c = {.schema = schema, .err = err};
    keyword_table_init(&c.keywords);
    int r = add_document(schema, document, err);
    if (r == 0)
        r = compile_all(&c, root);
    free(c.table);
    free(c.pending);
    if (r < 0) {
        schema_free(schema);
        return r;
    }
    *ret_schema = schema;
    return 0;
}
