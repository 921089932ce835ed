#ifndef EMULATOR_SAVE_H
#define EMULATOR_SAVE_H
/* Storing a draft under the service's rules of concurrency. Invariant: either the draft
 * is stored under a new etag, or nothing has changed and the problem says why. */
#include "emulator/draft.h"
#include "emulator/emu.h"

/* How an existing or a missing enrollment is taken. */
enum save_mode {
    SAVE_CREATE,  /* must not exist */
    SAVE_REPLACE, /* must exist, whatever its etag */
    SAVE_MATCH,   /* must exist with that etag */
};

struct save {
    enum kind kind;
    enum save_mode mode;
    const char *if_match; /* for SAVE_MATCH */
    int64_t now_us;
};

/* Store; the store must be locked for writing. What was stored is in *ret, valid until
 * unlocked. */
int save_draft(struct emu *emu, const struct save *save, const struct draft *draft,
               const struct enrollment **ret, struct problem *p);
/* Delete; the store must be locked for writing. `if_match` NULL deletes in any case. */
int save_delete(struct emu *emu, enum kind kind, const char *id, const char *if_match,
                struct problem *p);

#endif
