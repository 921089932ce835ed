/* The command line program, but for its main(). Invariant: the environment is looked up
 * only through what it is given, so that getenv() stands in main() alone. */
#ifndef BERTH_CLI_H
#define BERTH_CLI_H

struct cli_start {
    int argc;
    const char *const *argv;              /* argv[0] is the program's name */
    const char *(*env)(const char *name); /* looks up the environment */
};

/* Run one command. Returns the exit code. Installs signal handlers, uses stdin, stdout
 * and stderr. */
int cli_run(const struct cli_start *start);

#endif
