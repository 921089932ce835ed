/* An enrollment, or a bulk of them, from a stranger: what is written of the text as it
 * stands is what is written of the tree, and what is no input is refused either way. */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

#include "azure-dps/bulk_input.h"
#include "azure-dps/enrollment.h"
#include "sdk/cleanup.h"
#include "sdk/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool is_so)
{
    if (!is_so)
        abort();
}

/* `g` says what the tree says. */
static void compare(const struct given *g, const struct given_rule *rule,
                    const json_t *tree)
{
    cleanup(json) json_t *body = enrollment_body_new(tree);
    cleanup(json) json_t *written = NULL;
    cleanup(text) struct text text;
    const json_t *etag = json_object_get(tree, "etag");
    must(body != NULL);
    if (rule->keeps_etag && json_is_string(etag))
        must(json_object_set(body, "etag", json_object_get(tree, "etag")) == 0);
    text_init(&text, (size_t)1 << 24);
    given_add(g, &text);
    must(!text_failed(&text));
    must(json_parse(text_str(&text), JSON_OURS, &written, NULL) == 0);
    must(json_equal(body, written));
    must(str_equal(g->id, json_str(tree, rule->id_name)));
    must(str_equal(g->if_match, json_str(tree, "ifMatch")));
    must(given_lacks_keys(g) == enrollment_lacks_keys(body));
    must(g->body || enrollment_check(body, NULL) == 0);
}

static void one(struct berth_str text, const json_t *tree, bool keeps_etag)
{
    struct given_rule rule = {"registrationId", keeps_etag};
    struct given g = {0};
    int r = given_read(&g, &rule, text, NULL);
    must((r == 0) == json_is_object(tree));
    if (r == 0) {
        compare(&g, &rule, tree);
        must(given_build(&g, &rule, NULL) == 0 && g.body);
        compare(&g, &rule, tree);
    }
    given_release(&g);
}

static void bulk(struct berth_str text, const json_t *tree)
{
    struct bulk_input in = {0};
    const json_t *list = json_object_get(tree, DPS_ENROLLMENT.list);
    int r = bulk_input_read(&in, &DPS_ENROLLMENT, text, NULL);
    must((r == 0) == json_is_array(list));
    must(r < 0 || in.count == json_array_size(list));
    must(r < 0 || str_equal(in.mode, json_str(tree, "mode")));
    for (size_t i = 0; r == 0 && i < in.count; i++)
        compare(&in.elements[i], &in.rule, json_array_get(list, i));
    bulk_input_release(&in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct berth_str text = {(const char *)data, size};
    cleanup(json) json_t *tree = NULL;
    (void)json_parse(text, JSON_OURS, &tree, NULL); /* null: it is no input */
    one(text, tree, false);
    one(text, tree, true);
    bulk(text, tree);
    return 0;
}
