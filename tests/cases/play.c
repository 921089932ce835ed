#include "cases/play.h"

#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases/match.h"
#include "cases/memory.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"

static void record_failure(struct play *play, int status, const struct berth_error *err)
{
    play->error = error_to_json(status, err);
    play->is_over = true;
}

/* Every call into the connector that an operation makes. */
static int after_call(struct play *play, int r, const struct berth_error *err)
{
    memory_leave();
    play->calls++;
    if (r < 0 && !play->is_over)
        record_failure(play, r, err);
    if (play->way.stop_after > 0 && play->calls >= play->way.stop_after)
        play->was_stopped = true;
    return r;
}

static bool is_done(const struct play *play)
{
    return play->is_over || play->was_stopped || play->problem[0];
}

bool play_send(struct play *play, const struct berth_request *req)
{
    long exchange = exchange_find(play, req);
    if (exchange < 0)
        return false;
    size_t i = play->flight_count++;
    play->flight[i].tag = req->tag;
    play->flight[i].kind = req->kind;
    play->flight[i].exchange = (size_t)exchange;
    play->flight[i].due_ms = play->now_ms + req->delay_ms;
    return true;
}

/* Ask for one request. False: there is none now. */
static bool send_one(struct play *play, struct berth_op *op)
{
    struct berth_request req = {.size = sizeof(req)};
    struct berth_error err = BERTH_ERROR_INIT;
    memory_enter();
    int r = after_call(play, play->plugin->next(op, &req, &err), &err);
    return r == BERTH_NEXT_REQUEST && play_send(play, &req);
}

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16;
}

static size_t pick_answer(struct play *play)
{
    size_t count = play->flight_count;
    switch (play->way.order) {
    case ORDER_LIFO:
        return count - 1;
    case ORDER_SHUFFLED:
        return next_random(&play->way.seed) % count;
    case ORDER_FIFO:
    default:
        return 0;
    }
}

static void answer_one(struct play *play, struct berth_op *op)
{
    struct exchange_answer answer;
    struct berth_error err = BERTH_ERROR_INIT;
    size_t i = pick_answer(play);
    if (play->flight[i].due_ms > play->now_ms)
        play->now_ms = play->flight[i].due_ms;
    exchange_answer(play, play->flight[i].exchange, &answer);
    answer.res.tag = play->flight[i].tag;
    answer.res.kind = play->flight[i].kind;
    if (answer.res.kind == BERTH_TIMER)
        answer.res.status = 0;
    play->flight_count--;
    memmove(&play->flight[i], &play->flight[i + 1],
            (play->flight_count - i) * sizeof(play->flight[0]));
    memory_enter();
    (void)after_call(play, play->plugin->take(op, &answer.res, &err), &err);
    exchange_answer_release(&answer);
}

static void run_operation(struct play *play, struct berth_op *op)
{
    while (!is_done(play)) {
        while (!is_done(play) && play->flight_count < play->file->slots)
            if (!send_one(play, op))
                break;
        if (is_done(play))
            break;
        if (play->flight_count == 0) {
            (void)snprintf(play->problem, sizeof(play->problem),
                           "it stalled: nothing to send and nothing to wait for");
            break;
        }
        answer_one(play, op);
    }
}

static void begin_and_run(struct play *play, struct berth_conn *conn)
{
    const struct case_file *file = play->file;
    struct berth_start start = {
        .size = sizeof(start),
        .operation = str_from(file->operation),
        .input = str_from(file->input),
        .cursor = str_from(file->cursor),
        .page_size =
            (uint32_t)json_integer_value(json_object_get(file->body, "pageSize")),
    };
    struct berth_error err = BERTH_ERROR_INIT;
    struct berth_op *op = NULL;
    memory_enter();
    int r =
        after_call(play, play->plugin->begin(conn, &play->call, &start, &op, &err), &err);
    if (r < 0)
        return;
    run_operation(play, op);
    memory_enter();
    play->plugin->end(op);
    memory_leave();
}

void play_run(struct play *play, const struct berth_plugin *plugin,
              const struct case_file *file, const struct play_way *way)
{
    *play = (struct play){.plugin = plugin, .file = file, .way = *way};
    play->now_ms = file->now_ms;
    play_host_init(play);
    size_t count = json_array_size(json_object_get(file->body, "exchanges"));
    play->used = calloc(count + 1, sizeof(*play->used));
    struct berth_error err = BERTH_ERROR_INIT;
    struct berth_conn *conn = NULL;
    const char *manifest = way->small_manifest ? file->small_manifest : file->manifest;
    memory_begin(way->fail_at);
    memory_enter();
    int r = after_call(play,
                       plugin->open(&play->call, str_from(manifest),
                                    str_from(file->config), &conn, &err),
                       &err);
    if (r >= 0 && !play->was_stopped && !json_object_get(file->body, "open"))
        begin_and_run(play, conn);
    if (r >= 0) {
        memory_enter();
        plugin->close(conn);
        memory_leave();
    }
    ERR_clear_error(); /* libcrypto keeps the last ones in memory of its own */
}

void play_release(struct play *play)
{
    json_decref(play->items);
    json_decref(play->cursors);
    json_decref(play->completes);
    json_decref(play->parts);
    json_decref(play->logs);
    json_decref(play->result);
    json_decref(play->error);
    free(play->used);
}

bool play_has_warned(const struct play *play)
{
    for (size_t i = 0; i < json_array_size(play->logs); i++)
        if (str_equal(json_str(json_array_get(play->logs, i), "level"), STR("warn")))
            return true;
    return false;
}

/* --- is it as the case says? ------------------------------------------------------- */

