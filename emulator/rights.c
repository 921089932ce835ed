#include "emulator/rights.h"

#include <string.h>
#include <strings.h>

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

static unsigned right_read(const char *name, size_t len)
{
    size_t i;

    if (len == 3 && !strncasecmp(name, "all", len))
        return RIGHT_ALL;
    for (i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strlen(NAMES[i]) == len && !strncasecmp(NAMES[i], name, len))
            return 1U << i;
    return 0;
}

unsigned rights_read(const char *names, size_t len)
{
    const char *end = names + len;
    unsigned rights = 0;

    while (names <= end) {
        const char *comma = memchr(names, ',', (size_t)(end - names));
        const char *stop = comma ? comma : end;
        unsigned right = right_read(names, (size_t)(stop - names));

        if (!right)
            return 0;
        rights |= right;
        names = stop + 1;
    }
    return rights;
}
