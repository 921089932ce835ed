#ifndef EMULATOR_EMU_H
#define EMULATOR_EMU_H
/* The emulated service: requests in, responses out, without a socket. Invariant:
 * emu_handle() may be called from any number of threads; all state is in struct emu. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/fault.h"
#include "emulator/journal.h"
#include "emulator/keys.h"
#include "emulator/lag.h"
#include "emulator/quota.h"
#include "emulator/store.h"
#include "emulator/text.h"

enum { EMU_HUBS_MAX = 50, EMU_HEADERS_MAX = 8 };

struct emu_options {
    const char *host_name;
    size_t page_size;
    size_t quota_operations;    /* of the service API in 60 s; 0: no limit */
    size_t quota_registrations; /* of devices in 60 s; 0: no limit */
    size_t quota_polls;         /* of each device in 10 s; 0: no limit */
    bool journal_bodies;        /* the journal keeps bodies, masked */
    int latency_ms;             /* each answer takes so much longer */
    const char *dir;            /* for snapshots; NULL: there are none */
    const char *state;          /* the file that POST save writes; NULL: none */
    int retry_after_s;
    int assign_after_ms;
    const char *hubs[EMU_HUBS_MAX];
    size_t hub_count;
};

struct emu {
    struct emu_options options;
    struct keys keys;
    struct store store;
    struct quota operations;
    struct quota registrations;
    struct polls polls;
    struct faults faults;
    struct lag lag;
    struct journal journal;
    pthread_mutex_t saving; /* held by state_save(): one file is written at a time */
    _Atomic int64_t clock_offset_us; /* added to the clock on request */
    int64_t (*now)(void);            /* microseconds; a test puts its own clock here */
};

enum { EMU_CERTIFICATES_MAX = 8 };

/* A certificate of the client, as it came in the TLS connection. */
struct emu_der {
    const unsigned char *p;
    unsigned len;
};

/* What a request brings; absent headers are NULL. All borrowed during emu_handle(). */
struct emu_request {
    const char *method;
    const char *target; /* path and query as they stand in the request line */
    const char *host;
    const char *authorization;
    const char *if_match;
    const char *content_type;
    const char *max_item_count;
    const char *continuation;
    const char *body; /* may hold anything; not NUL-terminated */
    size_t body_len;
    struct emu_der certificates[EMU_CERTIFICATES_MAX]; /* the device's own first */
    size_t certificate_count;
    bool too_large; /* the body was longer than CHOICE_BODY_MAX and thrown away */
};

struct emu_header {
    const char *name; /* a constant */
    char *value;
};

struct emu_response {
    int status;
    int error_code; /* 0 when it is no error */
    int64_t at_us;  /* the emulator's time, as this request was made to see it */
    const char *content_type;
    char other_type[64]; /* for content_type to point to */
    int delay_ms;        /* what goes wrong on the way out: see struct fault */
    int pause_ms;
    long cut; /* -1: not at all */
    bool reset;
    char request_id[GUID_SIZE];
    struct text body;
    struct emu_header headers[EMU_HEADERS_MAX];
    size_t header_count;
};

/* The defaults: host localhost, page 100, two hubs, no quota (the command line has one).
 */
void emu_options_init(struct emu_options *options);
/* Begin with an empty store. The strings of the options are borrowed; the keys are
 * copied. -1 when there is no memory. */
int emu_init(struct emu *emu, const struct emu_options *options, const struct keys *keys);
void emu_release(struct emu *emu);
/* The emulator's time, its offset included. */
int64_t emu_now(const struct emu *emu);

/* Answer one request. The caller releases the response. */
void emu_handle(struct emu *emu, const struct emu_request *request,
                struct emu_response *response);
void emu_response_release(struct emu_response *response);

#endif
