/* The command `berth trigger poll`. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "host/cli/alarm.h"
#include "host/cli/command.h"
#include "host/cli/exit_code.h"
#include "host/cli/input.h"
#include "host/cli/interrupt.h"
#include "host/cli/link.h"
#include "host/poll.h"
#include "host/schema/schema.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

struct polling {
    struct app *app;
    struct link *link;
    const struct operation *op;
    struct subscription *subscription;
    struct poll_options options;
    int64_t interval_ms;
    int64_t timeout_ms; /* of one poll; 0: none */
    uint64_t delivered; /* in this poll */
};

static int deliver(void *ctx, struct berth_str event)
{
    struct polling *p = ctx;
    p->delivered++;
    return output_line(&p->app->out, event);
}

/* Events are confirmed after this: what goes into a file must be on its disk. */
static int flush(void *ctx)
{
    struct polling *p = ctx;
    return output_flush(&p->app->out, true);
}

/* Until there is a record, or the end. An interrupt ends the wait. */
static int next_record(struct input *in, struct record *ret_record,
                       struct berth_error *err)
{
    int r = input_next(in, ret_record, err);
    while (r == RECORD_MORE) {
        r = interrupt_wait_readable(in->fd, err);
        if (r == 0)
            r = input_fill(in, err);
        if (r == 0)
            r = input_next(in, ret_record, err);
    }
    return r;
}

/* The one object in a file or on stdin. */
static int read_input(const char *spec, const struct operation *op, json_t **ret_input,
                      struct berth_error *err)
{
    cleanup(input) struct input in;
    struct record record;
    struct record more;
    int r = input_open(&in, spec, false, op, err);
    if (r < 0)
        return r;
    r = next_record(&in, &record, err);
    if (r < 0)
        return r;
    if (r == RECORD_END)
        return fail(err, BERTH_E_INVALID, "-i: %.200s is empty: give one JSON object",
                    in.name);
    json_auto_t *value = record.value;
    if (!value)
        return fail(err, BERTH_E_INVALID, "-i: %.200s: %.250s", in.name,
                    record.problem.message);
    r = next_record(&in, &more, err);
    if (r == RECORD_READY) {
        json_decref(more.value);
        return fail(err, BERTH_E_INVALID,
                    "-i: %.200s holds more than one object: a trigger takes one",
                    in.name);
    }
    *ret_input = json_incref(value);
    return r;
}

/* The trigger's input, checked and with its defaults, as JSON that the caller owns. */
static int take_input(struct polling *p, char **ret_json, struct berth_error *err)
{
    const char *spec = app_value(p->app, OPT_INPUT);
    json_auto_t *input = NULL;
    int r = input_is_stream(spec) ? read_input(spec, p->op, &input, err)
                                  : input_literal(spec, p->op, &input, err);
    if (r == 0)
        r = operation_check_input(p->op, input, NULL, err);
    if (r == 0)
        r = schema_fill_defaults(manifest_json(p->op->manifest), p->op->input_schema,
                                 input, err);
    if (r < 0)
        return r;
    *ret_json = json_dumps(input, JSON_COMPACT | JSON_SORT_KEYS);
    return *ret_json ? 0 : fail_no_memory(err);
}

static int take_interval(struct polling *p, struct berth_error *err)
{
    const struct trigger_info *trigger = &p->op->trigger;
    p->interval_ms = trigger->poll_default_s * 1000;
    int r = args_seconds_ms(p->app->args, OPT_INTERVAL, &p->interval_ms, err);
    if (r != 0)
        return r;
    if (app_has(p->app, OPT_INTERVAL) && p->interval_ms < trigger->poll_min_s * 1000)
        return fail_usage(
            err, "--interval: %s is not polled more often than every %" PRId64 " seconds",
            p->op->id, trigger->poll_min_s);
    return 0;
}

static int check_options(struct app *app, struct berth_error *err)
{
    const char *format = app_value(app, OPT_OUTPUT);
    if (format && strcmp(format, "ndjson") != 0)
        return fail_usage(err, "berth trigger poll prints NDJSON only: leave -o %s out",
                          format);
    if (app_has(app, OPT_PEEK) && app_has(app, OPT_FOLLOW))
        return fail_usage(err, "--peek and --follow do not go together: --follow would "
                               "show the same events again and again");
    if (app_has(app, OPT_INTERVAL) && !app_has(app, OPT_FOLLOW))
        return fail_usage(err, "--interval needs --follow");
    return 0;
}

static enum poll_start start_of(const char *value)
{
    if (!value)
        return POLL_START_DEFAULT;
    return strcmp(value, "all") == 0 ? POLL_START_ALL : POLL_START_NOW;
}

