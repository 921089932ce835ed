/* Keywords by their names. Invariant: a table knows all of KEYWORDS. */
#ifndef BERTH_SCHEMA_KEYWORD_TABLE_H
#define BERTH_SCHEMA_KEYWORD_TABLE_H

#include "host/schema/node.h"

/* A power of two, so large that most names have a slot of their own. */
enum { KEYWORD_SLOTS = 256 };

struct keyword_table {
    const struct keyword *slots[KEYWORD_SLOTS];
};

void keyword_table_init(struct keyword_table *t);

/* The keyword of that name, or null. */
const struct keyword *keyword_table_find(const struct keyword_table *t, const char *name);

#endif
