/* Items that a complete listing lacks. Invariant: one is reported as deleted only when
 * the service says that it is not there, or when a second complete listing of its own
 * scope lacks it too and nothing else that this listing lacks turned out to be there. */
#ifndef BERTH_POLL_GONE_H
#define BERTH_POLL_GONE_H

#include "host/poll/crawl.h"

struct session;

/* Decide about each item of the complete scopes that was not seen: delete it or mark it
 * missing. What is decided may be committed on the way; the marks are left to the
 * caller's last commit. */
int gone_resolve(struct crawl *c, struct session *session, struct berth_error *err);

#endif
