/* The commands: one table from which arguments are checked and help and completion are
 * made. Invariant: a noun's verbs stand together, and a command's name is in it once. */
#ifndef BERTH_CLI_COMMAND_H
#define BERTH_CLI_COMMAND_H

#include <stddef.h>
#include <stdint.h>

#include "berth_plugin.h"

struct app;

/* What an argument names, for completion and help. */
enum argument_kind {
    ARGUMENT_NONE = 0,
    ARGUMENT_CONNECTION,
    ARGUMENT_NEW_NAME,
    ARGUMENT_CONNECTOR,
    ARGUMENT_ACTION,
    ARGUMENT_TRIGGER,
    ARGUMENT_OPERATION
};

#define COMMAND_MAX_ARGUMENTS 2u

struct command {
    const char *noun;
    const char *verb;
    const char *arguments; /* as in the usage line */
    enum argument_kind kinds[COMMAND_MAX_ARGUMENTS];
    size_t min_arguments;
    size_t max_arguments;
    uint64_t options;  /* beyond the global ones */
    uint64_t unlisted; /* those of them that help leaves out */
    const char *summary;
    const char *text; /* more about it; each paragraph ends with a newline */

    /* An exit code, or a negative status; either with a sentence or with none, when there
     * is nothing more to say. */
    int (*run)(struct app *app, struct berth_error *err);
};

extern const struct command COMMANDS[];
extern const size_t COMMAND_COUNT;

/* The command that the first two words name. EXIT_USAGE with "did you mean". */
int command_find(const char *noun, const char *verb, const struct command **ret_command,
                 struct berth_error *err);

/* Are the words behind the command as many as it takes? EXIT_USAGE. */
int command_check_words(const struct command *command, size_t count,
                        const char *const *words, struct berth_error *err);

/* Is there a noun of this name? */
int command_check_noun(const char *noun, struct berth_error *err);

int run_action(struct app *app, struct berth_error *err);
int run_connection_add(struct app *app, struct berth_error *err);
int run_connection_list(struct app *app, struct berth_error *err);
int run_connection_show(struct app *app, struct berth_error *err);
int run_connection_set(struct app *app, struct berth_error *err);
int run_connection_test(struct app *app, struct berth_error *err);
int run_connection_remove(struct app *app, struct berth_error *err);
int run_connector_list(struct app *app, struct berth_error *err);
int run_connector_show(struct app *app, struct berth_error *err);
int run_connector_check(struct app *app, struct berth_error *err);
int run_store_rotate_key(struct app *app, struct berth_error *err);
int run_trigger(struct app *app, struct berth_error *err);

#endif
