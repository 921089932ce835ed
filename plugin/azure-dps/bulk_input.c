#include "azure-dps/bulk_input.h"

#include <stdlib.h>

#include "sdk/cleanup.h"
#include "sdk/json.h"
#include "sdk/verbatim.h"

/* What a step in the text comes to; negative: a berth_status. */
enum { ODD, READ };

static void set_mode(struct bulk_input *in, const struct noun *noun,
                     struct berth_str mode)
{
    bool matches = str_equal(mode, STR("updateIfMatchETag"));
    in->mode = mode;
    in->rule = (struct given_rule){.id_name = noun->id, .keeps_etag = matches};
}

/* Room for one more element, which begins as zeros; null: out of memory. */
static struct given *next_element(struct bulk_input *in)
{
    if (in->count == in->capacity) {
        size_t capacity = in->capacity ? in->capacity * 2 : 16;
        struct given *grown = reallocarray(in->elements, capacity, sizeof(*grown));
        if (!grown)
            return NULL;
        in->elements = grown;
        in->capacity = capacity;
    }
    struct given *element = &in->elements[in->count++];
    *element = (struct given){0};
    return element;
}

/* --- from the text ----------------------------------------------------------------- */

/* An element for which the text alone will not do. */
static int read_tree(struct bulk_input *in, struct given *element, struct reader *r,
                     struct berth_error *err)
{
    const char *start = r->at;
    if (!reader_skip_value(r, 2))
        return ODD;
    struct berth_str text = {start, (size_t)(r->at - start)};
    cleanup(json_secret) json_t *source = NULL;
    int status = json_parse(text, JSON_OURS, &source, err);
    if (status == BERTH_E_INVALID)
        return ODD; /* the whole's message says where */
    if (status == 0)
        status = given_take(element, &in->rule, source, err);
    return status < 0 ? status : READ;
}

static int read_element(struct bulk_input *in, struct reader *r, struct berth_error *err)
{
    struct reader before = *r;
    struct given *element = next_element(in);
    if (!element)
        return fail_no_memory(err);
    if (given_scan(element, &in->rule, r, 2))
        return READ;
    *r = before;
    return read_tree(in, element, r, err);
}

/* The mode, which stands before the elements, decides what is left out of them. */
static int read_list(struct bulk_input *in, struct reader *r, struct berth_error *err)
{
    if (!in->rule.id_name || r->at >= r->end || *r->at != '[')
        return ODD;
    bool over = reader_skip_empty(r, ']');
    while (!over) {
        int status = read_element(in, r, err);
        if (status != READ)
            return status;
        if (!reader_skip_separator(r, ']', &over))
            return ODD;
    }
    return READ;
}

static int read_mode(struct bulk_input *in, const struct noun *noun, struct reader *r)
{
    const char *start = r->at;
    if (r->at >= r->end || *r->at != '"' || !reader_skip_string(r) || r->escaped)
        return ODD;
    set_mode(in, noun, (struct berth_str){start + 1, (size_t)(r->at - start) - 2});
    return READ;
}

static int read_members(struct bulk_input *in, const struct noun *noun, struct reader *r,
                        struct berth_error *err)
{
    struct verbatim_names names;
    struct berth_str name;
    bool has_list = false;
    bool over = reader_skip_empty(r, '}');
    names.count = 0;
    while (!over) {
        if (!verbatim_name(r, &names, &name))
            return ODD;
        bool is_list = str_equal(name, str_from(noun->list));
        int status = is_list                        ? read_list(in, r, err)
                     : str_equal(name, STR("mode")) ? read_mode(in, noun, r)
                     : verbatim_value(r, 1)         ? READ
                                                    : ODD;
        if (status != READ)
            return status;
        has_list = has_list || is_list;
        if (!reader_skip_separator(r, '}', &over))
            return ODD;
    }
    return has_list ? READ : ODD;
}

static int read_text(struct bulk_input *in, const struct noun *noun,
                     struct berth_str text, struct berth_error *err)
{
    struct reader r = reader_of(text);
    reader_skip_space(&r);
    if (r.at >= r.end || *r.at != '{')
        return ODD;
    int status = read_members(in, noun, &r, err);
    reader_skip_space(&r);
    return status == READ && r.at != r.end ? ODD : status;
}

/* --- from a tree ------------------------------------------------------------------- */

static int take_tree(struct bulk_input *in, const struct noun *noun,
                     struct berth_error *err)
{
    json_t *list = NULL;
    if (!json_is_object(in->tree))
        return fail(err, BERTH_E_INVALID, "the input must be an object");
    set_mode(in, noun, json_str(in->tree, "mode"));
    int r = json_get_array(in->tree, noun->list, JSON_REQUIRED, &list, err);
    for (size_t i = 0; r >= 0 && i < json_array_size(list); i++) {
        struct given *element = next_element(in);
        r = element ? given_take(element, &in->rule, json_array_get(list, i), err)
                    : fail_no_memory(err);
    }
    return r < 0 ? r : 0;
}

int bulk_input_read(struct bulk_input *in, const struct noun *noun, struct berth_str text,
                    struct berth_error *err)
{
    int r = read_text(in, noun, text, err);
    if (r != ODD)
        return r < 0 ? r : 0;
    bulk_input_release(in);
    r = json_parse(text, JSON_OURS, &in->tree, err);
    return r < 0 ? r : take_tree(in, noun, err);
}

void bulk_input_release(struct bulk_input *in)
{
    for (size_t i = 0; i < in->count; i++)
        given_release(&in->elements[i]);
    free(in->elements);
    json_wipe(in->tree);
    *in = (struct bulk_input){0};
}
