#include "host/cli/command.h"

#include <string.h>

#include "host/cli/app.h"
#include "host/cli/exit_code.h"
#include "host/suggest.h"

#define OPTION(name) OPTION_BIT(OPT_##name)
#define FORM_OPTIONS                                                                     \
    (OPTION(PASTE) | OPTION(SET) | OPTION(SECRET) | OPTION(CA_FILE) | OPTION(PROXY) |    \
     OPTION(LIMIT))

const struct command COMMANDS[] = {
    {
        .noun = "connector",
        .verb = "list",
        .arguments = "",
        .options = OPTION(OUTPUT),
        .summary = "list the connectors that were found",
        .text = "Connectors are looked for in the folders of --connector-path, then "
                "beside the program, then in the installation.\n",
        .run = run_connector_list,
    },
    {
        .noun = "connector",
        .verb = "show",
        .arguments = "ID [OPERATION]",
        .kinds = {ARGUMENT_CONNECTOR, ARGUMENT_OPERATION},
        .min_arguments = 1,
        .max_arguments = 2,
        .options = OPTION(OUTPUT),
        .summary = "show what a connector offers, or one operation",
        .text = "With -o json the manifest itself (or the operation's part of it).\n",
        .run = run_connector_show,
    },
    {
        .noun = "connector",
        .verb = "check",
        .arguments = "[ID|FILE.json|FILE.so]",
        .kinds = {ARGUMENT_CONNECTOR},
        .max_arguments = 1,
        .summary = "check a manifest and load its connector",
        .text = "Without an argument all connectors that were found are checked.\n",
        .run = run_connector_check,
    },
    {
        .noun = "connection",
        .verb = "add",
        .arguments = "NAME",
        .kinds = {ARGUMENT_NEW_NAME},
        .min_arguments = 1,
        .max_arguments = 1,
        .options = OPTION(CONNECTOR) | OPTION(KIND) | FORM_OPTIONS,
        .summary = "make a connection: a connector and credentials",
        .text = "On a terminal it asks for what is missing; secrets are not shown "
                "while they are typed. Secrets are never taken from the command line: "
                "--secret reads them from stdin (-), a file (@FILE) or the "
                "environment (env:VAR). They are kept encrypted.\n",
        .run = run_connection_add,
    },
    {
        .noun = "connection",
        .verb = "list",
        .arguments = "",
        .options = OPTION(OUTPUT),
        .summary = "list the connections",
        .text = "",
        .run = run_connection_list,
    },
    {
        .noun = "connection",
        .verb = "show",
        .arguments = "NAME",
        .kinds = {ARGUMENT_CONNECTION},
        .min_arguments = 1,
        .max_arguments = 1,
        .options = OPTION(OUTPUT),
        .summary = "show a connection, without its secrets",
        .text = "",
        .run = run_connection_show,
    },
    {
        .noun = "connection",
        .verb = "set",
        .arguments = "NAME",
        .kinds = {ARGUMENT_CONNECTION},
        .min_arguments = 1,
        .max_arguments = 1,
        .options = FORM_OPTIONS | OPTION(UNSET),
        .summary = "change fields of a connection",
        .text = "Fields that are not named stay. --ca-file '' and --proxy '' take "
                "them away; --limit 0 is the connector's own limit again.\n",
        .run = run_connection_set,
    },
    {
        .noun = "connection",
        .verb = "test",
        .arguments = "NAME",
        .kinds = {ARGUMENT_CONNECTION},
        .min_arguments = 1,
        .max_arguments = 1,
        .options = OPTION(OUTPUT) | OPTION(REQUIRE) | OPTION(TIMEOUT),
        .summary = "ask the service whether it accepts the key, and for what",
        .text = "Changes nothing at the service. Exits with 0 when the key is "
                "accepted, with 6 when it is refused, or when it lacks a right that "
                "--require names.\n",
        .run = run_connection_test,
    },
    {
        .noun = "connection",
        .verb = "remove",
        .arguments = "NAME",
        .kinds = {ARGUMENT_CONNECTION},
        .min_arguments = 1,
        .max_arguments = 1,
        .summary = "remove a connection, its secrets and its subscriptions",
        .text = "Nothing changes at the service. Asks first; without a terminal it "
                "needs --yes.\n",
        .run = run_connection_remove,
    },
    {
        .noun = "action",
        .verb = "run",
        .arguments = "CONNECTION ACTION",
        .kinds = {ARGUMENT_CONNECTION, ARGUMENT_ACTION},
        .min_arguments = 2,
        .max_arguments = 2,
        .options = OPTION(INPUT) | OPTION(OUTPUT) | OPTION(CSV) | OPTION(PARALLEL) |
                   OPTION(DRY_RUN) | OPTION(RESUME) | OPTION(TIMEOUT) |
                   OPTION(SHOW_SECRETS),
        .summary = "perform an action, once or for each line of the input",
        .text = "-i '{...}' performs it once and prints the bare result; so does no "
                "input, which is {}. -i @FILE and -i - take a stream: one JSON object "
                "a line, one object that spans lines, an array of objects, or CSV. "
                "Each line gives one result line, in the order of the input: "
                "{\"line\":1,\"status\":\"ok\",\"result\":...}. Lines that name the "
                "same id are carried out one after the other.\n"
                "berth action run CONNECTION ACTION --help shows an action's inputs.\n",
        .run = run_action,
    },
    {
        .noun = "store",
        .verb = "rotate-key",
        .arguments = "",
        .options = OPTION(TO),
        .summary = "encrypt all secrets under new keys",
        .text = "The key file is replaced, and so is the key inside the store that it "
                "protects. Other processes may go on working; killed at any moment, "
                "no secret is lost. A key that comes from the environment or from "
                "systemd is changed with --to.\n",
        .run = run_store_rotate_key,
    },
    {
        .noun = "trigger",
        .verb = "poll",
        .arguments = "CONNECTION TRIGGER",
        .kinds = {ARGUMENT_CONNECTION, ARGUMENT_TRIGGER},
        .min_arguments = 2,
        .max_arguments = 2,
        .options = OPTION(INPUT) | OPTION(START) | OPTION(PEEK) | OPTION(FOLLOW) |
                   OPTION(INTERVAL) | OPTION(TIMEOUT) | OPTION(OUTPUT),
        .unlisted = OPTION(OUTPUT),
        .summary = "print what has changed since the last poll, as CloudEvents",
        .text =
            "Prints one JSON object a line and nothing else on stdout. Events are kept "
            "until\n"
            "they were written out: killed at any moment, none is lost, and one that is "
            "printed\n"
            "twice has the same id. A subscription is the connection, the trigger and "
            "the\n"
            "input.\n"
            "berth trigger poll CONNECTION TRIGGER --help shows a trigger's inputs.\n",
        .run = run_trigger,
    },
};
const size_t COMMAND_COUNT = sizeof(COMMANDS) / sizeof(COMMANDS[0]);

