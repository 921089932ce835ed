/* How far a stream of operations has come, as one line for a person. Invariant: nothing
 * here asks for the time; the clock is the caller's. */
#ifndef BERTH_CLI_PROGRESS_H
#define BERTH_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "sdk/text.h"

struct progress {
    int64_t started_ms;
    int64_t shown_ms; /* when it was last worth showing */
    uint64_t done;
    uint64_t failed;       /* of those done */
    uint64_t skipped;      /* of those done: an earlier run did them */
    uint64_t size_bytes;   /* of the input; 0: not known */
    uint64_t passed_bytes; /* of the input */
};

/* How often it is worth showing. */
#define PROGRESS_EVERY_MS 200

/* Is it time to show it again? Then `now_ms` is noted. */
bool progress_due(struct progress *p, int64_t now_ms);

/* "1200 done, 3 failed, 410/s, 2:05 left": what is known of it. */
void progress_text(const struct progress *p, int64_t now_ms, struct text *ret_text);

#endif
