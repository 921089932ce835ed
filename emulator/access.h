#ifndef EMULATOR_ACCESS_H
#define EMULATOR_ACCESS_H
/* Who may do what. Invariant: nothing but these checks grants a right. */
#include <stdbool.h>

struct call;
struct enrollment;

/* Check the token of a service call against the policies and the right of its operation.
 * -1 with the problem set. */
int access_service(struct call *c);

/* Find the enrollment that lets this device in: its own, else the group whose key it was
 * signed with. The store is locked by the caller; the enrollment is valid until it is
 * unlocked. -1 with the problem set. */
int access_device(struct call *c, const char *id, const struct enrollment **ret);

#endif
