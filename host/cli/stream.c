#include "host/cli/stream.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/cli/prompt.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"

/* A line that runs. */
struct running {
    struct task task;
    struct stream *stream;
    struct batch_line *line;
    struct running *next; /* of all that run */
};

static struct result_head head_of(const struct batch_line *line)
{
    return (struct result_head){line->number, line->name, line->mark};
}

static void add_failure(struct batch_line *line, int status,
                        const struct berth_error *error)
{
    struct result_head head = head_of(line);
    result_add_head(&line->output, &head, status);
    text_add(&line->output, ",\"error\":");
    result_add_error(&line->output, status, error);
    text_add(&line->output, "}");
    line->status = status;
}

/* The ids that an input names. */
struct subjects {
    struct stream *stream;
    struct batch_line *line;
    struct berth_error *err;
    size_t count;
};

static int note_subject(void *ctx, const char *id)
{
    struct subjects *subjects = ctx;
    struct batch_line *line = subjects->line;
    subjects->count++;
    free(line->name);
    line->name = subjects->count == 1 ? strdup(id) : NULL;
    if (subjects->count == 1 && !line->name)
        return fail_no_memory(subjects->err);
    return 0;
}

static int hold_subject(void *ctx, const char *id)
{
    struct subjects *subjects = ctx;
    return batch_add_id(subjects->stream->batch, subjects->line, id, subjects->err);
}

/* One id is what the line is about; of several or none the whole input is. */
static int identify(struct stream *s, struct batch_line *line, const json_t *input,
                    struct berth_error *err)
{
    struct subjects subjects = {s, line, err, 0};
    int r = operation_each_subject(s->run->op, input, note_subject, &subjects);
    if (r != 0)
        return r;
    if (line->name) {
        line->mark = resume_mark_of_id(line->name);
        return 0;
    }
    line->mark = resume_mark_of_input(input);
    return 0;
}

/* 1: an earlier run did it; 0: it is to be done; negative: the input has changed. */
static int look_back(struct stream *s, const struct batch_line *line,
                     struct berth_error *err)
{
    switch (resume_look(&s->resume, line->number, line->mark)) {
    case RESUME_DONE:
        return 1;
    case RESUME_CHANGED:
        return fail(err, BERTH_E_INVALID,
                    "--resume: line %llu%s%.130s is not what the results show there: the "
                    "input has changed, so start anew without --resume",
                    (unsigned long long)line->number, line->name ? ", " : "",
                    line->name ? line->name : "");
    default:
        return 0;
    }
}

static int confirm(struct stream *s, const json_t *input, struct berth_error *err)
{
    struct action_run *run = s->run;
    if (s->agreed || run->setup.dry_run != DRY_RUN_OFF ||
        !operation_needs_confirm(run->op, input))
        return 0;
    cleanup(prompt) struct prompt prompt;
    cleanup(text) struct text what;
    bool from_stdin = s->input.fd == STDIN_FILENO;
    prompt_init(&prompt, &run->app->talk, from_stdin);
    text_init(&what, 1000);
    text_add_format(&what, "%s (%s on '%s') for each line of %.300s", run->op->title,
                    run->op->id, run->link->connection.name, s->input.name);
    int r = prompt_confirm(&prompt, app_has(run->app, OPT_YES),
                           what.data ? what.data : run->op->id, err);
    s->agreed = r == 0;
    return r;
}

/* As it came, where it was JSON: numbers then keep all their digits. */
static int keep_input(struct batch_line *line, const struct record *record,
                      struct berth_error *err)
{
    if (record->text.len > 0) {
        text_add_str(&line->input, record->text);
        return text_failed(&line->input) ? fail_no_memory(err) : 0;
    }
    text_add_value(&line->input, record->value);
    return text_failed(&line->input) ? fail_no_memory(err) : 0;
}

/* The line was done before, or must not be done at all: nothing is written for it. */
static void pass_over(struct stream *s, struct batch_line *line)
{
    line->skipped = true;
    batch_finish(s->batch, line);
}

static int admit(struct stream *s, struct batch_line *line, const struct record *record,
                 struct berth_error *err)
{
    const json_t *input = record->value;
    struct subjects subjects = {s, line, err, 0};
    int r = confirm(s, input, err);
    if (r == 0)
        r = keep_input(line, record, err);
    if (r == 0)
        r = operation_each_subject(s->run->op, input, hold_subject, &subjects);
    if (r == 0)
        batch_admit(s->batch, line);
    return r;
}

/* Make the line ready to run, or done at once when it is invalid or was done before. When
 * a person says no, or the input is not the one it was, nothing more begins. */
static int prepare(struct stream *s, struct batch_line *line, const struct record *record,
                   struct berth_error *err)
{
    const json_t *input = record->value;
    struct berth_error problem = BERTH_ERROR_INIT;
    int r = identify(s, line, input, err);
    if (r == 0)
        r = look_back(s, line, err);
    if (r > 0) {
        s->progress.skipped++;
        pass_over(s, line);
        return 0;
    }
    if (r == 0 && operation_check_input(s->run->op, input, NULL, &problem) < 0) {
        add_failure(line, BERTH_E_INVALID, &problem);
        batch_finish(s->batch, line);
        return 0;
    }
    if (r == 0)
        r = admit(s, line, record, err);
    if (r != 0) {
        s->stopping = true;
        pass_over(s, line);
    }
    return r;
}

