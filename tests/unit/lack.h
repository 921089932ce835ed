/* Memory that runs out at a chosen allocation: for programs linked with lack_ldflags
 * (tests/local.mk). Invariant: but for lack_begin() to lack_end(), nothing fails, and
 * then only on the thread that called them. */
#ifndef BERTH_TESTS_LACK_H
#define BERTH_TESTS_LACK_H

#include <stdbool.h>

/* Let jansson use the same memory. Once, at the start of main(). */
void lack_init(void);

/* From now on `n` allocations succeed and the one after them fails. */
void lack_begin(long n);

/* Nothing fails any more. Did something? */
bool lack_end(void);

#endif
