#include "tests/support/fake_host.h"

#include <stdio.h>
#include <string.h>

static void hear(struct heard *heard, const char *word, struct berth_str text)
{
    size_t len = strlen(heard->words);
    if (len + 1 < sizeof(heard->words))
        (void)snprintf(heard->words + len, sizeof(heard->words) - len, "%s(%.*s) ", word,
                       (int)text.len, text.ptr ? text.ptr : "");
}

static void host_log(struct berth_call *call, int level, struct berth_str text)
{
    struct heard *heard = (struct heard *)call;
    if (level > heard->worst_log)
        heard->worst_log = level;
    hear(heard, "log", text);
}

static int64_t host_now(struct berth_call *call)
{
    (void)call;
    return INT64_C(1795176000000);
}

static int host_item(struct berth_call *call, const struct berth_item *item)
{
    struct heard *heard = (struct heard *)call;
    heard->items++;
    hear(heard, "item", item->key);
    return heard->item ? heard->item(item) : 0;
}

static int host_cursor(struct berth_call *call, struct berth_str cursor)
{
    struct heard *heard = (struct heard *)call;
    heard->cursors++;
    if (cursor.len > heard->longest_cursor)
        heard->longest_cursor = cursor.len;
    hear(heard, "cursor", cursor);
    return 0;
}

static int host_complete(struct berth_call *call, struct berth_str scope)
{
    struct heard *heard = (struct heard *)call;
    heard->completes++;
    hear(heard, "complete", scope);
    return 0;
}

static int host_result(struct berth_call *call, struct berth_str value)
{
    struct heard *heard = (struct heard *)call;
    heard->is_over = true;
    hear(heard, "result", value);
    return 0;
}

static int host_send(struct berth_call *call, const struct berth_request *req)
{
    struct heard *heard = (struct heard *)call;
    if (!heard->sends)
        return 1;
    heard->sent_tag = req->tag;
    hear(heard, "send", req->url);
    return 0;
}

const struct berth_host FAKE_HOST = {
    .size = sizeof(FAKE_HOST),
    .log = host_log,
    .now_ms = host_now,
    .item = host_item,
    .cursor = host_cursor,
    .complete = host_complete,
    .result = host_result,
    .send = host_send,
};
