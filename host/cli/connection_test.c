/* The command `berth connection test`: runs the action that the manifest names for it and
 * shows what it found. */
#include <string.h>

#include "host/cli/command.h"
#include "host/cli/exit_code.h"
#include "host/cli/interrupt.h"
#include "host/cli/link.h"
#include "host/cli/table.h"
#include "host/cli/task.h"
#include "host/suggest.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

/* Somebody waits for the answer, and that it is unreachable is one. */
#define RETRY_MS 5000

struct probe {
    struct app *app;
    struct link *link;
    const struct credential *credential;
    struct task_setup setup;
    bool ended;
};

static int emit(struct task *task, bool is_item, struct berth_str text)
{
    (void)task;
    (void)is_item;
    (void)text; /* what a test lists is of no interest: that it could is */
    return 0;
}

static void ended(struct task *task)
{
    struct probe *probe = task->owner;
    probe->ended = true;
}

/* Is it a right that such a key can have? */
static int check_right(const struct probe *probe, const char *right,
                       struct berth_error *err)
{
    struct suggest near;
    const char *name = NULL;
    json_t *ignored = NULL;
    json_t *rights = json_object_get(probe->credential->json, "permissions");
    if (json_object_get(rights, right))
        return 0;
    suggest_init(&near, right);
    json_object_foreach(rights, name, ignored) suggest_offer(&near, name);
    if (near.best)
        return fail_usage(err, "--require: there is no right '%.60s': did you mean '%s'?",
                          right, near.best);
    return fail_usage(err,
                      "--require: there is no right '%.60s': see berth connector "
                      "show %s",
                      right, probe->link->connection.connector);
}

static int check_rights(const struct probe *probe, struct berth_error *err)
{
    const struct args *args = probe->app->args;
    int r = 0;
    for (size_t i = 0; i < args->option_count && r == 0; i++)
        if (args->options[i].id == OPT_REQUIRE)
            r = check_right(probe, args->options[i].value, err);
    return r;
}

static const char *member_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static int print_rights(struct app *app, const json_t *rights, struct berth_error *err)
{
    static const char *const TITLES[] = {"RIGHT", "STATE", "REASON"};
    cleanup(table) struct table table = {0};
    size_t i = 0;
    json_t *right = NULL;
    int r = table_init(&table, &app->out, TITLES, 3, err);
    table.wrap = true;
    json_array_foreach(rights, i, right)
    {
        const char *cells[] = {member_of(right, "right"), member_of(right, "state"),
                               member_of(right, "reason")};
        if (r == 0)
            r = table_row(&table, cells);
    }
    return r == 0 ? table_end(&table) : r;
}

static void say_findings(struct app *app, const json_t *findings)
{
    size_t i = 0;
    json_t *finding = NULL;
    json_array_foreach(findings, i, finding)
    {
        const char *problem = member_of(finding, "problem");
        const char *remedy = member_of(finding, "remedy");
        bool info = strcmp(member_of(finding, "level"), "info") == 0;
        bool ends = str_ends_with_fold(str_from(problem), STR("."));
        const char *gap = remedy[0] == '\0' ? "" : ends ? " " : ": ";
        if (info)
            talk_say(&app->talk, "%s%s%s", problem, gap, remedy);
        else
            talk_warn(&app->talk, "%s%s%s", problem, gap, remedy);
    }
}

static int print(struct app *app, const json_t *result, struct berth_error *err)
{
    const json_t *rights = json_object_get(result, "rights");
    say_findings(app, json_object_get(result, "findings"));
    if (app->out.format != OUTPUT_TABLE)
        return output_json(&app->out, result);
    if (json_array_size(rights) > 0)
        return print_rights(app, rights, err);
    return json_is_object(result) ? table_object(&app->out, result, err) : 0;
}

static const json_t *find_right(const json_t *result, const char *name)
{
    size_t i = 0;
    json_t *right = NULL;
    json_array_foreach(json_object_get(result, "rights"), i, right)
    {
        if (strcmp(member_of(right, "right"), name) == 0)
            return right;
    }
    return NULL;
}

