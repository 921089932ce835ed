/* Marks: what an unfinished crawl has seen without writing a record, so that it can go on
 * after a kill. Invariant: they are written only together with a cursor to go on from. */
#ifndef BERTH_POLL_MARK_H
#define BERTH_POLL_MARK_H

#include "host/poll/crawl.h"

/* Note what the store says was seen. */
int marks_load(struct crawl *c, struct berth_error *err);

/* Write what it does not say yet; remove all. In the caller's transaction. */
int marks_save(struct crawl *c, struct berth_error *err);
int marks_remove(struct crawl *c, struct berth_error *err);

#endif
