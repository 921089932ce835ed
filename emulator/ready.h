#ifndef EMULATOR_READY_H
#define EMULATOR_READY_H
/* emulator.json: what a client needs to know. Invariant: once an emulator has begun, the
 * file is true of it or is not there: an old one is removed first, the new one appears
 * whole once the socket listens. It stays when the emulator ends. */
#include <stdint.h>

struct emu;
struct failure;

/* Remove the one of an earlier run. */
int ready_clear(const char *dir, struct failure *f);
/* Write it, and before it admin-token (both mode 0600: they hold keys). */
int ready_write(const char *dir, const struct emu *emu, uint16_t port, struct failure *f);

#endif
