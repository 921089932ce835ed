#include "emulator/rights.h"

#include <stddef.h>

#include "emulator/text.h"

static const char *const NAMES[] = {
    "ServiceConfig", "EnrollmentRead",         "EnrollmentWrite",
    "DeviceConnect", "RegistrationStatusRead", "RegistrationStatusWrite",
};

void rights_add(struct text *t, unsigned rights)
{
    const char *comma = "";
    size_t i;

    for (i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (!(rights & 1U << i))
            continue;
        text_addf(t, "%s\"%s\"", comma, NAMES[i]);
        comma = ",";
    }
}
