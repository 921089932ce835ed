#ifndef EMULATOR_ALLOCATION_H
#define EMULATOR_ALLOCATION_H
/* Which hub a device gets. Invariant: the answer depends on the enrollment, the linked
 * hubs, the device's id and its last record alone, so it can be repeated. */
#include "emulator/emu.h"
#include "emulator/registration.h"

/* Decide for the device `id` let in by `e`; `old` (may be NULL) is its last record. The
 * outcome, hub, device id, substatus, error code and message of `parts` are filled in;
 * `hub` and `device_id` point into `ret_body`, which the caller releases with
 * json_decref() (or into constants). False when there is no memory. */
bool allocation_decide(const struct emu *emu, const struct enrollment *e,
                       const struct registration *old, struct registration_parts *parts,
                       void **ret_body);

#endif
