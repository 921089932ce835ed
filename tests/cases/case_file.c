#include "cases/case_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"

#define DEFAULT_CLOCK "2026-11-20T12:00:00Z"

static const char *const CASE_MEMBERS[] = {
    "title",     "now",      "config", "configPatch", "operation", "input",
    "cursor",    "pageSize", "slots",  "anyOrder",    "unordered", "cut",
    "exchanges", "known",    "open",   "expect",      NULL,
};
static const char *const EXCHANGE_MEMBERS[] = {"request", "response", "advanceMs",
                                               "times", NULL};
static const char *const REQUEST_MEMBERS[] = {
    "method", "url", "headers", "body", "text", "flags", "delayMs", "limit", "kind", NULL,
};
static const char *const RESPONSE_MEMBERS[] = {
    "status",      "headers",   "body",         "text",     "file", "failure",
    "failureText", "uncertain", "retryAfterMs", "attempts", NULL,
};
static const char *const EXPECT_MEMBERS[] = {
    "items",  "itemCount", "cursors", "completes", "parts",
    "result", "error",     "logs",    NULL,
};
static const char *const ERROR_MEMBERS[] = {
    "class",     "code",         "httpStatus", "serviceCode",
    "requestId", "retryAfterMs", "message",    NULL,
};
static const char *const ITEM_MEMBERS[] = {"key",   "version", "data",
                                           "scope", "flags",   NULL};
static const char *const KNOWN_MEMBERS[] = {"data", "scope", NULL};
static const char *const PART_MEMBERS[] = {"index", "status", "value", "error", NULL};
static const char *const LOG_MEMBERS[] = {"level", "text", NULL};
static const char *const SECRET_MEMBERS[] = {
    "key", "altKey", "symmetricKey", "groupKey", "primaryKey", "secondaryKey", NULL,
};

static bool is_listed(const char *name, const char *const *list)
{
    while (*list && strcmp(*list, name) != 0)
        list++;
    return *list != NULL;
}

static int check_members(const char *what, const json_t *object, const char *const *known,
                         struct berth_error *err)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        if (!is_listed(name, known))
            return fail(err, BERTH_E_INVALID, "%s: '%s' is not a member of it", what,
                        name);
    }
    return 0;
}

static int check_exchanges(const json_t *body, struct berth_error *err)
{
    size_t i;
    json_t *exchange;
    json_array_foreach(json_object_get(body, "exchanges"), i, exchange)
    {
        int r = check_members("exchange", exchange, EXCHANGE_MEMBERS, err);
        if (r == 0)
            r = check_members("request", json_object_get(exchange, "request"),
                              REQUEST_MEMBERS, err);
        if (r == 0)
            r = check_members("response", json_object_get(exchange, "response"),
                              RESPONSE_MEMBERS, err);
        if (r < 0)
            return r;
    }
    return 0;
}

static int check_each(const char *what, const json_t *list, const char *const *known,
                      struct berth_error *err)
{
    size_t i;
    json_t *element;
    json_array_foreach((json_t *)(uintptr_t)list, i, element)
    {
        int r = check_members(what, element, known, err);
        if (r < 0)
            return r;
    }
    return 0;
}

static int check_expect(const json_t *expect, struct berth_error *err)
{
    int r = check_members("expect", expect, EXPECT_MEMBERS, err);
    if (r == 0)
        r = check_members("error", json_object_get(expect, "error"), ERROR_MEMBERS, err);
    if (r == 0)
        r = check_each("item", json_object_get(expect, "items"), ITEM_MEMBERS, err);
    if (r == 0)
        r = check_each("part", json_object_get(expect, "parts"), PART_MEMBERS, err);
    return r == 0 ? check_each("log", json_object_get(expect, "logs"), LOG_MEMBERS, err)
                  : r;
}

static int check_case(const json_t *body, struct berth_error *err)
{
    const json_t *expect = json_object_get(body, "expect");
    int r = check_members("case", body, CASE_MEMBERS, err);
    if (r == 0)
        r = check_each("known", json_object_get(body, "known"), KNOWN_MEMBERS, err);
    if (r == 0)
        r = check_exchanges(body, err);
    if (r == 0)
        r = check_expect(expect, err);
    if (r == 0)
        r = check_members("open", json_object_get(body, "open"), ERROR_MEMBERS, err);
    if (r == 0 && !expect && !json_object_get(body, "open"))
        return fail(err, BERTH_E_INVALID, "case: expect is missing");
    return r;
}

static int read_json(const char *path, json_t **ret, struct berth_error *err)
{
    json_error_t problem;
    *ret = json_load_file(path, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
    if (!*ret)
        return fail(err, BERTH_E_INVALID, "%s: line %d: %s", path, problem.line,
                    problem.text);
    return 0;
}

static int64_t read_clock(const json_t *now)
{
    struct tm tm = {0};
    const char *text = now ? json_string_value(now) : DEFAULT_CLOCK;
    if (json_is_integer(now))
        return json_integer_value(now);
    if (!text || !strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm))
        return -1;
    return (int64_t)timegm(&tm) * 1000;
}

