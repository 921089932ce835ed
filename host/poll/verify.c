#include "host/poll/verify.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "host/session.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"
#include "sdk/text.h"

enum { INPUT_MAX = 65536 };

bool wake_is_readable(int wake_fd)
{
    struct pollfd p = {.fd = wake_fd, .events = POLLIN};
    return wake_fd >= 0 && poll(&p, 1, 0) > 0;
}

int verification_add(struct verification *v, size_t index, struct berth_str key,
                     struct berth_error *err)
{
    char *copy = malloc(key.len + 1);
    if (!copy)
        return fail_no_memory(err);
    memcpy(copy, key.ptr, key.len);
    v->items[v->count++] = (struct verify_item){.verification = v,
                                                .index = index,
                                                .key = copy,
                                                .key_len = key.len,
                                                .status = BERTH_E_CANCELED};
    return 0;
}

void verification_release(struct verification *v)
{
    for (size_t i = 0; i < v->count; i++)
        free(v->items[i].key);
    v->count = 0;
}

static void on_done(void *ctx, int status, struct berth_str value,
                    const struct berth_error *err)
{
    struct verify_item *item = ctx;
    (void)value;
    (void)err;
    item->status = status;
    item->call = NULL;
    item->verification->running--;
}

static int start(struct verify_item *item, const struct trigger_info *trigger,
                 struct session *session)
{
    cleanup(text) struct text input;
    text_init(&input, INPUT_MAX);
    text_add(&input, "{");
    text_add_json(&input, str_from(trigger->verify_member));
    text_add(&input, ":");
    text_add_json(&input, (struct berth_str){item->key, item->key_len});
    text_add(&input, "}");
    if (text_failed(&input))
        return BERTH_E_NO_MEMORY;
    struct call_spec spec = {.operation = str_from(trigger->verify_action),
                             .input = text_str(&input),
                             .events = {.done = on_done, .ctx = item}};
    item->verification->running++;
    int r = session_call(session, &spec, &item->call, NULL);
    if (r < 0) {
        item->verification->running--;
        item->status = r == BERTH_E_NOT_FOUND ? BERTH_E_INTERNAL : r;
    }
    return 0;
}

static void cancel_all(struct verification *v)
{
    for (size_t i = 0; i < v->count; i++)
        if (v->items[i].call)
            call_cancel(v->items[i].call);
}

int verification_run(struct verification *v, const struct trigger_info *trigger,
                     struct session *session, int wake_fd)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < v->count; i++)
        r = start(&v->items[i], trigger, session);
    while (r == 0 && v->running > 0) {
        int left = session_wait(session, -1, wake_fd, NULL);
        if (left < 0 || wake_is_readable(wake_fd))
            break;
    }
    cancel_all(v);
    return r;
}
