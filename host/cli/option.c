#include "host/cli/option.h"

#include "sdk/str.h"

static const struct option_spec OPTIONS[OPTION_COUNT] = {
    [OPT_HELP] = {"help", 'h', NULL, NULL, 0, "show help for what stands before it"},
    [OPT_VERSION] = {"version", 0, NULL, NULL, 0, "show the version"},
    [OPT_HOME] = {"home", 0, "DIR", NULL, 0,
                  "where connections and state are kept ($BERTH_HOME)"},
    [OPT_CONNECTOR_PATH] = {"connector-path", 0, "DIRS", NULL, 0,
                            "more folders with connectors, separated by colons "
                            "($BERTH_CONNECTOR_PATH)"},
    [OPT_VERBOSE] = {"verbose", 'v', NULL, NULL, 0,
                     "show each request and answer on stderr, secrets masked"},
    [OPT_QUIET] = {"quiet", 'q', NULL, NULL, 0,
                   "no talk on stderr but errors and warnings"},
    [OPT_NO_COLOR] = {"no-color", 0, NULL, NULL, 0, "no colours ($NO_COLOR)"},
    [OPT_YES] = {"yes", 'y', NULL, NULL, 0, "do not ask before doing it"},
    [OPT_OUTPUT] = {"output", 'o', "FORMAT", "table|json|ndjson", 0,
                    "table, json or ndjson (default: table on a terminal, else ndjson)"},
    [OPT_INPUT] = {"input", 'i', "JSON|@FILE|-", NULL, 0,
                   "the input: JSON, a file with it, or - for stdin"},
    [OPT_CSV] = {"csv", 0, NULL, NULL, 0,
                 "the input file is CSV; its first row names the fields"},
    [OPT_PARALLEL] = {"parallel", 0, "N", NULL, 0,
                      "operations in flight at most, 1 to 256 (default 8)"},
    [OPT_DRY_RUN] = {"dry-run", 0, "read", "read", OPTION_VALUE_OPTIONAL,
                     "show the requests and send none; =read sends those that only read"},
    [OPT_RESUME] = {"resume", 0, "RESULTS", NULL, 0,
                    "skip the lines that this earlier output shows as ok"},
    [OPT_TIMEOUT] = {"timeout", 0, "SECONDS", NULL, 0,
                     "give an operation or a poll up after so long"},
    [OPT_SHOW_SECRETS] = {"show-secrets", 0, NULL, NULL, 0, "print secrets in clear"},
    [OPT_START] = {"start", 0, "now|all", "now|all", 0,
                   "what a first poll reports: nothing (a baseline), or all there is"},
    [OPT_PEEK] = {"peek", 0, NULL, NULL, 0, "show the events and keep them"},
    [OPT_FOLLOW] = {"follow", 0, NULL, NULL, 0, "poll again and again"},
    [OPT_INTERVAL] = {"interval", 0, "SECONDS", NULL, 0,
                      "between polls (default: the trigger's own)"},
    [OPT_CONNECTOR] = {"connector", 0, "ID", NULL, 0, "the connector to use"},
    [OPT_KIND] = {"kind", 0, "KIND", NULL, 0,
                  "kind of credentials (default: the connector's first)"},
    [OPT_PASTE] = {"paste", 0, "-|@FILE", NULL, 0,
                   "fill the form from a connection string on stdin or in a file"},
    [OPT_SET] = {"set", 0, "FIELD=VALUE", NULL, OPTION_REPEATS, "fill in a field"},
    [OPT_UNSET] = {"unset", 0, "FIELD", NULL, OPTION_REPEATS, "empty a field"},
    [OPT_SECRET] = {"secret", 0, "FIELD=-|@FILE|env:VAR", NULL, OPTION_REPEATS,
                    "fill in a secret field from stdin, a file or the environment"},
    [OPT_CA_FILE] = {"ca-file", 0, "FILE", NULL, 0,
                     "trust these certificates instead of the system's"},
    [OPT_PROXY] = {"proxy", 0, "URL", NULL, 0, "go through this proxy"},
    [OPT_LIMIT] = {"limit", 0, "off|N", NULL, 0,
                   "requests a minute instead of the connector's own limit"},
    [OPT_REQUIRE] = {"require", 0, "RIGHT", NULL, OPTION_REPEATS,
                     "exit with 6 when the key lacks this right"},
    [OPT_TO] = {"to", 0, "@FILE|env:VAR", NULL, 0,
                "go over to this key (a file is made when there is none)"},
};

const struct option_spec *option_spec(enum option_id id)
{
    return &OPTIONS[id];
}

enum option_id option_by_name(struct berth_str name)
{
    unsigned id = 0;
    while (id < OPTION_COUNT && !str_equal(name, str_from(OPTIONS[id].name)))
        id++;
    return (enum option_id)id;
}

enum option_id option_by_letter(char letter)
{
    unsigned id = 0;
    while (id < OPTION_COUNT && OPTIONS[id].letter != letter)
        id++;
    return (enum option_id)id;
}
