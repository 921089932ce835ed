/* SIGINT and SIGTERM as something to wait for. Invariant: handlers do nothing but write
 * one byte; the first signal asks for an end in good order, a second one ends the program
 * at once. */
#ifndef BERTH_CLI_INTERRUPT_H
#define BERTH_CLI_INTERRUPT_H

#include <stdbool.h>

#include "berth_plugin.h"

/* Install the handlers and ignore SIGPIPE. Once, at start. */
int interrupt_init(struct berth_error *err);

/* Readable as soon as a signal has come; stays readable. -1 before interrupt_init(). */
int interrupt_fd(void);

/* Has one come? */
bool interrupt_came(void);

/* Wait until `fd` can be read. 0, or BERTH_E_CANCELED with a sentence when a signal came
 * first. */
int interrupt_wait_readable(int fd, struct berth_error *err);

/* Wait so long. As above. */
int interrupt_sleep_ms(int64_t ms, struct berth_error *err);

#endif
