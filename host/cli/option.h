/* The options of the command line: one table for all commands, so that an option means
 * the same and takes the same kind of value wherever it stands. Invariant: an option's id
 * is its place in the table and its bit in a set. */
#ifndef BERTH_CLI_OPTION_H
#define BERTH_CLI_OPTION_H

#include <stddef.h>
#include <stdint.h>

#include "berth_plugin.h"

enum option_id {
    OPT_HELP,
    OPT_VERSION,
    OPT_HOME,
    OPT_CONNECTOR_PATH,
    OPT_VERBOSE,
    OPT_QUIET,
    OPT_NO_COLOR,
    OPT_YES,
    OPT_OUTPUT,
    OPT_INPUT,
    OPT_CSV,
    OPT_PARALLEL,
    OPT_DRY_RUN,
    OPT_RESUME,
    OPT_TIMEOUT,
    OPT_SHOW_SECRETS,
    OPT_START,
    OPT_PEEK,
    OPT_FOLLOW,
    OPT_INTERVAL,
    OPT_CONNECTOR,
    OPT_KIND,
    OPT_PASTE,
    OPT_SET,
    OPT_UNSET,
    OPT_SECRET,
    OPT_CA_FILE,
    OPT_PROXY,
    OPT_LIMIT,
    OPT_REQUIRE,
    OPT_TO,
    OPTION_COUNT
};

#define OPTION_BIT(id) (UINT64_C(1) << (id))

/* Those that every command takes. */
#define OPTIONS_GLOBAL                                                                   \
    (OPTION_BIT(OPT_HELP) | OPTION_BIT(OPT_VERSION) | OPTION_BIT(OPT_HOME) |             \
     OPTION_BIT(OPT_CONNECTOR_PATH) | OPTION_BIT(OPT_VERBOSE) | OPTION_BIT(OPT_QUIET) |  \
     OPTION_BIT(OPT_NO_COLOR) | OPTION_BIT(OPT_YES))

enum option_flag {
    OPTION_REPEATS = 1u << 0,       /* may be given several times */
    OPTION_VALUE_OPTIONAL = 1u << 1 /* --name or --name=VALUE, never --name VALUE */
};

struct option_spec {
    const char *name;    /* without dashes */
    char letter;         /* 0: none */
    const char *value;   /* what stands for the value in help; null: takes none */
    const char *choices; /* "a|b|c", or null */
    unsigned flags;
    const char *help;
};

/* Never fails for an id of the enumeration. */
const struct option_spec *option_spec(enum option_id id);

/* OPTION_COUNT when there is none of that name (of that letter). */
enum option_id option_by_name(struct berth_str name);
enum option_id option_by_letter(char letter);

#endif
