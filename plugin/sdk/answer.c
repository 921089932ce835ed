#include "sdk/answer.h"

#include <stdio.h>

#include "sdk/cleanup.h"
#include "sdk/json.h"
#include "sdk/pointer.h"
#include "sdk/str.h"

/* Longer error bodies are not read; no service writes them. */
#define ERROR_BODY_MAX 65536
#define WORDS_MAX 240

int answer_class(int http_status)
{
    switch (http_status) {
    case 401:
    case 403:
        return BERTH_E_AUTH;
    case 404:
        return BERTH_E_NOT_FOUND;
    case 408:
        return BERTH_E_UNAVAILABLE;
    case 409:
    case 412:
        return BERTH_E_CONFLICT;
    case 429:
        return BERTH_E_THROTTLED;
    default:
        break;
    }
    if (http_status >= 500 && http_status <= 599)
        return BERTH_E_UNAVAILABLE;
    return http_status >= 400 && http_status <= 499 ? BERTH_E_INVALID : BERTH_E_PROTOCOL;
}

struct berth_str answer_header(const struct berth_response *res, const char *name)
{
    for (size_t i = 0; i < res->header_count; i++)
        if (str_equal_fold(res->headers[i].name, str_from(name)))
            return res->headers[i].value;
    return (struct berth_str){0};
}

static const json_t *find_rule(const json_t *rules, int http_status)
{
    size_t i;
    json_t *rule;
    json_array_foreach(json_mutable(rules), i, rule)
    {
        if (json_integer_value(json_object_get(rule, "status")) == http_status)
            return rule;
    }
    return NULL;
}

/* Printable text only, on one line, and nothing that looks like a signature. */
static void copy_words(struct berth_str words, char *copy, size_t size)
{
    size_t len = words.len < size - 1 ? words.len : size - 1;
    while (len > 0 && len < words.len && ((unsigned char)words.ptr[len] & 0xc0u) == 0x80u)
        len--;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)words.ptr[i];
        copy[i] = c < 0x20 || c == 0x7f ? ' ' : (char)c;
    }
    copy[len] = '\0';
    char *signature = strstr(copy, "sig=");
    if (signature)
        *signature = '\0';
}

/* A string or a number at the pointer, as text. */
static void copy_at(const json_t *body, const char *pointer, char *copy, size_t size)
{
    const json_t *value = pointer ? pointer_at(body, str_from(pointer)) : NULL;
    if (json_is_string(value))
        copy_words(json_value_str(value), copy, size);
    else if (json_is_integer(value))
        (void)snprintf(copy, size, "%lld", (long long)json_integer_value(value));
}

/* The path of a url, without host and query. */
static struct berth_str url_path(struct berth_str url)
{
    const char *host = url.len > 8 ? memchr(url.ptr + 8, '/', url.len - 8) : NULL;
    if (!host)
        return (struct berth_str){"/", 1};
    size_t len = url.len - (size_t)(host - url.ptr);
    const char *query = memchr(host, '?', len);
    return (struct berth_str){host, query ? (size_t)(query - host) : len};
}

static const char *remedy_of_failure(uint32_t failure)
{
    switch (failure) {
    case BERTH_FAILURE_RESOLVE:
        return "; check the connection's host";
    case BERTH_FAILURE_CONNECT:
        return "; check the connection's host and port, and the way there";
    case BERTH_FAILURE_UNTRUSTED:
        return "; give the connection the CA file of the service, or of the proxy in "
               "between (--ca-file)";
    case BERTH_FAILURE_CUT:
    case BERTH_FAILURE_TIMEOUT:
        return "; try again later";
    default:
        return "";
    }
}

static int fail_without_answer(const struct answer_subject *subject,
                               const struct berth_response *res, struct berth_error *err)
{
    char words[WORDS_MAX];
    copy_words(res->failure_text, words, sizeof(words));
    struct berth_str path = url_path(subject->url);
    bool never_sent = res->failure == BERTH_FAILURE_RESOLVE ||
                      res->failure == BERTH_FAILURE_CONNECT ||
                      res->failure == BERTH_FAILURE_UNTRUSTED;
    int status = res->status < 0 ? res->status : BERTH_E_INTERNAL;
    return fail(err, status, "%.*s: %s %.*s: %s%s", (int)subject->title.len,
                subject->title.ptr ? subject->title.ptr : "", subject->method,
                (int)path.len, path.ptr, words[0] ? words : "no answer",
                never_sent || !subject->writes ? remedy_of_failure(res->failure) : "");
}

