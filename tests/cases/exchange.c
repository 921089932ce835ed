/* The scripted exchanges: is a request the one that must come, and what is the answer? */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases/match.h"
#include "cases/play.h"
#include "sdk/json.h"
#include "sdk/str.h"

static const json_t *exchanges(const struct case_file *file)
{
    return json_object_get(file->body, "exchanges");
}

static size_t times(const json_t *exchange)
{
    const json_t *value = json_object_get(exchange, "times");
    return value ? (size_t)json_integer_value(value) : 1;
}

/* Why a request is not the one of the case; empty: it is. */
struct reason {
    char text[512];
};

__attribute__((format(printf, 2, 3))) static bool differs(struct reason *why,
                                                          const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why->text, sizeof(why->text), format, args);
    va_end(args);
    return false;
}

static struct berth_str request_header(const struct berth_request *req, const char *name)
{
    for (size_t i = 0; i < req->header_count; i++)
        if (str_equal_fold(req->headers[i].name, str_from(name)))
            return req->headers[i].value;
    return (struct berth_str){0};
}

static bool has_headers(const json_t *headers, const struct berth_request *req,
                        struct reason *why)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)headers, name, value)
    {
        struct berth_str has = request_header(req, name);
        bool same = json_is_null(value) ? has.ptr == NULL
                                        : match_header(json_string_value(value), has);
        if (!same)
            return differs(why, "header %s is '%.*s'", name, (int)has.len,
                           has.ptr ? has.ptr : "");
    }
    return true;
}

static bool has_body(const json_t *request, const struct berth_request *req,
                     struct reason *why)
{
    const json_t *text = json_object_get(request, "text");
    const json_t *body = json_object_get(request, "body");
    if (text && !str_equal(json_value_str(text), req->body))
        return differs(why, "the body is '%.*s'", (int)req->body.len, req->body.ptr);
    if (!body)
        return true;
    if (json_is_null(body))
        return req->body.len == 0 || differs(why, "there is a body");
    json_t *actual = NULL;
    if (json_parse(req->body, JSON_OURS, &actual, NULL) < 0)
        return differs(why, "the body is not JSON: '%.*s'", (int)req->body.len,
                       req->body.ptr ? req->body.ptr : "");
    bool same = match_json(body, actual);
    json_decref(actual);
    return same || differs(why, "the body is %.*s", (int)req->body.len, req->body.ptr);
}

static bool has_flags(const json_t *flags, uint32_t actual, struct reason *why)
{
    uint32_t wanted = 0;
    for (size_t i = 0; i < json_array_size(flags); i++) {
        struct berth_str name = json_value_str(json_array_get(flags, i));
        wanted |= str_equal(name, STR("repeatable")) ? BERTH_REPEATABLE
                  : str_equal(name, STR("private"))  ? BERTH_PRIVATE
                  : str_equal(name, STR("readOnly")) ? BERTH_READ_ONLY
                                                     : 1u << 31;
    }
    return !flags || wanted == actual ||
           differs(why, "the flags are%s%s%s",
                   actual & BERTH_REPEATABLE ? " repeatable" : "",
                   actual & BERTH_PRIVATE ? " private" : "",
                   actual & BERTH_READ_ONLY ? " readOnly" : "");
}

static bool has_url(const struct case_file *file, const json_t *request,
                    const struct berth_request *req, struct reason *why)
{
    char pattern[2048];
    const char *url = json_string_value(json_object_get(request, "url"));
    const char *method = json_string_value(json_object_get(request, "method"));
    bool whole = !url || url[0] != '/';
    (void)snprintf(pattern, sizeof(pattern), "%s%s%s", whole ? "" : "https://",
                   whole ? "" : file->host, url ? url : "");
    if (!str_equal(req->method, str_from(method ? method : "GET")) ||
        !match_url(pattern, req->url))
        return differs(why, "it goes to %.*s %.*s", (int)req->method.len, req->method.ptr,
                       (int)req->url.len, req->url.ptr);
    return true;
}

static bool is_request(const struct case_file *file, const json_t *request,
                       const struct berth_request *req, struct reason *why)
{
    int64_t delay = json_integer_value(json_object_get(request, "delayMs"));
    bool timer = str_equal(json_str(request, "kind"), STR("timer"));
    struct berth_str limit = json_str(request, "limit");
    why->text[0] = '\0';
    if (timer != (req->kind == BERTH_TIMER))
        return differs(why, "it is %s", timer ? "no timer" : "a timer");
    if (delay != (int64_t)req->delay_ms)
        return differs(why, "it waits %u ms", req->delay_ms);
    if (timer)
        return true;
    if (limit.ptr && !str_equal(limit, req->limit))
        return differs(why, "it counts against '%.*s'", (int)req->limit.len,
                       req->limit.ptr ? req->limit.ptr : "");
    return has_url(file, request, req, why) &&
           has_headers(json_object_get(request, "headers"), req, why) &&
           has_body(request, req, why) &&
           has_flags(json_object_get(request, "flags"), req->flags, why);
}

static long find_any(struct play *play, const struct berth_request *req,
                     struct reason *why)
{
    const json_t *list = exchanges(play->file);
    struct reason last = {""};
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *exchange = json_array_get(list, i);
        if (play->used[i] < times(exchange) &&
            is_request(play->file, json_object_get(exchange, "request"), req, &last))
            return (long)i;
    }
    (void)differs(why, "no exchange is for %.*s %.*s (the last one: %.200s)",
                  (int)req->method.len, req->method.ptr, (int)req->url.len, req->url.ptr,
                  last.text);
    return -1;
}

