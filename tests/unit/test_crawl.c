/* registration.changed against a whole service: as many requests as it takes, no more. */
#include <dlfcn.h>
#include <stdlib.h>

#include <stdio.h>
#include <string.h>

#include "berth_plugin.h"
#include "sdk/cleanup.h"
#include "sdk/str.h"
#include "sdk/text.h"
#include "tests/support/cmocka.h"
#include "tests/support/fake_host.h"

#define GROUPS 100
#define DEVICES 1000
#define ENROLLMENTS 10000
#define PAGE 100
#define SLOTS 8

struct crawl {
    struct heard heard;
    size_t requests[4]; /* groups, pages of groups, pages of enrollments, single ones */
};

struct answer {
    uint64_t tag;
    struct text body;
    char token[24];
};

static size_t page_number(const struct berth_request *req)
{
    for (size_t i = 0; i < req->header_count; i++)
        if (str_equal(req->headers[i].name, STR("x-ms-continuation")))
            return strtoul(req->headers[i].value.ptr, NULL, 10);
    return 0;
}

static void add_registration(struct text *t, const char *prefix, size_t number)
{
    text_add_format(
        t,
        "{\"registrationId\":\"%s-%zu\",\"etag\":\"Ij\",\"status\":\"assigned\","
        "\"lastUpdatedDateTimeUtc\":\"2026-11-01T00:00:00Z\"}",
        prefix, number);
}

/* One page of `count` things in all. */
static void answer_page(struct answer *answer, size_t page, size_t count,
                        const char *id_name)
{
    text_add(&answer->body, "[");
    for (size_t i = page * PAGE; i < (page + 1) * PAGE && i < count; i++) {
        text_add(&answer->body, i > page * PAGE ? "," : "");
        if (id_name)
            text_add_format(&answer->body, "{\"%s\":\"x-%zu\"}", id_name, i);
        else
            add_registration(&answer->body, "device", i);
    }
    text_add(&answer->body, "]");
    if ((page + 1) * PAGE < count)
        (void)snprintf(answer->token, sizeof(answer->token), "%zu", page + 1);
}

static void serve(struct crawl *crawl, const struct berth_request *req,
                  struct answer *answer)
{
    char url[512];
    (void)snprintf(url, sizeof(url), "%.*s", (int)req->url.len, req->url.ptr);
    *answer = (struct answer){.tag = req->tag};
    text_init(&answer->body, 1u << 20);
    size_t page = page_number(req);
    if (strstr(url, "/enrollmentGroups/query")) {
        crawl->requests[0]++;
        answer_page(answer, page, GROUPS, "enrollmentGroupId");
    } else if (strstr(url, "/enrollments/query")) {
        crawl->requests[2]++;
        answer_page(answer, page, ENROLLMENTS, "registrationId");
    } else if (strstr(url, "/query")) {
        crawl->requests[1]++;
        answer_page(answer, page, DEVICES, NULL);
    } else {
        crawl->requests[3]++;
        add_registration(&answer->body, "single", crawl->requests[3]);
    }
}

static void give(const struct berth_plugin *plugin, struct berth_op *op,
                 struct answer *answer)
{
    struct berth_pair header = {STR("x-ms-continuation"), str_from(answer->token)};
    struct berth_response res = {
        .size = sizeof(res),
        .tag = answer->tag,
        .status = 200,
        .retry_after_ms = -1,
        .headers = &header,
        .header_count = answer->token[0] ? 1 : 0,
        .body = text_str(&answer->body),
    };
    struct berth_error err = {.size = sizeof(err)};
    assert_int_equal(plugin->take(op, &res, &err), 0);
    text_release(&answer->body);
}

static void crawl_all(const struct berth_plugin *plugin, struct crawl *crawl,
                      struct berth_op *op)
{
    struct answer flight[SLOTS];
    size_t count = 0;
    while (!crawl->heard.is_over) {
        while (count < SLOTS) {
            struct berth_request req = {.size = sizeof(req)};
            struct berth_error err = {.size = sizeof(err)};
            int r = plugin->next(op, &req, &err);
            assert_true(r >= 0);
            if (r == 0)
                break;
            serve(crawl, &req, &flight[count++]);
        }
        if (crawl->heard.is_over)
            break;
        assert_true(count > 0);
        size_t i = crawl->heard.items % count;
        struct answer one = flight[i];
        flight[i] = flight[--count];
        give(plugin, op, &one);
    }
    assert_int_equal(count, 0);
}

static char *read_manifest(void)
{
    char path[4096];
    char *text = NULL;
    size_t size = 0;
    (void)snprintf(path, sizeof(path), "%s/manifests/azure-dps.json",
                   getenv("BERTH_SRCDIR"));
    cleanup(fclose) FILE *file = fopen(path, "re");
    assert_non_null(file);
    assert_true(getdelim(&text, &size, '\0', file) > 0);
    return text;
}

static const struct berth_plugin *load(void)
{
    char path[4096];
    const struct berth_plugin *(*entry)(const struct berth_host *, struct berth_error *);
    (void)snprintf(path, sizeof(path), "%s/connectors/azure-dps.so",
                   getenv("BERTH_BUILDDIR"));
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL); /* stays loaded */
    void *symbol = library ? dlsym(library, BERTH_PLUGIN_SYMBOL) : NULL;
    assert_non_null(symbol);
    memcpy(&entry, &symbol, sizeof(entry));
    return entry(&FAKE_HOST, NULL);
}

static void it_takes_the_fewest_requests(void **state)
{
    (void)state;
    struct crawl crawl = {.heard.call = {&FAKE_HOST}};
    struct berth_error err = {.size = sizeof(err)};
    struct berth_conn *conn = NULL;
    struct berth_op *op = NULL;
    cleanup(free) char *manifest = read_manifest();
    struct berth_str config =
        STR("{\"kind\":\"sharedAccessKey\",\"host\":\"h.example\",\"keyName\":\"n\","
            "\"key\":\"MDEyMzQ1Njc4OWFiY2RlZg==\"}");
    struct berth_start start = {.size = sizeof(start),
                                .operation = STR("registration.changed"),
                                .input = STR("{}")};
    const struct berth_plugin *plugin = load();
    assert_int_equal(
        plugin->open(&crawl.heard.call, str_from(manifest), config, &conn, &err), 0);
    assert_int_equal(plugin->begin(conn, &crawl.heard.call, &start, &op, &err), 0);
    crawl_all(plugin, &crawl, op);
    plugin->end(op);
    plugin->close(conn);
    assert_true(crawl.heard.worst_log < BERTH_LOG_WARN);
    assert_int_equal(crawl.requests[0], 1);
    assert_int_equal(crawl.requests[1], GROUPS * DEVICES / PAGE);
    assert_int_equal(crawl.requests[2], ENROLLMENTS / PAGE);
    assert_int_equal(crawl.requests[3], ENROLLMENTS);
    assert_int_equal(crawl.heard.items, GROUPS * DEVICES + ENROLLMENTS);
    assert_int_equal(crawl.heard.completes, GROUPS + 2);
    assert_true(crawl.heard.cursors >= GROUPS * DEVICES / PAGE + ENROLLMENTS / PAGE);
    assert_true(crawl.heard.longest_cursor < 8192); /* what is open does not grow */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_takes_the_fewest_requests)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
