/* What would be sent, instead of sending it. Invariant: what is printed holds no secret,
 * and a request that is held never goes out. */
#ifndef BERTH_CLI_DRY_RUN_H
#define BERTH_CLI_DRY_RUN_H

#include <jansson.h>
#include <stdint.h>

#include "berth_plugin.h"
#include "host/manifest.h"
#include "sdk/text.h"

enum dry_run_mode {
    DRY_RUN_OFF,
    DRY_RUN_ALL, /* hold every request */
    DRY_RUN_READ /* send those that only read */
};

/* Of --dry-run, whose value may be missing (null, or empty). */
enum dry_run_mode dry_run_mode(const char *value);

/* Is this request to be held? */
int dry_run_verdict(enum dry_run_mode mode, const struct berth_request *req);

/* Append {"request":{...}} on one line, without the newline; with "line" first when it is
 * not 0. `secret_names` is of manifest_secret_names(). */
void dry_run_add_request(struct text *out, uint64_t line, const struct berth_request *req,
                         const json_t *secret_names);

/* Append {"steps":[...]}: what the action does beyond the requests shown. */
void dry_run_add_steps(struct text *out, uint64_t line, const struct operation *op);

#endif
