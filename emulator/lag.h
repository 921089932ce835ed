#ifndef EMULATOR_LAG_H
#define EMULATOR_LAG_H
/* Eventual consistency that is asked for: what reads still show of an enrollment that has
 * changed. Invariant: it holds what was before the first of the changes that still lag; a
 * read that counts sees that, or the store. The functions lock by themselves. */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "emulator/enrollment.h"
#include "emulator/ident.h"

struct fault;
struct text;

enum { LAG_MAX = 256 };

/* One enrollment or group that lags. */
struct lag_entry {
    enum kind kind;
    char id[IDENT_MAX + 1];
    char *before;     /* its JSON; NULL: there was none */
    int64_t until_us; /* 0: not by time */
    int reads_left;
};

struct lag {
    pthread_mutex_t lock;
    struct lag_entry entries[LAG_MAX];
    _Atomic size_t count; /* 0 is told without the lock */
};

/* What a read shows. */
enum lag_shown { LAG_NONE, LAG_BEFORE, LAG_MISSING };

int lag_init(struct lag *lag);
void lag_release(struct lag *lag);
/* What is stored counts, at once. */
void lag_clear(struct lag *lag);
/* A change was made to `id` that the fault makes lag. `before` is the JSON that it had,
 * for free(), which is taken in any case; NULL: there was none. False when there is no
 * room. */
bool lag_note(struct lag *lag, enum kind kind, const char *id, char *before,
              const struct fault *fault, int64_t now_us);
/* What a read of `id` at this time shows; LAG_BEFORE was appended to `t`. */
enum lag_shown lag_read(struct lag *lag, enum kind kind, const char *id, int64_t now_us,
                        struct text *t);

#endif
