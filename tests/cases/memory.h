/* The allocator as the case runner has it: what the connector (and the JSON library,
 * while the connector runs) allocates is counted, and one allocation can be made to fail.
 * Invariant: the runner's own allocations never count and never fail. */
#ifndef BERTH_CASES_MEMORY_H
#define BERTH_CASES_MEMORY_H

#include <stdbool.h>

/* False under sanitizers, which bring their own allocator: then nothing is counted. */
bool memory_is_watched(void);

/* Look where libcrypto and the C library are, which keep some memory for themselves: what
 * they allocate is not watched. After the connector was loaded. */
void memory_watch(void);

/* Begin a play: nothing is live, and the `fail_at`-th allocation (1..) fails; 0: none. */
void memory_begin(long fail_at);

/* Between these two the connector runs. */
void memory_enter(void);
void memory_leave(void);

/* Did the allocation that was to fail come? */
bool memory_has_failed(void);

/* How many blocks the connector has not given back. */
long memory_live(void);

#endif