int stream_take(struct stream *s, struct record *record, struct berth_error *err)
{
    struct batch_line *line = NULL;
    json_auto_t *value = record->value;
    int r = batch_add(s->batch, record->number, &line, err);
    if (r < 0)
        return r;
    if (value)
        return prepare(s, line, record, err);
    add_failure(line, BERTH_E_INVALID, &record->problem);
    batch_finish(s->batch, line);
    return 0;
}

static int write_text(struct stream *s, struct text *lines)
{
    struct berth_str rest = text_str(lines);
    while (rest.len > 0) {
        const char *end = memchr(rest.ptr, '\n', rest.len);
        size_t len = end ? (size_t)(end - rest.ptr) : rest.len;
        int r = writer_add(&s->writer, (struct berth_str){rest.ptr, len});
        if (r < 0)
            return r;
        size_t used = end ? len + 1 : len;
        rest = (struct berth_str){rest.ptr + used, rest.len - used};
    }
    text_reset(lines);
    return 0;
}

/* Items of the first line go out at once, so that a listing of any length fits. */
static int emit(struct task *task, bool is_item, struct berth_str text)
{
    struct running *running = task->owner;
    struct batch_line *line = running->line;
    struct stream *s = running->stream;
    if (line->output.len > 0)
        text_add(&line->output, "\n");
    if (is_item) {
        text_add_format(&line->output,
                        "{\"line\":%llu,\"item\":", (unsigned long long)line->number);
        text_add_str(&line->output, text);
        text_add(&line->output, "}");
    } else {
        text_add_str(&line->output, text);
    }
    if (text_failed(&line->output))
        return fail_no_memory(&task->error);
    if (line == batch_first(s->batch))
        return write_text(s, &line->output);
    return 0;
}

static void add_outcome(struct batch_line *line, struct task *task)
{
    int outcome = task_outcome(task);
    if (line->output.len > 0)
        text_add(&line->output, "\n");
    if (outcome < 0) {
        add_failure(line, outcome, &task->error);
        return;
    }
    struct result_head head = head_of(line);
    result_add_head(&line->output, &head, outcome == 0 ? 0 : task->part_status);
    if (outcome > 0) {
        text_add(&line->output, ",\"error\":");
        result_add_error(&line->output, task->part_status, &task->error);
    }
    if (task->value.len > 0) {
        text_add(&line->output, ",\"result\":");
        text_add_str(&line->output, text_str(&task->value));
    }
    text_add(&line->output, "}");
    line->status = outcome;
}

static void forget(struct running *running)
{
    struct running **at = &running->stream->running;
    while (*at != running)
        at = &(*at)->next;
    *at = running->next;
    task_release(&running->task);
    free(running);
}

static void ended(struct task *task)
{
    struct running *running = task->owner;
    struct stream *s = running->stream;
    struct batch_line *line = running->line;
    if (!task->held)
        add_outcome(line, task);
    line->owner = NULL;
    batch_finish(s->batch, line);
    forget(running);
}

static int start_line(struct stream *s, struct batch_line *line, struct berth_error *err)
{
    struct berth_error problem = BERTH_ERROR_INIT;
    struct running *running = calloc(1, sizeof(*running));
    if (!running)
        return fail_no_memory(err);
    running->task = (struct task){.setup = &s->run->setup,
                                  .line = line->number,
                                  .emit = emit,
                                  .ended = ended,
                                  .owner = running};
    running->stream = s;
    running->line = line;
    running->next = s->running;
    s->running = running;
    line->owner = running;
    int r = task_begin(&running->task, text_str(&line->input), &problem);
    if (r == 0)
        return 0;
    add_failure(line, r, &problem);
    line->owner = NULL;
    batch_finish(s->batch, line);
    forget(running);
    return 0;
}

int stream_start(struct stream *s, struct berth_error *err)
{
    while (!s->stopping && batch_running(s->batch) < s->parallel) {
        struct batch_line *line = batch_start(s->batch);
        if (!line)
            return 0;
        int r = start_line(s, line, err);
        if (r < 0)
            return r;
    }
    return 0;
}

static int write_line(struct stream *s, struct batch_line *line, struct berth_error *err)
{
    if (text_failed(&line->output))
        return fail_no_memory(err);
    int r = write_text(s, &line->output);
    if (r < 0)
        return r;
    if (!line->skipped)
        exit_tally_add(&s->tally, line->status);
    s->progress.done++;
    s->progress.failed += line->status != 0;
    return 0;
}

/* Lines that an interrupt kept from running are passed over at the end. */
int stream_write(struct stream *s, struct berth_error *err)
{
    struct batch_line *line = NULL;
    while ((line = batch_first(s->batch)) != NULL) {
        if (line->state == BATCH_DONE) {
            int r = write_line(s, line, err);
            if (r < 0)
                return r;
            batch_drop_first(s->batch);
        } else if (s->stopping && line->state != BATCH_RUNNING) {
            batch_drop_waiting(s->batch);
        } else {
            if (line->output.len > 0)
                return write_text(s, &line->output);
            return 0;
        }
    }
    return 0;
}

void stream_cancel_all(struct stream *s)
{
    s->stopping = true;
    while (s->running)
        call_cancel(s->running->task.call);
}