static void set_details(const struct answer_rules *rules,
                        const struct berth_response *res, const json_t *body,
                        struct berth_error *err)
{
    err->http_status = res->status;
    err->retry_after_ms = res->retry_after_ms > 0 ? res->retry_after_ms : 0;
    copy_at(body, rules->code, err->service_code, sizeof(err->service_code));
    copy_at(body, rules->request_id, err->request_id, sizeof(err->request_id));
    if (!err->request_id[0])
        copy_words(answer_header(res, "x-ms-request-id"), err->request_id,
                   sizeof(err->request_id));
    if (!err->service_code[0])
        copy_words(answer_header(res, "x-ms-error-code"), err->service_code,
                   sizeof(err->service_code));
}

/* Which rights a refused operation needs: " (it needs A and B)". */
static void add_rights(struct text *t, const json_t *rights)
{
    size_t i;
    json_t *right;
    json_array_foreach(json_mutable(rights), i, right)
    {
        text_add(t, i == 0 ? " (it needs " : " and ");
        text_add_str(t, json_value_str(right));
    }
    text_add(t, i > 0 ? ")" : "");
}

/* A remedy that is a sentence of its own begins one. */
static const char *before_remedy(const char *remedy, const char *words)
{
    if (!remedy)
        return "";
    if (remedy[0] < 'A' || remedy[0] > 'Z')
        return "; ";
    return words[0] && words[strlen(words) - 1] == '.' ? " " : ". ";
}

/* An error body that is not JSON says nothing, and that is no error of its own. */
static json_t *parse_body(struct berth_str body)
{
    json_t *value = NULL;
    if (body.len == 0 || body.len > ERROR_BODY_MAX)
        return NULL;
    return json_parse(body, JSON_THEIRS, &value, NULL) < 0 ? NULL : value;
}

int answer_fail(const struct answer_rules *rules, const struct answer_subject *subject,
                const struct berth_response *res, struct berth_error *err)
{
    if (res->status <= 0)
        return fail_without_answer(subject, res, err);
    cleanup(json) json_t *body = parse_body(res->body);
    const json_t *rule = find_rule(rules->own, res->status);
    if (!rule)
        rule = find_rule(rules->common, res->status);
    int status = rule ? status_from_name(json_str(rule, "class")) : 1;
    if (status >= 0)
        status = answer_class(res->status);
    char words[WORDS_MAX] = "";
    copy_at(body, rules->message, words, sizeof(words));
    if (err)
        set_details(rules, res, body, err);
    const char *code = json_string_value(json_object_get(rule, "code"));
    const char *remedy = json_string_value(json_object_get(rule, "remedy"));
    if (code)
        error_set_code(err, code);
    if (!remedy && !subject->writes && status == BERTH_E_UNAVAILABLE)
        remedy = "the service is in trouble: try again later";
    struct berth_str path = url_path(subject->url);
    cleanup(text) struct text needs;
    text_init(&needs, WORDS_MAX);
    if (status == BERTH_E_AUTH)
        add_rights(&needs, rules->rights);
    return fail(err, status, "%.*s: %s %.*s: HTTP %d%s%s%s%s%s", (int)subject->title.len,
                subject->title.ptr ? subject->title.ptr : "", subject->method,
                (int)path.len, path.ptr, res->status, words[0] ? ": " : "", words,
                needs.data && !text_failed(&needs) ? needs.data : "",
                before_remedy(remedy, words), remedy ? remedy : "");
}

int answer_fail_nonsense(const struct answer_subject *subject,
                         const struct berth_response *res, const char *why,
                         struct berth_error *err)
{
    const struct answer_rules none = {0};
    struct berth_str path = url_path(subject->url);
    if (err)
        set_details(&none, res, NULL, err);
    return fail(err, BERTH_E_PROTOCOL, "%.*s: %s %.*s: HTTP %d, but %s",
                (int)subject->title.len, subject->title.ptr ? subject->title.ptr : "",
                subject->method, (int)path.len, path.ptr, res->status, why);
}
