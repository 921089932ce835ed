#ifndef EMULATOR_MASK_H
#define EMULATOR_MASK_H
/* Bodies for the journal. Invariant: no symmetric key and no key of a TPM's device is in
 * what comes out. */
#include <stddef.h>

/* The JSON without its secrets, in one line; NULL when it is no JSON, or there is no
 * memory. free() it. */
char *mask_json(const char *p, size_t len);

#endif
