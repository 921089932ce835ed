/* The manifest's `request` blocks, compiled when a connection is opened, and the requests
 * built from them. Invariant: a `struct rest` is constant once it is open. */
#ifndef BERTH_SDK_REST_H
#define BERTH_SDK_REST_H

#include <jansson.h>

#include "sdk/answer.h"
#include "sdk/error.h"
#include "sdk/outgoing.h"
#include "sdk/scan.h"

enum rest_body { REST_BODY_NONE, REST_BODY_INPUT, REST_BODY_FIXED, REST_BODY_MEMBER };

enum rest_paging { REST_ONE_PAGE, REST_PAGES_BY_HEADER, REST_PAGES_BY_LINK };

/* One operation of the manifest. All texts live in the manifest. */
struct rest_call {
    const char *id;
    struct berth_str title;
    struct berth_str limit;
    const json_t *errors;
    const json_t *rights; /* that it needs */
    bool is_trigger;
    bool is_declared; /* it has a request block; else only what is above counts */

    const char *method;
    const char *path;
    char *base; /* the origin, filled in; null: the credentials name none */
    const json_t *query;
    const json_t *headers;
    const char *if_match;
    enum rest_body body;
    const json_t *body_fixed;
    const char *body_member;
    const json_t *omit;
    const json_t *success;
    uint32_t flags; /* enum berth_request_flag */
    bool yields_items;

    enum rest_paging paging;
    const char *page_token; /* header */
    const char *page_size_header;
    int64_t page_size;
    const char *page_items; /* pointer to the list */
    const char *page_next;  /* pointer to the next page's url */

    /* Of triggers: the key first, then the version's members. */
    struct berth_str members[SCAN_MAX_MEMBERS];
    size_t member_count;
};

struct rest {
    json_t *manifest;
    struct rest_call *calls;
    size_t call_count;
    char *base; /* null: the credentials name no origin */
    const json_t *query;
    const json_t *headers;
    struct answer_rules rules;
};

/* Compile the manifest for a connection with this configuration. BERTH_E_INVALID, naming
 * operation and member, when a block cannot be run. */
int rest_open(struct rest *rest, struct berth_str manifest, const json_t *config,
              struct berth_error *err);
void rest_close(struct rest *rest);

/* The operation of that id, or null. */
const struct rest_call *rest_find(const struct rest *rest, struct berth_str id);

/* What a request is built from: the input, and for a further page where it begins. */
struct rest_input {
    const json_t *input;
    struct berth_str continuation; /* token or url; empty: the first page */
    uint32_t page_size;            /* 0: the manifest's */
};

/* Build the request of a declared call. */
int rest_build(const struct rest *rest, const struct rest_call *call,
               const struct rest_input *in, struct outgoing *out,
               struct berth_error *err);

/* The same parts one by one, for requests that C builds: base, a path template filled
 * from `input`, and the common query; then the common headers. */
int rest_add_url(const struct rest *rest, const char *path, const json_t *input,
                 struct outgoing *out, struct berth_error *err);
int rest_add_headers(const struct rest *rest, struct outgoing *out,
                     struct berth_error *err);

/* Add If-Match. An etag that is `*`, has its quotes, or is the base64 of one that has
 * (as registrations carry it) goes out as it is; any other gets quotes. Empty: nothing is
 * added. */
int rest_add_if_match(struct outgoing *out, struct berth_str etag,
                      struct berth_error *err);

/* Put the JSON value in as the body, with its Content-Type; or that alone, for a body
 * that is put in as text. */
int rest_add_body(struct outgoing *out, const json_t *value, struct berth_error *err);
int rest_add_body_type(struct outgoing *out, struct berth_error *err);

bool rest_is_success(const struct rest_call *call, int http_status);

/* Fill `err` from an answer to a request of this operation; see answer_fail(). */
int rest_fail(const struct rest *rest, const struct rest_call *call,
              const struct answer_subject *subject, const struct berth_response *res,
              struct berth_error *err);

#endif
