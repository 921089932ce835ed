/* JSON text that can be passed on as it stands. Invariant: what is let through is what
 * json_parse() takes as our own input, and says the same as the tree made of it. What
 * needs a closer look (a name with escapes or given twice, a zero character, a number
 * that may not fit, an object with many members) is turned away, wrong or not. */
#ifndef BERTH_SDK_VERBATIM_H
#define BERTH_SDK_VERBATIM_H

#include "sdk/reader.h"

#define VERBATIM_MAX_MEMBERS 32

/* The names of one object so far. */
struct verbatim_names {
    struct berth_str list[VERBATIM_MAX_MEMBERS];
    size_t count;
};

/* A member's name, the colon and space; *ret_name is without its quotes. False: turned
 * away, and so the functions below. */
bool verbatim_name(struct reader *r, struct verbatim_names *names,
                   struct berth_str *ret_name);

/* One value, at its first character; `depth` lists and objects are open around it. */
bool verbatim_value(struct reader *r, int depth);

#endif
