#ifndef EMULATOR_FLEET_H
#define EMULATOR_FLEET_H
/* Devices that register on their own, so that something happens. Invariant: they come in
 * through emu_handle() with signatures of their own, like any other device: quotas,
 * faults and the journal hold for them, and who deletes their group locks them out. */
#include <stddef.h>

struct emu;
struct failure;
struct fleet;

/* Let fleet-000001 and so on up to `devices` register, one after the other and from the
 * first again, `rate` a second at most, with keys derived from that of the group `fleet`,
 * which is made when it is missing. -1 with a sentence. */
int fleet_start(struct emu *emu, size_t devices, double rate, struct fleet **ret,
                struct failure *f);
/* NULL: nothing. */
void fleet_stop(struct fleet *fleet);

/* One registration of one device of the group with this key; the HTTP status. 0 when it
 * waits: a device that is assigned stays so for as long as that took. */
int fleet_register(struct emu *emu, const char *group_key, size_t number);

#endif
