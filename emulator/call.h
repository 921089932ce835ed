#ifndef EMULATOR_CALL_H
#define EMULATOR_CALL_H
/* One request on its way through the emulator. Invariant: an operation returns 0 with a
 * response, or -1 with the problem set; it holds no lock when it returns. */
#include <jansson.h>

#include "emulator/emu.h"
#include "emulator/problem.h"
#include "emulator/route.h"
#include "emulator/slice.h"

struct call {
    struct emu *emu;
    const struct emu_request *request;
    struct emu_response *response;
    struct route route;
    struct problem problem;
    int64_t now_us;
    const struct fault *fault; /* that hits it; NULL: none */
    bool by_certificate;       /* the device was let in by its certificate */
    char policy[64];           /* the name that the token gave */
};

/* The operations; each is named in the route table. */
int enrollment_get(struct call *c);
int enrollment_put(struct call *c);
int enrollment_delete(struct call *c);
int enrollment_secrets(struct call *c);
int enrollment_query(struct call *c);
int enrollment_bulk(struct call *c);
int registration_get(struct call *c);
int registration_delete(struct call *c);
int registration_query(struct call *c);
int device_register(struct call *c);
int device_operation(struct call *c);
int device_status(struct call *c);

/* Add a response header. */
void call_header(struct call *c, const char *name, const char *value);
void call_header_int(struct call *c, const char *name, long value);
/* Parse the body, which an operation of the service takes as application/json alone. NULL
 * in *ret when it is empty and may be. -1 with the problem set. The tree belongs to the
 * caller. */
int call_body(struct call *c, bool optional, json_t **ret);
struct slice call_body_text(const struct call *c);
/* The id in the path, checked. NULL with the problem set. */
const char *call_id(struct call *c, size_t captured);
/* Make the answer an error: of the service's form with these values, or of the problem.
 */
void call_error(struct call *c, int status, int code, const char *message);
void call_refuse(struct call *c);

#endif
