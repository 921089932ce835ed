#include "sdk/rest.h"

#include <stdlib.h>

#include "sdk/cleanup.h"
#include "sdk/json.h"
#include "sdk/template.h"

#define BASE_MAX 512

static const char *member_text(const json_t *object, const char *name,
                               const char *otherwise)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : otherwise;
}

static int check_templates(const char *id, const json_t *templates,
                           struct berth_error *err)
{
    const char *name;
    json_t *value;
    json_object_foreach(json_mutable(templates), name, value)
    {
        const char *text = json_string_value(value);
        if (!text || !template_is_valid(text))
            return fail(err, BERTH_E_INVALID, "manifest: %s: %s is no template", id,
                        name);
    }
    return 0;
}

/* The origin that the credentials name, without a slash at its end. *ret_base is null
 * when a field is not filled. */
static int fill_base(const char *id, const char *base, const json_t *config,
                     char **ret_base, struct berth_error *err)
{
    if (!template_is_valid(base))
        return fail(err, BERTH_E_INVALID, "manifest: %s: base is no template", id);
    cleanup(text) struct text t;
    text_init(&t, BASE_MAX);
    int r = template_add(&t, base, config, TEMPLATE_RAW, err);
    if (r <= 0)
        return r;
    char *filled = text_take(&t);
    if (!filled)
        return fail_no_memory(err);
    *ret_base = filled;
    return 0;
}

static int compile_body(struct rest_call *call, const json_t *body,
                        struct berth_error *err)
{
    if (!body || str_equal(json_value_str(body), STR("none"))) {
        call->body = REST_BODY_NONE;
    } else if (str_equal(json_value_str(body), STR("input"))) {
        call->body = REST_BODY_INPUT;
    } else if (json_object_get(body, "fixed")) {
        call->body = REST_BODY_FIXED;
        call->body_fixed = json_object_get(body, "fixed");
    } else {
        call->body = REST_BODY_MEMBER;
        call->body_member = member_text(body, "member", NULL);
        if (!call->body_member)
            return fail(err, BERTH_E_INVALID, "manifest: %s: request.body is unknown",
                        call->id);
    }
    return 0;
}

static int compile_paging(struct rest_call *call, const json_t *paging,
                          struct berth_error *err)
{
    call->page_items = member_text(paging, "items", "");
    if (!paging)
        return 0;
    call->page_token = member_text(paging, "token", NULL);
    call->page_next = member_text(paging, "next", NULL);
    call->page_size_header = member_text(paging, "sizeHeader", NULL);
    call->page_size = json_integer_value(json_object_get(paging, "size"));
    if (!call->page_token && !call->page_next)
        return fail(err, BERTH_E_INVALID, "manifest: %s: request.paging is unknown",
                    call->id);
    call->paging = call->page_token ? REST_PAGES_BY_HEADER : REST_PAGES_BY_LINK;
    return 0;
}

static uint32_t compile_flags(const struct rest_call *call, const json_t *operation,
                              const json_t *request)
{
    const json_t *repeatable = json_object_get(request, "repeatable");
    bool posts = strcmp(call->method, "POST") == 0 || strcmp(call->method, "PATCH") == 0;
    bool reads =
        call->is_trigger || strcmp(call->method, "GET") == 0 ||
        json_is_true(json_object_get(json_object_get(operation, "effects"), "readOnly"));
    bool repeats = repeatable ? json_is_true(repeatable) : reads || !posts;
    bool hides = json_is_true(json_object_get(request, "private"));
    return (reads ? BERTH_READ_ONLY : 0u) | (repeats ? BERTH_REPEATABLE : 0u) |
           (hides ? BERTH_PRIVATE : 0u);
}

static int compile_request(struct rest_call *call, const json_t *operation,
                           const json_t *config, struct berth_error *err)
{
    const json_t *request = json_object_get(operation, "request");
    call->is_declared = true;
    call->method = member_text(request, "method", NULL);
    call->path = member_text(request, "path", NULL);
    call->query = json_object_get(request, "query");
    call->headers = json_object_get(request, "headers");
    call->if_match = member_text(request, "ifMatch", NULL);
    call->omit = json_object_get(request, "omit");
    call->success = json_object_get(request, "success");
    if (!call->method || !call->path || !template_is_valid(call->path))
        return fail(err, BERTH_E_INVALID, "manifest: %s: request needs method and path",
                    call->id);
    call->flags = compile_flags(call, operation, request);
    call->yields_items =
        call->is_trigger || str_equal(json_str(operation, "yields"), STR("items"));
    int r = compile_body(call, json_object_get(request, "body"), err);
    if (r == 0)
        r = compile_paging(call, json_object_get(request, "paging"), err);
    if (r == 0)
        r = check_templates(call->id, call->query, err);
    if (r == 0)
        r = check_templates(call->id, call->headers, err);
    const char *base = member_text(request, "base", NULL);
    return r == 0 && base ? fill_base(call->id, base, config, &call->base, err) : r;
}

