/* One request and its answer: what transport.h sends and fills.
 *
 * Invariant: the request is a copy that cannot say anything but itself (a plain method,
 * headers without line breaks, none of the headers that are the host's), and the answer
 * is never larger than was agreed. The memory is kept for the next request; what may be
 * secret in it is wiped. */
#ifndef BERTH_HTTP_EXCHANGE_H
#define BERTH_HTTP_EXCHANGE_H

#include <curl/curl.h>
#include <stdbool.h>

#include "berth_plugin.h"

#define EXCHANGE_MAX_HEADERS 64
#define EXCHANGE_MAX_ANSWER_HEADERS 100
#define EXCHANGE_MAX_ANSWER_HEAD (64u * 1024)
#define EXCHANGE_MAX_BODY (64u * 1024 * 1024)
#define EXCHANGE_MAX_URL 16384u

struct buffer {
    char *data;
    size_t len;
    size_t capacity;
};

struct header_place {
    uint32_t name, name_len, value, value_len; /* in the head's buffer */
};

struct exchange {
    /* the request */
    uint64_t tag;
    uint32_t flags;
    uint32_t timeout_ms;
    uint32_t max_body;
    struct buffer text; /* method, url and header lines, terminated each; then the body */
    const char *method;
    const char *url;
    struct berth_str body;
    struct curl_slist headers[EXCHANGE_MAX_HEADERS + 3];

    /* the answer */
    int32_t status; /* HTTP, or a negative berth_status */
    uint32_t failure;
    uint32_t sends; /* how often some of it went out in this attempt */
    int64_t took_us;
    char failure_text[512];
    struct buffer head;
    struct header_place places[EXCHANGE_MAX_ANSWER_HEADERS];
    size_t header_count;
    struct berth_pair pairs[EXCHANGE_MAX_ANSWER_HEADERS];
    struct buffer answer;
    bool too_large;
    bool no_memory;

    void *handle; /* the transport's, while it is under way */
};

/* Copy a request. BERTH_E_INTERNAL with a sentence when it is not one that a connector
 * may ask for (the url's origin is the caller's to check). */
int exchange_set(struct exchange *x, const struct berth_request *req,
                 struct berth_error *err);

/* Forget the answer, before it is sent (again). */
void exchange_reset_answer(struct exchange *x);

/* Wipe and forget everything; keeps memory of a usual size. */
void exchange_clear(struct exchange *x);
void exchange_release(struct exchange *x);

/* For the transport: one line of the answer's head; some of its body. False: stop, it is
 * too large or there is no memory. */
bool exchange_take_head(struct exchange *x, const char *line, size_t len);
bool exchange_take_body(struct exchange *x, const char *data, size_t len);

/* Make pairs[] once the head is complete. */
void exchange_finish_head(struct exchange *x);

/* The first header of that name (lower case); empty when there is none. */
struct berth_str exchange_header(const struct exchange *x, struct berth_str name);

#endif
