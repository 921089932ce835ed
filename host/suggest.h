/* "Did you mean": the nearest of some names to a word that is none of them. Invariant:
 * nothing is allocated; names are borrowed until the last call. */
#ifndef BERTH_HOST_SUGGEST_H
#define BERTH_HOST_SUGGEST_H

#include <stddef.h>

struct suggest {
    const char *word;
    const char *best; /* the nearest name so far, or null when none is near */
    size_t distance;
};

/* Look for names near `word`. */
void suggest_init(struct suggest *s, const char *word);

/* Consider a name. Letter case, '-' and '_' do not count; a swap of neighbours counts
 * once; a name that begins with the word is near; of two equally near the first stays. */
void suggest_offer(struct suggest *s, const char *name);

/* The nearest of `count` names, or null when none is near. */
const char *suggest_nearest(const char *word, const char *const *names, size_t count);

#endif
