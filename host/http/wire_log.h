/* What went over the wire, for people: one line each, printable, secrets masked.
 *
 * Invariant: no line holds the value of a header that carries credentials, of a query
 * parameter that is a signature, of a JSON member that the manifest marks as secret, nor
 * anything of a request that is private but its method and origin. What cannot be read as
 * JSON is not shown. */
#ifndef BERTH_HTTP_WIRE_LOG_H
#define BERTH_HTTP_WIRE_LOG_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "berth_plugin.h"

struct exchange;

typedef void wire_log_fn(void *ctx, int level, struct berth_str line);

struct wire_log {
    wire_log_fn *log; /* null: off */
    void *ctx;
    const json_t *secret_names; /* an object: its names; borrowed */
};

/* It goes out, for the `attempt`-th time. */
void wire_log_request(const struct wire_log *w, const struct exchange *x,
                      uint32_t attempt);

/* Its answer has come, or its failure. */
void wire_log_answer(const struct wire_log *w, const struct exchange *x);

#endif
