#ifndef EMULATOR_STATE_H
#define EMULATOR_STATE_H
/* What the store holds, in a file: a line that says what it is, a line of JSON for each
 * enrollment, group and registration, a line with their count and their SHA-256.
 * Invariant: a file is taken as a whole or not at all, and is replaced only by a whole
 * one. It holds keys, so its mode is 0600. */

struct emu;
struct failure;

/* Can it be written? -1 with a sentence: better said before there is much to lose. */
int state_check(const char *path, struct failure *f);
/* Write all there is; from any thread, one after the other. -1 with a sentence; an older
 * file is then as it was. */
int state_save(struct emu *emu, const char *path, struct failure *f);
/* Take what the file holds in place of all there is. -1 with a sentence when it cannot be
 * read, is cut, was changed or is no such file; nothing has then changed. */
int state_load(struct emu *emu, const char *path, struct failure *f);

#endif
