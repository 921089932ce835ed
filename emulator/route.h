#ifndef EMULATOR_ROUTE_H
#define EMULATOR_ROUTE_H
/* From a request line to an operation. Invariant: literal segments match in any case, a
 * trailing slash does not count, and captured segments are percent-decoded. */
#include "emulator/enrollment.h"
#include "emulator/problem.h"

struct call;

enum { ROUTE_SEGMENTS = 4, ROUTE_SEGMENT_SIZE = 200, ROUTE_PATH_MAX = 900 };

/* One operation of the published definitions. */
struct operation {
    const char *id;
    const char *method;
    const char *shape; /* segments; {} captures one */
    unsigned right;    /* 0: a device call, signed by the device's own key */
    enum kind kind;
    int (*run)(struct call *call);
};

struct route {
    const struct operation *operation;
    char captured[ROUTE_SEGMENTS][ROUTE_SEGMENT_SIZE];
    char path[ROUTE_PATH_MAX + 1]; /* decoded, without the first slash */
    char api_version[32];          /* "" when there is none */
    char allow[40];                /* the methods the path knows, for a 405 */
    bool id_missing;               /* it would be an operation's, had it an id */
};

/* Find the operation. -1 with REFUSE_UNKNOWN_PATH or REFUSE_METHOD. */
int route_find(struct route *route, const char *method, const char *target,
               struct problem *p);

#endif