static void add_wanted(struct rest_call *call, struct berth_str member)
{
    if (call->member_count < SCAN_MAX_MEMBERS && !str_is_empty(member))
        call->members[call->member_count++] = member;
}

static void compile_change(struct rest_call *call, const json_t *change)
{
    size_t i;
    json_t *member;
    add_wanted(call, json_str(change, "key"));
    json_array_foreach(json_object_get(change, "version"), i, member)
    {
        add_wanted(call, json_value_str(member));
    }
}

static int compile_section(struct rest *rest, const char *section, const json_t *config,
                           struct berth_error *err)
{
    const char *id;
    json_t *operation;
    json_object_foreach(json_object_get(rest->manifest, section), id, operation)
    {
        struct rest_call *call = &rest->calls[rest->call_count++];
        call->id = id;
        call->title = json_str(operation, "title");
        call->limit = json_str(operation, "limit");
        call->errors = json_object_get(operation, "errors");
        call->rights = json_object_get(operation, "permissions");
        call->is_trigger = strcmp(section, "triggers") == 0;
        compile_change(call, json_object_get(operation, "change"));
        int r = json_object_get(operation, "request")
                    ? compile_request(call, operation, config, err)
                    : 0;
        if (r < 0)
            return r;
    }
    return 0;
}

static int compile_common(struct rest *rest, const json_t *config,
                          struct berth_error *err)
{
    const json_t *common = json_object_get(rest->manifest, "rest");
    const json_t *error = json_object_get(common, "error");
    rest->query = json_object_get(common, "query");
    rest->headers = json_object_get(common, "headers");
    rest->rules.code = member_text(error, "code", NULL);
    rest->rules.message = member_text(error, "message", NULL);
    rest->rules.request_id = member_text(error, "requestId", NULL);
    rest->rules.common = json_object_get(common, "errors");
    const char *base = member_text(common, "base", NULL);
    int r = check_templates("rest.query", rest->query, err);
    if (r == 0)
        r = check_templates("rest.headers", rest->headers, err);
    return r == 0 && base ? fill_base("rest", base, config, &rest->base, err) : r;
}

static bool is_one_of(const char *const *names, struct berth_str name)
{
    while (*names && !str_equal(str_from(*names), name))
        names++;
    return *names != NULL;
}

/* Four fifths of a manifest are for people and for the host; connectors do without. */
static bool is_for_others(const struct berth_str *path, int depth)
{
    static const char *const SECTIONS[] = {"triggers", "actions", NULL};
    static const char *const OF_OPERATION[] = {
        "inputSchema", "outputSchema", "description", "samples", "steps", NULL};
    static const char *const OF_ALL[] = {"$defs", "credentials", NULL};
    return depth == 1 ? is_one_of(OF_ALL, path[0])
                      : depth == 3 && is_one_of(OF_OPERATION, path[2]) &&
                            is_one_of(SECTIONS, path[0]);
}

int rest_open(struct rest *rest, struct berth_str manifest, const json_t *config,
              struct berth_error *err)
{
    *rest = (struct rest){0};
    int r = json_parse_wanted(manifest, JSON_OURS, is_for_others, &rest->manifest, err);
    if (r < 0)
        return r;
    size_t count = json_object_size(json_object_get(rest->manifest, "triggers")) +
                   json_object_size(json_object_get(rest->manifest, "actions"));
    rest->calls = calloc(count ? count : 1, sizeof(*rest->calls));
    r = rest->calls ? compile_common(rest, config, err) : fail_no_memory(err);
    if (r == 0)
        r = compile_section(rest, "triggers", config, err);
    if (r == 0)
        r = compile_section(rest, "actions", config, err);
    if (r < 0)
        rest_close(rest);
    return r;
}

void rest_close(struct rest *rest)
{
    for (size_t i = 0; i < rest->call_count; i++)
        free(rest->calls[i].base);
    free(rest->calls);
    free(rest->base);
    json_decref(rest->manifest);
    *rest = (struct rest){0};
}

const struct rest_call *rest_find(const struct rest *rest, struct berth_str id)
{
    for (size_t i = 0; i < rest->call_count; i++)
        if (str_equal(str_from(rest->calls[i].id), id))
            return &rest->calls[i];
    return NULL;
}
