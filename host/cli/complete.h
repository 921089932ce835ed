/* What may come next on the command line, for the shell. Invariant: nothing is written,
 * asked or created, and a mistake on the line gives no answer rather than an error. */
#ifndef BERTH_CLI_COMPLETE_H
#define BERTH_CLI_COMPLETE_H

#include "host/cli/cli.h"

/* The first word that asks for it: "berth __complete WORDS...", of which the last is the
 * one to complete. Prints the candidates, one a line. */
#define COMPLETE_WORD "__complete"

/* Returns the exit code, which is 0. */
int complete_run(const struct cli_start *start);

#endif
