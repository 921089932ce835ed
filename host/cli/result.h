/* What an action gives, as text for the output. Invariant: every text is one line of JSON
 * (without its newline); secrets are masked unless they were asked for. */
#ifndef BERTH_CLI_RESULT_H
#define BERTH_CLI_RESULT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "berth_plugin.h"
#include "host/manifest.h"
#include "sdk/text.h"

/* Makes values of one operation fit to be shown. */
struct result_mask {
    const struct operation *op;
    bool show_secrets;
};

/* Append `value` (JSON as text) on one line, masked. BERTH_E_PROTOCOL when it is no JSON:
 * the connector's mistake. */
int result_add_value(struct text *out, const struct result_mask *mask,
                     struct berth_str value, struct berth_error *err);

/* Append {"class":...,"message":...}. */
void result_add_error(struct text *out, int status, const struct berth_error *error);

/* What every result line begins with. */
struct result_head {
    uint64_t line;
    const char *id; /* or null, then: */
    uint64_t hash;  /* of the input; 0: not known */
};

/* Append {"line":1,"id":"x","status":"ok" without the closing brace. */
void result_add_head(struct text *out, const struct result_head *head, int status);

#endif
