/* Filling a struct berth_error. Invariant: the message is one sentence, names the thing
 * and the value, and never holds a secret; whoever finds the problem writes it, once. */
#ifndef BERTH_SDK_ERROR_H
#define BERTH_SDK_ERROR_H

#include <stdarg.h>

#include "berth_plugin.h"

/* An error ready to be handed to a callee. */
#define BERTH_ERROR_INIT                                                                 \
    {                                                                                    \
        .size = sizeof(struct berth_error)                                               \
    }

/* Write the message (cut at a character's boundary when it is too long) and return
 * `status`. `err` may be null. The condition's code and the service's details are left as
 * they are. */
int fail(struct berth_error *err, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int fail_v(struct berth_error *err, int status, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

/* Name the condition ("alreadyExists") of an error. */
void error_set_code(struct berth_error *err, const char *code);

/* After somebody else's code has filled it in: its size, and an end to each text. */
void error_terminate(struct berth_error *err);

/* Out of memory, said in the one way. Returns BERTH_E_NO_MEMORY. */
int fail_no_memory(struct berth_error *err);

/* "invalid", "auth", ...: the name of a negative status in manifests and outputs; "ok"
 * for 0. Constant text. */
const char *status_name(int status);

/* The status of that name; 1 when there is none. */
int status_from_name(struct berth_str name);

#endif