/* An item of a case with what it may leave out filled in. */
static json_t *whole_item(const json_t *item)
{
    json_t *whole = json_pack("{s:s, s:s, s:s, s:s, s:[]}", "key", "", "version", "",
                              "scope", "", "data", "$any", "flags");
    json_object_update(whole, (json_t *)(uintptr_t)item);
    return whole;
}

static bool same_items(const struct play *play, const json_t *expected)
{
    const json_t *count = json_object_get(expected, "itemCount");
    if (count)
        return (size_t)json_integer_value(count) == json_array_size(play->items);
    json_t *whole = json_array();
    const json_t *items = json_object_get(expected, "items");
    for (size_t i = 0; i < json_array_size(items); i++)
        json_array_append_new(whole, whole_item(json_array_get(items, i)));
    bool same = match_list(whole, play->items, !play->file->any_order);
    json_decref(whole);
    return same;
}

static bool same_cursor(const json_t *expected, const json_t *actual)
{
    if (json_is_string(expected))
        return match_json(expected, actual);
    json_t *value = NULL;
    if (json_parse(json_value_str(actual), JSON_OURS, &value, NULL) < 0)
        return false;
    bool same = match_json(expected, value);
    json_decref(value);
    return same;
}

static bool same_cursors(const struct play *play, const json_t *expected)
{
    const json_t *cursors = json_object_get(expected, "cursors");
    size_t count = json_array_size(play->cursors);
    if (json_is_integer(cursors))
        return (size_t)json_integer_value(cursors) == count;
    if (cursors && json_array_size(cursors) != count)
        return false;
    for (size_t i = 0; i < json_array_size(cursors); i++)
        if (!same_cursor(json_array_get(cursors, i), json_array_get(play->cursors, i)))
            return false;
    return true;
}

static bool same_part(const json_t *expected, const json_t *actual)
{
    const json_t *status = json_object_get(expected, "status");
    struct berth_str wanted = status ? json_value_str(status) : STR("ok");
    const json_t *value = json_object_get(expected, "value");
    return str_equal(wanted, json_str(actual, "status")) &&
           json_equal(json_object_get(expected, "index"),
                      json_object_get(actual, "index")) &&
           (!value || match_json(value, json_object_get(actual, "value"))) &&
           (!json_object_get(expected, "error") ||
            match_error(json_object_get(expected, "error"),
                        json_object_get(actual, "error")));
}

static bool same_parts(const struct play *play, const json_t *expected)
{
    const json_t *parts = json_object_get(expected, "parts");
    if (json_array_size(parts) != json_array_size(play->parts))
        return false;
    for (size_t i = 0; i < json_array_size(parts); i++) {
        bool found = false;
        for (size_t k = 0; !found && k < json_array_size(play->parts); k++)
            found = same_part(json_array_get(parts, i), json_array_get(play->parts, k));
        if (!found)
            return false;
    }
    return true;
}

static const char *say(struct play *play, const char *what, const json_t *actual)
{
    char *text = actual ? json_dumps(actual, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    (void)snprintf(play->problem, sizeof(play->problem), "%s: %s", what,
                   text ? text : "none");
    free(text);
    return play->problem;
}

/* Keys must not be seen where people read. */
static const char *find_secret(const struct play *play)
{
    const json_t *places[] = {play->error, play->logs, play->cursors};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char *text = places[i] ? json_dumps(places[i], JSON_ENCODE_ANY) : NULL;
        for (size_t k = 0; text && k < json_array_size(play->file->secrets); k++) {
            const char *secret =
                json_string_value(json_array_get(play->file->secrets, k));
            if (strstr(text, secret)) {
                free(text);
                return "a secret is in an error, a log line or a cursor";
            }
        }
        free(text);
    }
    return NULL;
}

const char *play_difference(struct play *play)
{
    const json_t *open = json_object_get(play->file->body, "open");
    const json_t *expected = json_object_get(play->file->body, "expect");
    const json_t *error = open ? open : json_object_get(expected, "error");
    const char *secret = find_secret(play);
    if (secret)
        return say(play, secret, NULL);
    if (play->problem[0])
        return play->problem;
    if (!match_error(error, play->error))
        return say(play, "the error is", play->error);
    if (!open && !exchange_is_complete(play))
        return play->problem;
    if (!same_items(play, expected))
        return say(play, "the items are", play->items);
    if (!match_list(json_object_get(expected, "completes"), play->completes,
                    !play->file->any_order))
        return say(play, "the completes are", play->completes);
    if (!same_parts(play, expected))
        return say(play, "the parts are", play->parts);
    if (!same_cursors(play, expected))
        return say(play, "the cursors are", play->cursors);
    if (!match_logs(json_object_get(expected, "logs"), play->logs))
        return say(play, "the log is", play->logs);
    const json_t *result = json_object_get(expected, "result");
    if (!error && !match_json(result ? result : json_null(), play->result))
        return say(play, "the result is", play->result);
    return "";
}

bool play_is_harmless(const struct play *play)
{
    const json_t *expected = json_object_get(play->file->body, "expect");
    const json_t *completes = json_object_get(expected, "completes");
    if (find_secret(play) || play->problem[0])
        return false;
    for (size_t i = 0; i < json_array_size(play->completes); i++) {
        bool found = false;
        for (size_t k = 0; !found && k < json_array_size(completes); k++)
            found = json_equal(json_array_get(play->completes, i),
                               json_array_get(completes, k));
        if (!found)
            return false;
    }
    const json_t *items = json_object_get(expected, "items");
    for (size_t i = 0; items && i < json_array_size(play->items); i++) {
        bool found = false;
        for (size_t k = 0; !found && k < json_array_size(items); k++) {
            json_t *whole = whole_item(json_array_get(items, k));
            found = match_json(whole, json_array_get(play->items, i));
            json_decref(whole);
        }
        if (!found)
            return false;
    }
    return true;
}
