#ifndef EMULATOR_ADMIN_H
#define EMULATOR_ADMIN_H
/* The emulator's own API under /_emulator/: what happened, what shall go wrong, a fresh
 * start. Invariant: it takes a bearer token of its own and no policy's key; it is not in
 * the journal and no fault hits it. */
#include <stdbool.h>

struct call;

/* Is the request for this API? */
bool admin_is(const char *target);
/* Answer it. -1 with the problem set. */
int admin_run(struct call *c);

#endif