int command_check_noun(const char *noun, struct berth_error *err)
{
    struct suggest near;
    suggest_init(&near, noun);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(COMMANDS[i].noun, noun) == 0)
            return 0;
        suggest_offer(&near, COMMANDS[i].noun);
    }
    if (near.best)
        return fail_usage(err, "there is no command '%.60s': did you mean '%s'?", noun,
                          near.best);
    return fail_usage(err, "there is no command '%.60s': see berth --help", noun);
}

int command_find(const char *noun, const char *verb, const struct command **ret_command,
                 struct berth_error *err)
{
    int r = command_check_noun(noun, err);
    if (r != 0)
        return r;
    if (!verb)
        return fail_usage(err, "berth %s does nothing by itself: see berth %s --help",
                          noun, noun);
    struct suggest near;
    suggest_init(&near, verb);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(COMMANDS[i].noun, noun) != 0)
            continue;
        if (strcmp(COMMANDS[i].verb, verb) == 0) {
            *ret_command = &COMMANDS[i];
            return 0;
        }
        suggest_offer(&near, COMMANDS[i].verb);
    }
    if (near.best)
        return fail_usage(err, "berth %s cannot '%.60s': did you mean 'berth %s %s'?",
                          noun, verb, noun, near.best);
    return fail_usage(err, "berth %s cannot '%.60s': see berth %s --help", noun, verb,
                      noun);
}

int command_check_words(const struct command *command, size_t count,
                        const char *const *words, struct berth_error *err)
{
    if (count < command->min_arguments)
        return fail_usage(err, "berth %s %s needs %s: see berth %s %s --help",
                          command->noun, command->verb, command->arguments, command->noun,
                          command->verb);
    if (count > command->max_arguments)
        return fail_usage(err, "berth %s %s: '%.60s' is one word too many: see --help",
                          command->noun, command->verb, words[command->max_arguments]);
    return 0;
}
