#ifndef TESTS_SUPPORT_RECORDED_H
#define TESTS_SUPPORT_RECORDED_H
/* The requests of tests/data/emulator/recorded.http. Invariant: they are sent in their
 * order, each by itself. */
#include "emulator/text.h"

/* What they are signed with, until when, and the group whose devices they are of. */
#define RECORDED_KEY "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
#define RECORDED_UNTIL INT64_C(1795189056)
#define RECORDED_GROUP                                                                   \
    "{\"enrollmentGroupId\":\"line\",\"attestation\":{\"type\":\"symmetricKey\","        \
    "\"symmetricKey\":{\"primaryKey\":\"8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/"               \
    "+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==\"}}}"

/* The whole file, for the caller to release. */
void recorded_load(struct text *t);
/* Send each, and expect the status that was recorded: `send` may cut the request up, and
 * gives the status that came. */
void recorded_play(int (*send)(void *ctx, char *request), void *ctx);

#endif
