/* The command line program, but for its main(). */
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
