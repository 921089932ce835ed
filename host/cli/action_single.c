#include "host/cli/action.h"
#include "host/cli/input.h"
#include "host/cli/interrupt.h"
#include "host/cli/prompt.h"
#include "host/cli/table.h"
#include "host/cli/writer.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

struct single {
    struct action_run *run;
    struct writer writer; /* of items */
    struct task task;
    bool ended;
};

static int emit(struct task *task, bool is_item, struct berth_str text)
{
    struct single *single = task->owner;
    if (is_item)
        return writer_add(&single->writer, text);
    return output_line(&single->run->app->out, text);
}

static void ended(struct task *task)
{
    struct single *single = task->owner;
    single->ended = true;
}

static int confirm(struct action_run *run, const json_t *input, struct berth_error *err)
{
    if (run->setup.dry_run != DRY_RUN_OFF || !operation_needs_confirm(run->op, input))
        return 0;
    cleanup(prompt) struct prompt prompt;
    cleanup(text) struct text what;
    prompt_init(&prompt, &run->app->talk, false);
    text_init(&what, 300);
    text_add_format(&what, "%s (%s on '%s')", run->op->title, run->op->id,
                    run->link->connection.name);
    return prompt_confirm(&prompt, app_has(run->app, OPT_YES),
                          what.data ? what.data : run->op->id, err);
}

/* Let it run to its end. An interrupt cancels it. */
static int wait_for_end(struct single *single, struct berth_error *err)
{
    while (!single->ended) {
        int r = session_wait(single->run->setup.session, -1, interrupt_fd(), err);
        if (r < 0)
            return r;
        if (interrupt_came() && !single->ended)
            call_cancel(single->task.call);
    }
    return 0;
}

static int print_value(struct single *single, struct berth_error *err)
{
    struct output *out = &single->run->app->out;
    struct berth_str text = text_str(&single->task.value);
    if (text.len == 0) {
        talk_say(&single->run->app->talk, "%s: done", single->run->op->id);
        return 0;
    }
    if (out->format == OUTPUT_NDJSON)
        return output_line(out, text);
    json_auto_t *value = json_loadb(text.ptr, text.len, JSON_DECODE_ANY, NULL);
    if (!value)
        return fail_no_memory(err);
    if (out->format == OUTPUT_TABLE && json_is_object(value))
        return table_object(out, value, err);
    return output_json(out, value);
}

static int print_end(struct single *single, struct berth_error *err)
{
    struct task *task = &single->task;
    if (task->status < 0) {
        *err = task->error;
        if (task->status == BERTH_E_CANCELED && err->message[0] == '\0')
            (void)fail(err, task->status, "%s: interrupted", single->run->op->id);
        return task->status;
    }
    int r = 0;
    if (single->run->op->yields_items && !task->held)
        r = writer_end(&single->writer);
    else if (!task->held)
        r = print_value(single, err);
    if (r < 0)
        return r;
    r = task_outcome(task);
    if (r > 0)
        *err = task->error;
    return r;
}

static int perform(struct single *single, struct berth_str input, struct berth_error *err)
{
    int r = link_connect(single->run->link, single->run->parallel, err);
    if (r < 0)
        return r;
    single->run->setup.session = single->run->link->session;
    single->task = (struct task){
        .setup = &single->run->setup, .emit = emit, .ended = ended, .owner = single};
    r = task_begin(&single->task, input, err);
    if (r == 0)
        r = wait_for_end(single, err);
    if (r == 0)
        r = print_end(single, err);
    else if (!single->ended && single->task.call)
        call_cancel(single->task.call);
    task_release(&single->task);
    return r;
}

int action_run_single(struct action_run *run, const char *spec, struct berth_error *err)
{
    json_auto_t *input = NULL;
    int r = input_literal(spec, run->op, &input, err);
    if (r == 0)
        r = operation_check_input(run->op, input, NULL, err);
    if (r == 0)
        r = confirm(run, input, err);
    if (r != 0)
        return r;
    struct single single = {.run = run};
    r = writer_init(&single.writer, &run->app->out, run->op, err);
    if (r == 0)
        r = perform(&single, str_from(spec ? spec : "{}"), err);
    writer_release(&single.writer);
    return r;
}
