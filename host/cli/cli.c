#include "host/cli/cli.h"

#include "config.h"

#include <string.h>

#include "host/cli/app.h"
#include "host/cli/command.h"
#include "host/cli/complete.h"
#include "host/cli/exit_code.h"
#include "host/cli/help.h"
#include "host/cli/interrupt.h"
#include "host/cli/link.h"
#include "host/cli/process.h"
#include "host/manifest.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

#define MAX_PAGE (1024u * 1024)
#define COMMAND_WORDS 2u

static int print_page(struct app *app, struct text *page, struct berth_error *err)
{
    if (text_failed(page))
        return fail_no_memory(err);
    (void)output_write(&app->out, text_str(page)); /* output_finish() says it */
    return 0;
}

/* The page on the operation that the words name, from its manifest. */
static int add_operation(struct app *app, const struct command *command,
                         struct text *page, struct berth_error *err)
{
    enum operation_kind kind =
        command->kinds[1] == ARGUMENT_ACTION ? OPERATION_ACTION : OPERATION_TRIGGER;
    cleanup(manifest) struct manifest *manifest = NULL;
    const struct operation *op = NULL;
    int r = link_manifest(app, app_word(app, 0), &manifest, err);
    if (r == 0)
        r = manifest_operation_by_id(manifest, kind, app_word(app, 1), &op, err);
    if (r < 0)
        return r;
    cleanup(text) struct text usage;
    text_init(&usage, 1000);
    text_add_format(&usage, "berth %s %s %s %s", command->noun, command->verb,
                    app_word(app, 0), op->id);
    help_operation(page, op, usage.data ? usage.data : "");
    return 0;
}

/* Help for as much of a command as the words name. */
static int show_help(struct app *app, const struct args *args, struct berth_error *err)
{
    cleanup(text) struct text page;
    text_init(&page, MAX_PAGE);
    if (args->word_count == 0) {
        help_program(&page);
        return print_page(app, &page, err);
    }
    const struct command *command = NULL;
    int r = 0;
    if (args->word_count == 1) {
        r = command_check_noun(args->words[0], err);
        help_noun(&page, args->words[0]);
    } else {
        r = command_find(args->words[0], args->words[1], &command, err);
        bool operation = command && (command->kinds[1] == ARGUMENT_ACTION ||
                                     command->kinds[1] == ARGUMENT_TRIGGER);
        if (r == 0 && operation && app->word_count == 2)
            r = add_operation(app, command, &page, err);
        else if (r == 0)
            help_command(&page, command);
    }
    return r == 0 ? print_page(app, &page, err) : r;
}

static int run_command(struct app *app, const struct args *args, struct berth_error *err)
{
    const struct command *command = NULL;
    int r = command_find(args->words[0], args->word_count > 1 ? args->words[1] : NULL,
                         &command, err);
    if (r != 0)
        return r;
    char name[64];
    (void)snprintf(name, sizeof(name), "berth %s %s", command->noun, command->verb);
    r = args_check_options(args, OPTIONS_GLOBAL | command->options, name, err);
    if (r == 0)
        r = command_check_words(command, app->word_count, app->words, err);
    if (r == 0)
        r = interrupt_init(err);
    return r == 0 ? command->run(app, err) : r;
}

static int dispatch(struct app *app, struct args *args, struct berth_error *err)
{
    if (app_has(app, OPT_VERSION)) {
        (void)output_line(&app->out, STR("berth " PACKAGE_VERSION)); /* said at the end */
        return 0;
    }
    if (app_has(app, OPT_HELP))
        return show_help(app, args, err);
    if (args->word_count > 0)
        return run_command(app, args, err);
    cleanup(text) struct text page;
    text_init(&page, MAX_PAGE);
    help_program(&page);
    (void)fputs(page.data ? page.data : "", stderr); /* the exit code says it, too */
    return EXIT_USAGE;
}

/* "help NOUN VERB" is "NOUN VERB --help". */
static void take_help_word(struct args *args)
{
    if (args->word_count == 0 || strcmp(args->words[0], "help") != 0)
        return;
    args->word_count--;
    memmove(args->words, args->words + 1, args->word_count * sizeof(*args->words));
    args->given |= OPTION_BIT(OPT_HELP);
}

/* An operation that was stopped because stdout had gone has no message of its own. */
static int finish(struct app *app, int r, struct berth_error *err)
{
    if (app->out.error != 0 && r == BERTH_E_CANCELED)
        err->message[0] = '\0';
    if (r == BERTH_E_NO_MEMORY && err->message[0] == '\0')
        (void)fail_no_memory(err); /* what only writes has no place for a sentence */
    int written = output_finish(&app->out, err);
    if (written != 0 && (r == 0 || r == BERTH_E_CANCELED))
        r = written;
    if (r != 0 && err->message[0] != '\0')
        talk_error(&app->talk, "%s", err->message);
    app_release(app);
    return exit_code_from_status(r);
}

int cli_run(const struct cli_start *start)
{
    process_prepare();
    if (start->argc > 1 && strcmp(start->argv[1], COMPLETE_WORD) == 0)
        return complete_run(start);
    struct berth_error err = BERTH_ERROR_INIT;
    struct args args;
    struct app app;
    int argc = start->argc > 0 ? start->argc - 1 : 0;
    int r = args_parse(argc, start->argv + 1, &args, &err);
    take_help_word(&args);
    app_init(&app, &args, COMMAND_WORDS, start->env);
    if (r == 0)
        r = dispatch(&app, &args, &err);
    r = finish(&app, r, &err);
    args_release(&args);
    return r;
}
