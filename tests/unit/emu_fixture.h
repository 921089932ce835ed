#ifndef TESTS_EMU_FIXTURE_H
#define TESTS_EMU_FIXTURE_H
/* An emulator without a socket, with a clock that stands still. Invariant: all requests
 * of one test go to one emulator, whose keys are made for it. */
#include <stdbool.h>

#include <jansson.h>

#include "emulator/emu.h"
#include "tests/support/cmocka.h"

struct fixture {
    struct emu emu;
    struct emu_response answer; /* the last one */
    json_t *json;               /* its body; NULL when it is empty */
};

/* What a request has beyond method, target and body; NULL leaves a header out. */
struct ask {
    const char *policy;        /* signs as this policy; NULL: as the owner */
    const char *authorization; /* instead of a signature */
    const char *if_match;
    const char *continuation;
    const char *max_item_count;
    const char *content_type; /* NULL: application/json */
};

/* The clock of the emulator under test, in microseconds. */
extern int64_t fixture_now_us;

/* cmocka's set-up and tear-down: *state becomes a struct fixture. */
int fixture_setup(void **state);
int fixture_teardown(void **state);
#define IN_TEST(name)                                                                    \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
/* Start again with other options. */
void fixture_restart(struct fixture *f, const struct emu_options *options);

/* Send one request and parse the answer; gives the HTTP status. */
int fixture_ask(struct fixture *f, const char *method, const char *target,
                const char *body, const struct ask *more);
/* The same with the owner's signature alone. */
int fixture_send(struct fixture *f, const char *method, const char *target,
                 const char *body);
/* Send as a device that has this key. */
int fixture_device(struct fixture *f, const char *method, const char *target,
                   const char *key);

/* Call the emulator's own API, /_emulator/CALL, with its token; gives the HTTP status. */
int fixture_admin(struct fixture *f, const char *method, const char *call,
                  const char *body);
/* Add a fault, written as on the command line. */
void fixture_fault(struct fixture *f, const char *rule);

/* A response header, "" when it is not there. */
const char *fixture_header(const struct fixture *f, const char *name);
/* A string of the answer, found by names parted by dots; "" when it is not there. */
const char *fixture_string(const struct fixture *f, const char *path);
long long fixture_number(const struct fixture *f, const char *path);

#endif