static int check_start(const struct polling *p, struct berth_error *err)
{
    unsigned wanted = p->options.start == POLL_START_ALL   ? START_ALL
                      : p->options.start == POLL_START_NOW ? START_NOW
                                                           : 0;
    if (wanted & ~p->op->trigger.starts)
        return fail_usage(err, "--start: %s cannot start with '%s'", p->op->id,
                          app_value(p->app, OPT_START));
    return 0;
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void summarize(struct polling *p, const struct poll_result *result)
{
    if (p->options.start != POLL_START_DEFAULT && !result->baseline)
        talk_warn(&p->app->talk, "--start counts for a first poll; this one goes on from "
                                 "the one before");
    uint64_t found = result->created + result->updated + result->deleted;
    uint64_t kept = p->delivered > found ? p->delivered - found : 0;
    if (kept > 0)
        talk_say(&p->app->talk, "%s: %" PRIu64 " event%s kept from an earlier poll",
                 p->op->id, kept, plural(kept));
    talk_say(&p->app->talk,
             "%s: %" PRIu64 " item%s, %" PRIu64 " created, %" PRIu64 " updated, %" PRIu64
             " deleted, %" PRIu64 " request%s%s%s",
             p->op->id, result->items, plural(result->items), result->created,
             result->updated, result->deleted, result->requests, plural(result->requests),
             result->baseline ? " (first poll: the baseline is set)" : "",
             result->complete ? "" : " (it broke off: the next poll goes on from there)");
}

/* A poll that was stopped because its time was up has kept what it saw. */
static int fail_late(const struct polling *p, struct berth_error *err)
{
    return fail(err, BERTH_E_TIMEOUT,
                "%s: the poll was given up after %s s: the next one goes on from there",
                p->op->id, app_value(p->app, OPT_TIMEOUT));
}

static int poll_once(struct polling *p, struct berth_error *err)
{
    struct poll_result result = {0};
    cleanup(alarm) struct alarm alarm;
    p->delivered = 0;
    int r = alarm_init(&alarm, p->timeout_ms, err);
    if (r < 0)
        return r;
    p->options.wake_fd = alarm.fd;
    r = subscription_poll(p->subscription, p->link->session, &p->options, &result, err);
    if (r == BERTH_E_CANCELED && !interrupt_came() && alarm_rang(&alarm))
        r = fail_late(p, err);
    if (result.note)
        talk_warn(&p->app->talk, "%s: %s", p->op->id, result.note);
    if (r == 0 || result.items > 0)
        summarize(p, &result);
    return r;
}

static bool is_transient(int status)
{
    return status == BERTH_E_THROTTLED || status == BERTH_E_UNAVAILABLE ||
           status == BERTH_E_TIMEOUT;
}

/* The interval and up to a tenth more, so that many hosts do not poll in step. */
static int64_t with_jitter(int64_t interval_ms)
{
    uint32_t random = 0;
    if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
        return interval_ms;
    return interval_ms + interval_ms / 10 * (int64_t)(random % 1024) / 1024;
}

static int follow(struct polling *p, struct berth_error *err)
{
    for (;;) {
        int r = poll_once(p, err);
        int64_t pause_ms = with_jitter(p->interval_ms);
        if (r < 0 && !is_transient(r))
            return r;
        if (r < 0 && err->retry_after_ms > pause_ms)
            pause_ms = err->retry_after_ms;
        if (r < 0)
            talk_warn(&p->app->talk, "%s: going on in %" PRId64 " s", err->message,
                      (pause_ms + 999) / 1000);
        *err = (struct berth_error)BERTH_ERROR_INIT;
        r = interrupt_sleep_ms(pause_ms, err);
        if (r < 0)
            return r;
    }
}

static int subscribe(struct polling *p, struct berth_error *err)
{
    cleanup(free) char *input = NULL;
    int r = take_input(p, &input, err);
    if (r == 0)
        r = subscription_open(p->link->store, &p->link->connection, p->op,
                              str_from(input), &p->subscription, err);
    if (r == 0)
        r = link_connect(p->link, 0, err);
    return r;
}

static int find_trigger(struct polling *p, struct berth_error *err)
{
    int r = manifest_operation_by_id(p->link->manifest, OPERATION_TRIGGER,
                                     app_word(p->app, 1), &p->op, err);
    if (r == 0 && p->op->trigger.mode != TRIGGER_POLL)
        r = fail(err, BERTH_E_UNSUPPORTED, "%s cannot be polled: its events are pushed",
                 p->op->id);
    if (r == 0)
        r = check_start(p, err);
    return r == 0 ? take_interval(p, err) : r;
}

int run_trigger(struct app *app, struct berth_error *err)
{
    cleanup(link) struct link link = {0};
    struct polling p = {.app = app, .link = &link};
    struct event_sink sink = {.deliver = deliver, .flush = flush, .ctx = &p};
    p.options = (struct poll_options){.start = start_of(app_value(app, OPT_START)),
                                      .peek = app_has(app, OPT_PEEK),
                                      .sink = &sink,
                                      .wake_fd = -1};
    int r = check_options(app, err);
    if (r == 0)
        r = args_seconds_ms(app->args, OPT_TIMEOUT, &p.timeout_ms, err);
    if (r == 0)
        r = link_open(&link, app, app_word(app, 0), err);
    if (r == 0)
        r = find_trigger(&p, err);
    if (r == 0)
        r = subscribe(&p, err);
    if (r == 0)
        r = app_has(app, OPT_FOLLOW) ? follow(&p, err) : poll_once(&p, err);
    subscription_close(p.subscription);
    return r;
}
