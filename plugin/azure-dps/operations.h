/* The operations that need C, one file a family. Invariant: each function works on the op
 * it is given alone; what differs between enrollments and groups is the op's noun. */
#ifndef BERTH_AZURE_DPS_OPERATIONS_H
#define BERTH_AZURE_DPS_OPERATIONS_H

#include "azure-dps/dps.h"

extern const struct operation DPS_ENROLLMENT_LIST;
extern const struct operation DPS_GROUP_LIST;
extern const struct operation DPS_ENROLLMENT_BULK;
extern const struct operation DPS_GROUP_BULK;
extern const struct operation DPS_REGISTRATION_CHANGED;
extern const struct operation DPS_REGISTRATION_LIST;
extern const struct operation DPS_DEVICE_REGISTER;
extern const struct operation DPS_DEVICE_DERIVE_KEY;
extern const struct operation DPS_PROBE;
extern const struct operation DPS_TOKEN;

#endif
