#include "host/cli/action.h"

#include "host/cli/command.h"
#include "host/cli/exit_code.h"
#include "host/cli/input.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"

#define PARALLEL_DEFAULT 8
#define PARALLEL_MAX 256

/* Options that make sense only for a stream. */
static int check_options(struct app *app, struct berth_error *err)
{
    static const enum option_id STREAM_ONLY[] = {OPT_CSV, OPT_RESUME};
    if (input_is_stream(app_value(app, OPT_INPUT)))
        return 0;
    for (size_t i = 0; i < sizeof(STREAM_ONLY) / sizeof(STREAM_ONLY[0]); i++)
        if (app_has(app, STREAM_ONLY[i]))
            return fail_usage(err, "--%s needs a stream: give -i @FILE or -i -",
                              option_spec(STREAM_ONLY[i])->name);
    return 0;
}

static int carry_out(struct action_run *run, struct berth_error *err)
{
    const char *spec = app_value(run->app, OPT_INPUT);
    bool show_secrets = app_has(run->app, OPT_SHOW_SECRETS);
    run->setup.mask = (struct result_mask){run->op, show_secrets};
    if (run->op->deprecated)
        talk_warn(&run->app->talk, "%s is deprecated: %s", run->op->id,
                  run->op->deprecated);
    return input_is_stream(spec) ? action_run_stream(run, spec, err)
                                 : action_run_single(run, spec, err);
}

int run_action(struct app *app, struct berth_error *err)
{
    int64_t parallel = PARALLEL_DEFAULT;
    struct action_run run = {.app = app};
    cleanup(link) struct link link = {0};
    int r = args_integer(app->args, OPT_PARALLEL, 1, PARALLEL_MAX, &parallel, err);
    if (r == 0)
        r = args_seconds_ms(app->args, OPT_TIMEOUT, &run.setup.deadline_ms, err);
    if (r == 0)
        r = check_options(app, err);
    if (r == 0)
        r = link_open(&link, app, app_word(app, 0), err);
    if (r == 0)
        r = manifest_operation_by_id(link.manifest, OPERATION_ACTION, app_word(app, 1),
                                     &run.op, err);
    if (r != 0)
        return r;
    run.link = &link;
    run.parallel = (uint32_t)parallel;
    run.setup.op = run.op;
    if (app_has(app, OPT_DRY_RUN))
        run.setup.dry_run = dry_run_mode(app_value(app, OPT_DRY_RUN));
    return carry_out(&run, err);
}