static void collect_secrets(const json_t *value, json_t *secrets)
{
    const char *name;
    json_t *member;
    size_t i;
    json_object_foreach((json_t *)(uintptr_t)value, name, member)
    {
        if (json_string_length(member) >= 16 && is_listed(name, SECRET_MEMBERS))
            json_array_append(secrets, member);
        collect_secrets(member, secrets);
    }
    json_array_foreach((json_t *)(uintptr_t)value, i, member)
        collect_secrets(member, secrets);
}

/* Text as it is; any other JSON as its text. */
static char *as_text(const json_t *value, const char *otherwise)
{
    if (!value)
        return strdup(otherwise);
    if (json_is_string(value))
        return strdup(json_string_value(value));
    return json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
}

/* The parent folders of a/connector/operation/case.json, by how many steps up. */
static char *parent(const char *path, int steps)
{
    char *copy = strdup(path);
    while (steps-- > 0) {
        char *slash = strrchr(copy, '/');
        if (slash)
            *slash = '\0';
    }
    return copy;
}

static int read_config(struct case_file *file, const char *path, struct berth_error *err)
{
    cleanup(free) char *above = parent(path, 2);
    char name[4096];
    cleanup(json) json_t *config = json_incref(json_object_get(file->body, "config"));
    (void)snprintf(name, sizeof(name), "%s/config.json", above);
    int r = config ? 0 : read_json(name, &config, err);
    if (r < 0)
        return r;
    const json_t *patch = json_object_get(file->body, "configPatch");
    cleanup(json) json_t *merged =
        patch ? json_merge_patch_new(config, patch) : json_incref(config);
    collect_secrets(merged, file->secrets);
    file->host = as_text(json_object_get(merged, "host"), "");
    file->config = json_dumps(merged, JSON_COMPACT | JSON_ENCODE_ANY);
    return 0;
}

/* All that a connector reads for one operation: it opens faster. */
static json_t *make_small(const json_t *manifest, const char *operation)
{
    static const char *const SECTIONS[] = {"triggers", "actions"};
    json_t *small = json_copy((json_t *)(uintptr_t)manifest);
    for (size_t i = 0; i < 2; i++) {
        json_t *section = json_object();
        json_t *one =
            json_copy(json_object_get(json_object_get(manifest, SECTIONS[i]), operation));
        json_object_del(one, "inputSchema");
        json_object_del(one, "outputSchema");
        json_object_del(one, "samples");
        if (one)
            json_object_set_new(section, operation, one);
        json_object_set_new(small, SECTIONS[i], section);
    }
    json_object_del(small, "$defs");
    json_object_del(small, "credentials");
    json_object_del(small, "options");
    return small;
}

static int read_manifest(struct case_file *file, const char *path,
                         struct berth_error *err)
{
    cleanup(json) json_t *manifest = NULL;
    int r = read_json(path, &manifest, err);
    if (r < 0)
        return r;
    cleanup(json) json_t *small = make_small(manifest, file->operation);
    file->manifest = json_dumps(manifest, JSON_COMPACT);
    file->small_manifest = json_dumps(small, JSON_COMPACT);
    return 0;
}

static void read_options(struct case_file *file)
{
    const json_t *slots = json_object_get(file->body, "slots");
    const json_t *unordered = json_object_get(file->body, "unordered");
    file->any_order = json_is_true(json_object_get(file->body, "anyOrder"));
    file->unordered = unordered ? json_is_true(unordered) : file->any_order;
    file->slots = slots ? (size_t)json_integer_value(slots) : file->any_order ? 8 : 1;
    if (file->slots < 1 || file->slots > PLAY_MAX_FLIGHT)
        file->slots = 1;
}

int case_file_read(struct case_file *file, const struct case_folder *folder,
                   const char *path, struct berth_error *err)
{
    *file = (struct case_file){.secrets = json_array()};
    int r = read_json(path, &file->body, err);
    if (r == 0)
        r = check_case(file->body, err);
    if (r < 0)
        return r;
    char *operation = parent(path, 1);
    const char *slash = strrchr(operation, '/');
    file->folder = operation;
    file->operation =
        as_text(json_object_get(file->body, "operation"), slash ? slash + 1 : operation);
    file->input = as_text(json_object_get(file->body, "input"), "{}");
    file->cursor = as_text(json_object_get(file->body, "cursor"), "");
    file->now_ms = read_clock(json_object_get(file->body, "now"));
    read_options(file);
    collect_secrets(json_object_get(file->body, "input"), file->secrets);
    if (file->now_ms < 0)
        return fail(err, BERTH_E_INVALID, "case: now is no time");
    r = read_config(file, path, err);
    return r < 0 ? r : read_manifest(file, folder->manifest, err);
}

void case_file_release(struct case_file *file)
{
    json_decref(file->body);
    json_decref(file->secrets);
    free((char *)(uintptr_t)file->folder);
    free(file->manifest);
    free(file->small_manifest);
    free(file->config);
    free(file->input);
    free(file->cursor);
    free(file->host);
    free(file->operation);
}
