#ifndef EMULATOR_GENERATE_H
#define EMULATOR_GENERATE_H
/* Filling the store, so that large crawls can be tried. Invariant: what is generated is
 * as good as what a client made: it can be read, changed and deleted like it. */
#include <stddef.h>

struct emu;

/* dev-000001 ... with random symmetric keys. -1 when there is no memory. */
int generate_enrollments(struct emu *emu, size_t count);
/* group-001 ... with `devices` assigned devices each: group-001-dev-000001 ... -1 when
 * there is no memory. */
int generate_groups(struct emu *emu, size_t count, size_t devices);
/* A group of this id with random symmetric keys, unless there is one. -1 when there is no
 * memory. */
int generate_group(struct emu *emu, const char *id);

#endif
