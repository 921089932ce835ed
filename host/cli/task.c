#include "host/cli/task.h"

#include "host/redact.h"
#include "sdk/error.h"
#include "sdk/str.h"

#define MAX_OUTPUT (256u * 1024 * 1024)

static int on_item(void *ctx, const struct berth_item *item)
{
    struct task *task = ctx;
    struct text line;
    text_init_secret(&line, MAX_OUTPUT);
    int r = result_add_value(&line, &task->setup->mask, item->data, &task->error);
    if (r == 0 && text_failed(&line))
        r = fail_no_memory(&task->error);
    if (r == 0)
        r = task->emit(task, true, text_str(&line));
    text_release(&line);
    return r;
}

static int on_part(void *ctx, uint32_t index, int status, struct berth_str value,
                   const struct berth_error *err)
{
    struct task *task = ctx;
    struct text *parts = &task->parts;
    text_add(parts, parts->len == 0 ? "[{\"index\":" : ",{\"index\":");
    text_add_int(parts, index);
    text_add(parts, ",\"status\":\"");
    text_add(parts, status_name(status));
    text_add(parts, "\"");
    if (status < 0 && err) {
        text_add(parts, ",\"error\":");
        result_add_error(parts, status, err);
    }
    if (value.len > 0) {
        text_add(parts, ",\"result\":");
        int r = result_add_value(parts, &task->setup->mask, value, &task->error);
        if (r < 0)
            return r;
    }
    text_add(parts, "}");
    exit_tally_add(&task->part_tally, status);
    if (status < 0 && task->part_status == 0)
        task->part_status = status;
    return 0;
}

static int on_request(void *ctx, const struct berth_request *req)
{
    struct task *task = ctx;
    int verdict = dry_run_verdict(task->setup->dry_run, req);
    if (verdict == REQUEST_SEND)
        return verdict;
    struct text line;
    text_init_secret(&line, MAX_OUTPUT);
    task->held = true;
    dry_run_add_request(&line, task->line, req,
                        manifest_secret_names(task->setup->op->manifest));
    int r = text_failed(&line) ? fail_no_memory(&task->error)
                               : task->emit(task, false, text_str(&line));
    text_release(&line);
    return r < 0 ? r : verdict;
}

/* The result, or, of a batch without one, its parts. */
static int keep_value(struct task *task, struct berth_str value)
{
    int r = 0;
    if (value.len > 0)
        r = result_add_value(&task->value, &task->setup->mask, value, &task->error);
    else if (task->parts.len > 0)
        text_add_format(&task->value, "{\"parts\":%s]}", task->parts.data);
    if (r == 0 && text_failed(&task->value))
        r = fail_no_memory(&task->error);
    return r;
}

static void show_steps(struct task *task)
{
    struct text line;
    text_init(&line, MAX_OUTPUT);
    dry_run_add_steps(&line, task->line, task->setup->op);
    if (!text_failed(&line))
        (void)task->emit(task, false, text_str(&line)); /* the output says it */
    text_release(&line);
}

static void on_done(void *ctx, int status, struct berth_str value,
                    const struct berth_error *err)
{
    struct task *task = ctx;
    task->call = NULL;
    task->status = status;
    if (status < 0 && err && task->error.message[0] == '\0')
        task->error = *err;
    if (status == 0)
        task->status = keep_value(task, value);
    task->held = task->held && status == BERTH_E_CANCELED;
    if (task->held && task->setup->op->steps.count > 0)
        show_steps(task);
    if (task->held)
        task->status = 0;
    task->ended(task);
}

int task_begin(struct task *task, struct berth_str input, struct berth_error *err)
{
    task->error = (struct berth_error)BERTH_ERROR_INIT;
    text_init_secret(&task->value, MAX_OUTPUT);
    text_init_secret(&task->parts, MAX_OUTPUT);
    bool dry = task->setup->dry_run != DRY_RUN_OFF;
    struct call_spec spec = {
        .operation = str_from(task->setup->op->id),
        .input = input,
        .deadline_ms = task->setup->deadline_ms,
        .events = {.item = on_item,
                   .part = on_part,
                   .done = on_done,
                   .request = dry ? on_request : NULL,
                   .ctx = task},
    };
    return session_call(task->setup->session, &spec, &task->call, err);
}

void task_release(struct task *task)
{
    text_release(&task->value);
    text_release(&task->parts);
}

int task_outcome(struct task *task)
{
    const struct exit_tally *parts = &task->part_tally;
    if (task->status < 0 || parts->failed == 0)
        return task->status;
    (void)fail(&task->error, task->part_status, "%s: %llu of %llu elements failed",
               task->setup->op->id, (unsigned long long)parts->failed,
               (unsigned long long)(parts->ok + parts->failed));
    return exit_tally_code(parts);
}
