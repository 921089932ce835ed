#include "tests/state/fake_session.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"
#include "sdk/text.h"

struct call {
    struct session *session;
    struct call_events events;
    char *key;   /* of a verification; null: a listing */
    size_t next; /* item */
    struct call *following;
};

struct session fake_session(const struct fake_item *items, size_t count)
{
    return (struct session){.items = items,
                            .count = count,
                            .page = 3,
                            .asks = true,
                            .break_at = FAKE_NEVER,
                            .wake_at = FAKE_NEVER};
}

struct session_counts session_counts(const struct session *s)
{
    return s->counts;
}

static void unlink_call(struct call *call)
{
    struct call **at = &call->session->calls;
    while (*at != call)
        at = &(*at)->following;
    *at = call->following;
}

static void end_call(struct call *call, int status, const char *message)
{
    struct berth_error err = BERTH_ERROR_INIT;
    if (status < 0)
        (void)fail(&err, status, "%s", message);
    unlink_call(call);
    call->events.done(call->events.ctx, status, (struct berth_str){"", 0}, &err);
    free(call->key);
    free(call);
}

void call_cancel(struct call *call)
{
    end_call(call, BERTH_E_CANCELED, "canceled");
}

/* The key that a verification asks about; null: out of memory. */
static char *verified_key(struct berth_str text)
{
    json_t *input = json_loadb(text.ptr, text.len, 0, NULL);
    const char *key = json_string_value(json_object_get(input, "registrationId"));
    char *copy = strdup(key ? key : "");
    json_decref(input);
    return copy;
}

int session_call(struct session *s, const struct call_spec *spec, struct call **ret_call,
                 struct berth_error *err)
{
    bool verifies = str_equal(spec->operation, STR("enrollment.get"));
    if (s->rejects_cursors && spec->cursor.len > 0)
        return fail(err, BERTH_E_INVALID, "this cursor is of no use any more");
    struct call *call = calloc(1, sizeof(*call));
    char *key = verifies ? verified_key(spec->input) : NULL;
    if (!call || (verifies && !key)) {
        free(call);
        free(key);
        return fail_no_memory(err);
    }
    *call = (struct call){
        .session = s, .events = spec->events, .key = key, .following = s->calls};
    if (spec->cursor.len > 0)
        call->next = strtoul(spec->cursor.ptr, NULL, 10);
    s->calls = call;
    *ret_call = call;
    return 0;
}

static void verify(struct call *call)
{
    struct session *s = call->session;
    const struct fake_item *items = s->real ? s->real : s->items;
    size_t count = s->real ? s->real_count : s->count;
    int status = s->verify_status ? s->verify_status : BERTH_E_NOT_FOUND;
    for (size_t i = 0; i < count && !s->verify_status; i++)
        if (strcasecmp(items[i].key, call->key) == 0)
            status = 0;
    s->verified++;
    s->counts.requests++;
    end_call(call, status, "no such item");
}

/* As in a page: there is more behind the item. */
static size_t ask(struct call *call, const struct fake_item *item, struct berth_str rest)
{
    if (!call->session->asks)
        return 0;
    return call->events.known(call->events.ctx, rest, str_from(item->scope));
}

static int hand_over(struct call *call, const struct fake_item *item)
{
    cleanup(text) struct text page;
    text_init(&page, 1 << 20);
    if (item->data)
        text_add(&page, item->data);
    else
        text_add_format(&page,
                        "{ \"registrationId\": \"%s\",\n \"etag\": \"%s\", \"f\": %u }",
                        item->key, item->version ? item->version : "", item->flags);
    size_t len = page.len;
    text_add(&page, ",{}]");
    struct berth_item out = {.size = sizeof(out),
                             .flags = item->flags,
                             .key = str_from(item->key),
                             .version = str_from(item->version),
                             .data = {page.data, len},
                             .scope = str_from(item->scope)};
    call->session->listed++;
    size_t known = ask(call, item, text_str(&page));
    if (known == 0)
        return call->events.item(call->events.ctx, &out);
    if (known != len)
        abort(); /* a wrong one, or a part of it */
    call->session->known++;
    return 0;
}

static int say_cursor(struct call *call)
{
    cleanup(text) struct text cursor;
    text_init(&cursor, 100);
    text_add_int(&cursor, (int64_t)call->next);
    return call->events.cursor(call->events.ctx, text_str(&cursor));
}

static bool is_first_of_scope(const struct session *s, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (s->items[j].scope && strcmp(s->items[j].scope, s->items[i].scope) == 0)
            return false;
    return true;
}

static int say_complete(struct call *call)
{
    struct session *s = call->session;
    int r = 0;
    bool scoped = false;
    for (size_t i = 0; r == 0 && i < s->count; i++) {
        const char *scope = s->items[i].scope;
        if (!scope || !is_first_of_scope(s, i))
            continue;
        scoped = true;
        if (!s->unlisted || strcmp(scope, s->unlisted) != 0)
            r = call->events.complete(call->events.ctx, str_from(scope));
    }
    return r < 0 || (scoped && !s->whole) || s->incomplete
               ? r
               : call->events.complete(call->events.ctx, (struct berth_str){"", 0});
}

/* One page, or the end. */
static void list(struct call *call)
{
    struct session *s = call->session;
    s->counts.requests++;
    size_t page = s->page ? s->page : s->count + 1;
    for (size_t n = 0; n < page && call->next < s->count; n++, call->next++) {
        if ((long)call->next == s->wake_at && write(s->wake_write_fd, "x", 1) != 1)
            abort();
        if ((long)call->next == s->break_at) {
            end_call(call, s->break_status, "the listing broke off");
            return;
        }
        int r = hand_over(call, &s->items[call->next]);
        if (r < 0) {
            end_call(call, r, "stopped");
            return;
        }
    }
    int r = s->page ? say_cursor(call) : 0;
    if (r == 0 && call->next < s->count)
        return;
    if (r == 0 && (long)s->count == s->break_at)
        r = s->break_status;
    if (r == 0)
        r = say_complete(call);
    end_call(call, r, "the listing broke off");
}

int session_wait(struct session *s, int64_t timeout_ms, int wake_fd,
                 struct berth_error *err)
{
    (void)timeout_ms;
    (void)wake_fd;
    (void)err;
    if (s->calls && s->calls->key)
        verify(s->calls);
    else if (s->calls)
        list(s->calls);
    int running = 0;
    for (struct call *c = s->calls; c; c = c->following)
        running++;
    return running;
}