static int require(const struct probe *probe, const json_t *result,
                   struct berth_error *err)
{
    const struct args *args = probe->app->args;
    for (size_t i = 0; i < args->option_count; i++) {
        if (args->options[i].id != OPT_REQUIRE)
            continue;
        const char *name = args->options[i].value;
        const json_t *right = find_right(result, name);
        const char *state = member_of(right, "state");
        if (strcmp(state, "granted") == 0)
            continue;
        bool missing = strcmp(state, "missing") == 0;
        return fail(err, BERTH_E_AUTH,
                    missing ? "the key lacks the right %s: add it to the policy, or use "
                              "another policy's key"
                            : "whether the key has the right %s cannot be shown",
                    name);
    }
    return 0;
}

/* It does not accept the key when it refused something; else nobody knows. */
static int fail_not_accepted(const struct probe *probe, const json_t *result,
                             struct berth_error *err)
{
    const char *name = probe->link->connection.name;
    const json_t *rights = json_object_get(result, "rights");
    bool refused = json_array_size(rights) == 0;
    size_t i = 0;
    json_t *right = NULL;
    json_array_foreach(rights, i, right) refused =
        refused || strcmp(member_of(right, "state"), "missing") == 0;
    if (refused)
        return fail(err, BERTH_E_AUTH, "the service does not accept the key of '%s'",
                    name);
    return fail(err, BERTH_E_PROTOCOL,
                "whether the service accepts the key of '%s' cannot be shown", name);
}

static int judge(const struct probe *probe, struct task *task, struct berth_error *err)
{
    if (task->status < 0) {
        *err = task->error;
        if (err->message[0] == '\0')
            (void)fail(err, task->status, "the test was interrupted");
        return task->status;
    }
    json_auto_t *result =
        json_loadb(task->value.data, task->value.len, JSON_DECODE_ANY, NULL);
    int r = result ? print(probe->app, result, err) : 0;
    if (!result && task->value.len == 0)
        talk_say(&probe->app->talk, "%s: done, the service accepts the connection",
                 probe->setup.op->id);
    if (r == 0 && json_is_false(json_object_get(result, "accepted")))
        r = fail_not_accepted(probe, result, err);
    return r == 0 ? require(probe, result, err) : r;
}

static int run_task(struct probe *probe, struct berth_error *err)
{
    struct task task = {
        .setup = &probe->setup, .emit = emit, .ended = ended, .owner = probe};
    int r = task_begin(&task, STR("{}"), err);
    while (r >= 0 && !probe->ended) {
        r = session_wait(probe->setup.session, -1, interrupt_fd(), err);
        if ((r < 0 || interrupt_came()) && !probe->ended)
            call_cancel(task.call);
    }
    if (r >= 0)
        r = judge(probe, &task, err);
    task_release(&task);
    return r;
}

static int begin(struct probe *probe, struct berth_error *err)
{
    int r = manifest_credential_by_kind(
        probe->link->manifest, probe->link->connection.kind, &probe->credential, err);
    if (r == 0)
        r = check_rights(probe, err);
    if (r != 0)
        return r;
    const char *action = probe->credential->test_action;
    if (!action)
        return fail(err, BERTH_E_UNSUPPORTED, "connector %s has no test",
                    probe->link->connection.connector);
    r = manifest_operation_by_id(probe->link->manifest, OPERATION_ACTION, action,
                                 &probe->setup.op, err);
    probe->setup.mask = (struct result_mask){.op = probe->setup.op};
    probe->link->retry_for_ms = RETRY_MS;
    if (r == 0)
        r = link_connect(probe->link, 0, err);
    probe->setup.session = probe->link->session;
    return r;
}

int run_connection_test(struct app *app, struct berth_error *err)
{
    cleanup(link) struct link link = {0};
    struct probe probe = {.app = app, .link = &link};
    int r = args_seconds_ms(app->args, OPT_TIMEOUT, &probe.setup.deadline_ms, err);
    if (r == 0)
        r = link_open(&link, app, app_word(app, 0), err);
    if (r == 0)
        r = begin(&probe, err);
    if (r == 0)
        r = run_task(&probe, err);
    return r;
}
