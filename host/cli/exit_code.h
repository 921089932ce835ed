/* What the program's exit code says. Invariant: the numbers are a promise to scripts;
 * docs/berth.1 lists the same ones. */
#ifndef BERTH_CLI_EXIT_CODE_H
#define BERTH_CLI_EXIT_CODE_H

#include <stdint.h>

#include "berth_plugin.h"

enum exit_code {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_INVALID = 3,
    EXIT_NOT_FOUND = 4,
    EXIT_UNREACHABLE = 5,
    EXIT_REFUSED = 6,
    EXIT_CONFLICT = 7,
    EXIT_THROTTLED = 8,
    EXIT_SOME_FAILED = 9,
    EXIT_TIMEOUT = 124,
    EXIT_INTERRUPTED = 130
};

/* The exit code for a negative status; positive values are exit codes already and come
 * back as they are. */
int exit_code_from_status(int status);

/* The outcome of several: how many went well, how many did not, and what these have in
 * common. All zero to begin with. */
struct exit_tally {
    uint64_t ok;
    uint64_t failed;
    int code; /* of the failed ones; EXIT_FAILED once they differ */
};

/* Count one outcome: 0 or a negative status. */
void exit_tally_add(struct exit_tally *tally, int status);

/* EXIT_OK for all, EXIT_SOME_FAILED for some, else what the failures have in common. */
int exit_tally_code(const struct exit_tally *tally);

/* Write the message of a mistake in the command line. Returns EXIT_USAGE. */
int fail_usage(struct berth_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
