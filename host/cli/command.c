#include "host/cli/command.h"

#include <string.h>

#include "host/cli/app.h"
#include "host/cli/exit_code.h"
#include "host/schema/suggest.h"

#define OPTION(name) OPTION_BIT(OPT_##name)
#define FORM_OPTIONS                                                                     \
    (OPTION(PASTE) | OPTION(SET) | OPTION(SECRET) | OPTION(CA_FILE) | OPTION(PROXY) |    \
     OPTION(LIMIT))

const struct command COMMANDS[] = {
    {"connector",
     "list",
     "",
     {ARGUMENT_NONE},
     0,
     0,
     OPTION(OUTPUT),
     "list the connectors that were found",
     "Connectors are looked for in the folders of --connector-path, then beside the\n"
     "program, then in the installation.\n",
     run_connector_list,
     0},
    {"connector",
     "show",
     "ID [OPERATION]",
     {ARGUMENT_CONNECTOR, ARGUMENT_OPERATION},
     1,
     2,
     OPTION(OUTPUT),
     "show what a connector offers, or one operation",
     "With -o json the manifest itself (or the operation's part of it).\n",
     run_connector_show,
     0},
    {"connector",
     "check",
     "[ID|FILE.json|FILE.so]",
     {ARGUMENT_CONNECTOR},
     0,
     1,
     0,
     "check a manifest and load its connector",
     "Without an argument all connectors that were found are checked.\n",
     run_connector_check,
     0},
    {"connection",
     "add",
     "NAME",
     {ARGUMENT_NEW_NAME},
     1,
     1,
     OPTION(CONNECTOR) | OPTION(KIND) | FORM_OPTIONS,
     "make a connection: a connector and credentials",
     "On a terminal it asks for what is missing; secrets are not shown while they are\n"
     "typed. Secrets are never taken from the command line: --secret reads them from\n"
     "stdin (-), a file (@FILE) or the environment (env:VAR). They are kept encrypted.\n",
     run_connection_add,
     0},
    {"connection",
     "list",
     "",
     {ARGUMENT_NONE},
     0,
     0,
     OPTION(OUTPUT),
     "list the connections",
     "",
     run_connection_list,
     0},
    {"connection",
     "show",
     "NAME",
     {ARGUMENT_CONNECTION},
     1,
     1,
     OPTION(OUTPUT),
     "show a connection, without its secrets",
     "",
     run_connection_show,
     0},
    {"connection",
     "set",
     "NAME",
     {ARGUMENT_CONNECTION},
     1,
     1,
     FORM_OPTIONS | OPTION(UNSET),
     "change fields of a connection",
     "Fields that are not named stay. --ca-file '' and --proxy '' take them away;\n"
     "--limit 0 is the connector's own limit again.\n",
     run_connection_set,
     0},
    {"connection",
     "test",
     "NAME",
     {ARGUMENT_CONNECTION},
     1,
     1,
     OPTION(OUTPUT) | OPTION(REQUIRE) | OPTION(TIMEOUT),
     "ask the service whether it accepts the key, and for what",
     "Changes nothing at the service. Exits with 0 when the key is accepted, with 6 "
     "when\n"
     "it is refused, or when it lacks a right that --require names.\n",
     run_connection_test,
     0},
    {"connection",
     "remove",
     "NAME",
     {ARGUMENT_CONNECTION},
     1,
     1,
     0,
     "remove a connection, its secrets and its subscriptions",
     "Nothing changes at the service. Asks first; without a terminal it needs --yes.\n",
     run_connection_remove,
     0},
    {"action",
     "run",
     "CONNECTION ACTION",
     {ARGUMENT_CONNECTION, ARGUMENT_ACTION},
     2,
     2,
     OPTION(INPUT) | OPTION(OUTPUT) | OPTION(CSV) | OPTION(PARALLEL) | OPTION(DRY_RUN) |
         OPTION(RESUME) | OPTION(TIMEOUT) | OPTION(SHOW_SECRETS),
     "perform an action, once or for each line of the input",
     "-i '{...}' performs it once and prints the bare result; so does no input, which "
     "is\n"
     "{}. -i @FILE and -i - take a stream: one JSON object a line, one object that "
     "spans\n"
     "lines, an array of objects, or CSV. Each line gives one result line, in the order\n"
     "of the input: {\"line\":1,\"status\":\"ok\",\"result\":...}. Lines that name the "
     "same\n"
     "id are carried out one after the other.\n"
     "berth action run CONNECTION ACTION --help shows an action's inputs.\n",
     run_action,
     0},
    {"store",
     "rotate-key",
     "",
     {ARGUMENT_NONE},
     0,
     0,
     OPTION(TO),
     "encrypt all secrets under new keys",
     "The key file is replaced, and so is the key inside the store that it protects.\n"
     "Other processes may go on working; killed at any moment, no secret is lost. A key\n"
     "that comes from the environment or from systemd is changed with --to.\n",
     run_store_rotate_key,
     0},
    {"trigger",
     "poll",
     "CONNECTION TRIGGER",
     {ARGUMENT_CONNECTION, ARGUMENT_TRIGGER},
     2,
     2,
     OPTION(INPUT) | OPTION(START) | OPTION(PEEK) | OPTION(FOLLOW) | OPTION(INTERVAL) |
         OPTION(TIMEOUT) | OPTION(OUTPUT),
     "print what has changed since the last poll, as CloudEvents",
     "Prints one JSON object a line and nothing else on stdout. Events are kept until\n"
     "they were written out: killed at any moment, none is lost, and one that is "
     "printed\n"
     "twice has the same id. A subscription is the connection, the trigger and the\n"
     "input.\n"
     "berth trigger poll CONNECTION TRIGGER --help shows a trigger's inputs.\n",
     run_trigger,
     OPTION(OUTPUT)},
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
