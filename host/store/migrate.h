/* The tables of the store, version by version. Invariant: steps are appended, never
 * changed once released; each runs in one transaction with the number it leads to. */
#ifndef BERTH_STORE_MIGRATE_H
#define BERTH_STORE_MIGRATE_H

#include "berth_plugin.h"

struct store;

/* Make the tables or bring them up to date. BERTH_E_INVALID: the file is not Berth's;
 * BERTH_E_UNSUPPORTED: a newer Berth wrote it. */
int migrate(struct store *s, struct berth_error *err);

/* Are the tables up to date already? Else statuses as above, BERTH_E_UNSUPPORTED also
 * when they are older. Writes nothing. */
int migrate_check(struct store *s, struct berth_error *err);

#endif
