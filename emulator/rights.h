#ifndef EMULATOR_RIGHTS_H
#define EMULATOR_RIGHTS_H
/* The rights of a shared access policy, as the service names them. Invariant: one bit
 * each. */

#include <stddef.h>

struct text;

enum right {
    RIGHT_SERVICE_CONFIG = 1,
    RIGHT_ENROLLMENT_READ = 2,
    RIGHT_ENROLLMENT_WRITE = 4,
    RIGHT_DEVICE_CONNECT = 8,
    RIGHT_REGISTRATION_READ = 16,
    RIGHT_REGISTRATION_WRITE = 32,
    RIGHT_ALL = 63,
};

/* The rights that `len` bytes name, parted by commas, or `all`; 0 when one is no right.
 */
unsigned rights_read(const char *names, size_t len);
/* Append the names of the rights, each in quotes, parted by commas. */
void rights_add(struct text *t, unsigned rights);

#endif