static long find_next(struct play *play, const struct berth_request *req,
                      struct reason *why)
{
    const json_t *list = exchanges(play->file);
    size_t *at = &play->next_exchange;
    while (*at < json_array_size(list) &&
           play->used[*at] >= times(json_array_get(list, *at)))
        ++*at;
    if (*at >= json_array_size(list)) {
        (void)differs(why, "one more request: %.*s %.*s", (int)req->method.len,
                      req->method.ptr, (int)req->url.len, req->url.ptr);
        return -1;
    }
    const json_t *request = json_object_get(json_array_get(list, *at), "request");
    return is_request(play->file, request, req, why) ? (long)*at : -1;
}

long exchange_find(struct play *play, const struct berth_request *req)
{
    struct reason why = {""};
    bool any = play->file->unordered;
    long found = any ? find_any(play, req, &why) : find_next(play, req, &why);
    if (found < 0)
        (void)snprintf(play->problem, sizeof(play->problem), "request %zu: %s",
                       any ? (size_t)play->calls : play->next_exchange + 1, why.text);
    else
        play->used[found]++;
    return found;
}

bool exchange_is_complete(struct play *play)
{
    const json_t *list = exchanges(play->file);
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (play->used[i] < times(json_array_get(list, i))) {
            (void)snprintf(play->problem, sizeof(play->problem),
                           "the request of exchange %zu was not sent", i + 1);
            return false;
        }
    }
    return true;
}

static char *read_file(const char *folder, const char *name, size_t *ret_len)
{
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "rbe");
    char *text = NULL;
    size_t size = 0;
    if (!file)
        return NULL;
    ssize_t n = getdelim(&text, &size, EOF, file);
    (void)fclose(file);
    *ret_len = n < 0 ? 0 : (size_t)n;
    return text;
}

static char *response_body(const struct case_file *file, const json_t *response,
                           size_t *ret_len)
{
    const json_t *body = json_object_get(response, "body");
    const json_t *text = json_object_get(response, "text");
    const json_t *name = json_object_get(response, "file");
    char *copy = body   ? json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY)
                 : text ? strdup(json_string_value(text))
                        : NULL;
    *ret_len = copy ? strlen(copy) : 0;
    return name ? read_file(file->folder, json_string_value(name), ret_len) : copy;
}

char *exchange_body(const struct case_file *file, size_t exchange, size_t *ret_len)
{
    const json_t *response =
        json_object_get(json_array_get(exchanges(file), exchange), "response");
    const json_t *status = json_object_get(response, "status");
    int64_t code = status ? json_integer_value(status) : 200;
    bool whole = code / 100 == 2 && !json_object_get(response, "failure");
    return whole ? response_body(file, response, ret_len) : NULL;
}

static const char *const FAILURES[] = {
    "none", "resolve", "connect",  "untrusted", "tls",
    "cut",  "timeout", "tooLarge", "other",
};

/* What a host makes of it. */
static int failure_status(uint32_t failure)
{
    return failure == BERTH_FAILURE_TIMEOUT     ? BERTH_E_TIMEOUT
           : failure == BERTH_FAILURE_TOO_LARGE ? BERTH_E_PROTOCOL
                                                : BERTH_E_UNAVAILABLE;
}

static void set_failure(const json_t *response, struct berth_response *res)
{
    const char *name = json_string_value(json_object_get(response, "failure"));
    const json_t *text = json_object_get(response, "failureText");
    for (uint32_t i = 0; name && i < sizeof(FAILURES) / sizeof(FAILURES[0]); i++)
        if (strcmp(name, FAILURES[i]) == 0)
            res->failure = i;
    if (!name)
        return;
    res->status = failure_status(res->failure);
    res->failure_text = text ? json_value_str(text) : STR("the connection failed");
}

static void add_header(struct exchange_answer *answer, const char *name,
                       const json_t *value)
{
    if (answer->res.header_count < 32)
        answer->headers[answer->res.header_count++] =
            (struct berth_pair){str_from(name), json_value_str(value)};
}

static void set_headers(const json_t *headers, struct exchange_answer *answer)
{
    const char *name;
    json_t *value;
    size_t i;
    json_t *one;
    json_object_foreach((json_t *)(uintptr_t)headers, name, value)
    {
        if (json_is_string(value))
            add_header(answer, name, value);
        json_array_foreach(value, i, one) add_header(answer, name, one);
    }
    answer->res.headers = answer->headers;
}

void exchange_answer(struct play *play, size_t exchange, struct exchange_answer *answer)
{
    const json_t *script = json_array_get(exchanges(play->file), exchange);
    const json_t *response = json_object_get(script, "response");
    const json_t *status = json_object_get(response, "status");
    const json_t *after = json_object_get(response, "retryAfterMs");
    const json_t *attempts = json_object_get(response, "attempts");
    *answer = (struct exchange_answer){.res = {.size = sizeof(answer->res)}};
    struct berth_response *res = &answer->res;
    res->status = status ? (int32_t)json_integer_value(status) : 200;
    res->retry_after_ms = after ? json_integer_value(after) : -1;
    res->attempts = attempts ? (uint32_t)json_integer_value(attempts) : 1;
    if (json_is_true(json_object_get(response, "uncertain")))
        res->flags |= BERTH_UNCERTAIN;
    set_headers(json_object_get(response, "headers"), answer);
    answer->body = response_body(play->file, response, &res->body.len);
    if (play->way.cut_exchange == (int)exchange && res->body.len > play->way.cut_length)
        res->body.len = play->way.cut_length;
    res->body.ptr = answer->body;
    set_failure(response, res);
    if (res->failure)
        res->body = (struct berth_str){0};
    play->now_ms += json_integer_value(json_object_get(script, "advanceMs"));
}

void exchange_answer_release(struct exchange_answer *answer)
{
    free(answer->body);
}
