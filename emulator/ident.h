#ifndef EMULATOR_IDENT_H
#define EMULATOR_IDENT_H
/* Ids of enrollments, groups and registrations. Invariant: two ids that differ only in
 * the case of ASCII letters are the same id; the spelling first given is the one shown.
 */
#include <stdbool.h>
#include <stddef.h>

enum { IDENT_MAX = 128, ID_SCOPE_MAX = 11 };

/* strcmp over case-folded ASCII. */
int ident_compare(const char *a, const char *b);
bool ident_equal(const char *a, const char *b);
/* The spelling that all spellings of one id share, into `out`, which has its size. */
void ident_fold(const char *id, char *out);
/* NULL when `id` may name an enrollment, a group or a registration; else why it may not.
 */
const char *ident_problem(const char *id);
/* NULL when `id` may be a device id of a hub; else why it may not. */
const char *device_id_problem(const char *id);
/* NULL when `scope` may be an id scope; else why it may not. */
const char *id_scope_problem(const char *scope);
/* NULL when `name` is a DNS host name; else why it is none. */
const char *host_problem(const char *name);

#endif
