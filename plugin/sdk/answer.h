/* What an answer that is no success means. Invariant: a broken, huge or hostile error
 * body never changes the class of the error and never breaks its message. */
#ifndef BERTH_SDK_ANSWER_H
#define BERTH_SDK_ANSWER_H

#include <jansson.h>
#include <stdbool.h>

#include "sdk/error.h"

/* Where an error body says what (JSON Pointers; null: nowhere), and what a status means:
 * lists of the manifest's `errors` objects, or null. The first match counts. */
struct answer_rules {
    const char *code;
    const char *message;
    const char *request_id;
    const json_t *own;    /* the operation's */
    const json_t *common; /* the connector's */
    const json_t *rights; /* that the operation needs: a list of names, or null */
};

/* What was asked, for the message: "Delete an individual enrollment", "DELETE",
 * "https://host/enrollments/dev-1?..." (host and query are left out). */
struct answer_subject {
    struct berth_str title;
    const char *method;
    struct berth_str url;
    bool writes; /* then trying again is not the first advice */
};

/* The class of an HTTP status that no rule names. */
int answer_class(int http_status);

/* Fill `err` from an answer that is no success and return its class. No complete answer:
 * the host's own status and sentence. */
int answer_fail(const struct answer_rules *rules, const struct answer_subject *subject,
                const struct berth_response *res, struct berth_error *err);

/* Fill `err` from an answer that says success but cannot be read, and return
 * BERTH_E_PROTOCOL. `why` is not in `err`. */
int answer_fail_nonsense(const struct answer_subject *subject,
                         const struct berth_response *res, const char *why,
                         struct berth_error *err);

/* The first header of that name (lower case); empty: not there. */
struct berth_str answer_header(const struct berth_response *res, const char *name);

#endif
