#ifndef EMULATOR_REGISTRATION_H
#define EMULATOR_REGISTRATION_H
/* The record of one device that has registered. Invariant: it never changes; a new
 * registration of the device makes a new one. While `now < ready_us` it reads as
 * "assigning", afterwards as its outcome: no thread has to turn it over. */
#include <stdbool.h>
#include <stdint.h>

#include "emulator/ident.h"

struct text;

enum outcome { OUTCOME_ASSIGNED, OUTCOME_FAILED, OUTCOME_DISABLED };

struct registration_parts {
    const char *group; /* "" for an individual enrollment */
    const char *x509;  /* what a device with a certificate is shown of it; "" */
    const char *id;
    const char *hub; /* "" when none was assigned */
    const char *device_id;
    const char *substatus; /* a constant, or NULL */
    const char *message;   /* a constant, or NULL */
    int error_code;
    enum outcome outcome;
    uint64_t version;
    int64_t created_us;
    int64_t asked_us;
    int64_t ready_us;
};

struct registration {
    int64_t created_us;
    int64_t asked_us;
    int64_t ready_us;
    uint64_t version;
    const char *substatus;
    const char *message;
    int error_code;
    uint32_t id, hub, device_id, x509; /* offsets into text */
    uint8_t outcome;
    char text[]; /* "group\nid": the key in its group's order */
};

enum { REGISTRATION_ETAG_SIZE = 80 };

/* A copy in one allocation; NULL when there is no memory. free() it. */
struct registration *registration_new(const struct registration_parts *parts);

static inline const char *registration_id(const struct registration *r)
{
    return r->text + r->id;
}

static inline const char *registration_hub(const struct registration *r)
{
    return r->text + r->hub;
}

static inline const char *registration_device_id(const struct registration *r)
{
    return r->text + r->device_id;
}

static inline const char *registration_x509(const struct registration *r)
{
    return r->text + r->x509;
}

/* The name of its group into `out`; "" for an individual enrollment. */
void registration_group(const struct registration *r, char out[IDENT_MAX + 1]);
/* The constant that has this text; NULL when there is none. */
const char *registration_substatus(const char *name);
/* The message that goes with an errorCode; NULL when none does. */
const char *registration_message(int error_code);

/* The key that orders the records of one group; "\nid" for an individual enrollment. */
static inline const char *registration_group_key(const struct registration *r)
{
    return r->text;
}

static inline bool registration_in_group(const struct registration *r)
{
    return r->id > 1;
}

/* assigning, assigned, failed or disabled. */
const char *registration_status(const struct registration *r, int64_t now_us);
/* The etag as the service shows it: base64 of the quoted value. */
void registration_etag(const struct registration *r, int64_t now_us,
                       char out[REGISTRATION_ETAG_SIZE]);
/* Append the DeviceRegistrationState; `for_device` adds what only the device endpoint
 * shows. */
void registration_add(struct text *t, const struct registration *r, int64_t now_us,
                      bool for_device);

#endif
