/* A session on a scripted connector and a scripted server, and what came of a call.
 * Invariant: rig_stop() undoes everything, and what outcomes hold ends with it. Failures
 * to set it up end the test. */
#ifndef BERTH_TEST_SESSION_RIG_H
#define BERTH_TEST_SESSION_RIG_H

#include <jansson.h>

#include "host/session.h"
#include "sdk/cleanup.h"
#include "tests/support/connector_dir.h"
#include "tests/support/https_server.h"
#include "tests/support/test_ca.h"

struct rig {
    struct connector_dir dir;
    struct test_ca *ca;
    struct https_server *server;
    struct connector *connector;
    struct session *session;
    char host[64]; /* localhost:PORT */
    char log[65536];
    size_t log_len;
    json_t *items; /* of all outcomes */
};

/* How a rig differs from the usual one. */
struct rig_options {
    const char *certificate_name; /* null: localhost */
    long certificate_lifetime_s;  /* 0: a day */
    const char *other_ca; /* of this name, not trusted, gave the server's certificate */
    bool wire_log;
    uint32_t parallel;
    int64_t limit;
    int64_t retry_for_ms;
    int64_t reach_for_ms;
    int64_t request_timeout_ms;
    int64_t (*now_ms)(void *ctx);
};

void rig_start(struct rig *rig, const struct step *steps, size_t count,
               const struct rig_options *options);
void rig_stop(struct rig *rig);

static inline void cleanup_rig(struct rig *rig)
{
    rig_stop(rig);
}

/* What a call has said so far. */
struct outcome {
    bool done;
    int dones;
    int status;
    char value[256];
    struct berth_error err;
    json_t *items; /* object: key to data; the rig's */
    size_t item_count;
    const char *operation; /* null: test.run */
    int answer_to_item;    /* what item() answers */
    bool knows;            /* all that known() asks about */
    size_t asked;          /* how often it did */
    int naps_ms;           /* so long item() takes, */
    size_t nap;            /* for this item, counted from 1; 0: for each */
    size_t waits;          /* so many items wait for a further request at the server, */
    size_t met;            /* and so many have seen it come */
    int verdict;           /* what request() answers, when judge is set */
    bool judge;
    size_t judged;
    struct call *call;
    struct rig *rig;
    struct outcome *cancels; /* canceled from within item() */
    const char *next_input;  /* begun from within done() */
    struct outcome *next;
};

/* Begin the operation with `input`. */
int rig_call(struct rig *rig, const char *input, struct outcome *o, int64_t deadline_ms);

/* Let it end; the test fails when it takes more than ten seconds. */
void rig_wait(struct rig *rig, struct outcome *o);

/* Both. */
void rig_run(struct rig *rig, const char *input, struct outcome *o);

/* One wait of the session, for so long at the most: how many calls it still has. */
int rig_turn(struct rig *rig, int timeout_ms);

/* A member of item `key`. */
json_int_t outcome_int(const struct outcome *o, const char *key, const char *member);
const char *outcome_text(const struct outcome *o, const char *key, const char *member);

#endif
