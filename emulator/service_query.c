/* Queries: pages of enrollments, groups, and registrations of one group, in the order of
 * their ids. */
#include <stdlib.h>
#include <string.h>

#include "emulator/call.h"
#include "emulator/ident.h"
#include "emulator/registration.h"
#include "emulator/token.h"

/* One page being made. A token names the last key shown, so entries that come or go
 * meanwhile move nothing else. */
struct page {
    size_t size;
    struct text scope;             /* what the token is sealed with */
    const char *prefix;            /* all keys begin with it; "" */
    char after[TOKEN_KEY_MAX + 1]; /* the key to go on after */
    struct index *index;
    bool (*add)(struct call *c, const void *value); /* false: it does not show yet */
};

/* The number of items asked for, not above the cap. */
static int page_size(struct call *c, size_t *ret)
{
    const char *asked = c->request->max_item_count;
    char *end;
    long n;

    *ret = c->emu->options.page_size;
    if (!asked)
        return 0;
    n = strtol(asked, &end, 10);
    if (n < 1 || *end || strchr(" +", *asked))
        return problem_set(&c->problem, REFUSE_BAD_REQUEST,
                           "x-ms-max-item-count: must be a number greater than 0");
    if ((size_t)n < *ret)
        *ret = (size_t)n;
    return 0;
}

/* The text of the query, which is demanded and then ignored. */
static int query_text(struct call *c, bool optional, struct text *scope)
{
    json_t *json;
    const char *query;
    int r;

    r = call_body(c, optional, &json);
    if (r < 0 || !json)
        return r;
    query = json_string_value(json_object_get(json, "query"));
    if (query)
        text_add(scope, query);
    else if (!optional)
        r = problem_set(&c->problem, REFUSE_BAD_REQUEST,
                        "query: is missing or no string");
    json_decref(json);
    return r;
}

static int page_begin(struct call *c, struct page *page, bool optional)
{
    const char *token = c->request->continuation;
    int r;

    r = page_size(c, &page->size);
    if (r < 0)
        return r;
    text_init(&page->scope, 2 * CHOICE_BODY_MAX);
    text_addf(&page->scope, "%s\n%zu\n", c->route.operation->id,
              CHOICE_TOKEN_TIED_TO_PAGE_SIZE ? page->size : 0);
    text_add(&page->scope, page->prefix);
    r = query_text(c, optional, &page->scope);
    if (r < 0)
        return r;
    (void)strncat(page->after, page->prefix, TOKEN_KEY_MAX);
    if (token && *token &&
        !token_open(token, c->emu->keys.token_key, text_str(&page->scope), page->after))
        return problem_set(&c->problem, REFUSE_BAD_TOKEN,
                           "x-ms-continuation: is not a token of this query");
    return 0;
}

static bool has_prefix(const char *key, const char *prefix)
{
    char head[IDENT_MAX + 2];
    size_t len = strlen(prefix);

    if (strlen(key) < len || len >= sizeof head)
        return false;
    memcpy(head, key, len);
    head[len] = '\0';
    return ident_equal(head, prefix);
}

/* The token that goes on behind that key. */
static void page_token(struct call *c, const struct page *page, const char *last)
{
    struct text token;

    text_init(&token, 1024);
    token_add(&token, c->emu->keys.token_key, text_str(&page->scope), last);
    call_header(c, "x-ms-continuation", text_str(&token));
    if (text_failed(&token))
        c->response->body.failed = true;
    text_release(&token);
}

/* Write the items and, when one more is left, the token. The store is locked. */
static void page_write(struct call *c, const struct page *page)
{
    struct text *body = &c->response->body;
    const struct index_node *node =
        index_after(page->index, *page->after ? page->after : NULL);
    const char *last = NULL;
    size_t n, len;

    text_add(body, "[");
    for (n = 0; node && has_prefix(node->key, page->prefix); node = node->next[0]) {
        if (n++ == page->size) {
            page_token(c, page, last);
            break;
        }
        len = body->len;
        text_add(body, len > 1 ? "," : "");
        if (!page->add(c, node->value))
            text_cut(body, len);
        last = node->key;
    }
    text_add(body, "]");
}

/* Write a page without items when a fault asks for it. Its token names a key of its own,
 * as no other page's does, that stands before all that are left. */
static bool page_skip(struct call *c, struct page *page)
{
    size_t len = strlen(page->after);

    if (!c->fault || c->fault->token != FAULT_TOKEN_EMPTY || len == TOKEN_KEY_MAX)
        return false;
    memcpy(page->after + len, "\1", 2);
    text_add(&c->response->body, "[]");
    page_token(c, page, page->after);
    return true;
}

static int page_run(struct call *c, struct page *page, const char *item_type,
                    bool optional)
{
    int r = page_begin(c, page, optional);

    if (r == 0) {
        call_header(c, "x-ms-item-type", item_type);
        call_header_int(c, "x-ms-max-item-count", (long)page->size);
        if (!page_skip(c, page)) {
            store_lock_read(&c->emu->store);
            page_write(c, page);
            store_unlock(&c->emu->store);
        }
    }
    text_release(&page->scope);
    return r;
}

/* One item; a change that does not show yet is not seen here either. */
static bool add_enrollment(struct call *c, const void *value)
{
    const struct enrollment *e = value;
    struct text *body = &c->response->body;
    enum lag_shown shown =
        lag_read(&c->emu->lag, (enum kind)e->kind, enrollment_id(e), c->now_us, body);

    if (shown == LAG_NONE)
        enrollment_add(body, e, false, NULL);
    return shown != LAG_MISSING;
}

static bool add_registration(struct call *c, const void *value)
{
    registration_add(&c->response->body, value, c->now_us, false);
    return true;
}

int enrollment_query(struct call *c)
{
    enum kind kind = c->route.operation->kind;
    struct page page = {.prefix = "", .add = add_enrollment};

    page.index = &c->emu->store.enrollments[kind];
    return page_run(c, &page, kind == KIND_GROUP ? "EnrollmentGroup" : "Enrollment",
                    false);
}

int registration_query(struct call *c)
{
    const char *group = call_id(c, 0);
    struct page page = {.add = add_registration};
    char prefix[IDENT_MAX + 2];
    size_t len;

    if (!group)
        return -1;
    len = strlen(group);
    ident_fold(group, prefix); /* a token is good for the group in any case */
    memcpy(prefix + len, "\n", 2);
    page.prefix = prefix;
    page.index = &c->emu->store.by_group;
    return page_run(c, &page, "DeviceRegistration", true);
}
