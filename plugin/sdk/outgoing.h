/* A request being built. Invariant: what berth_request points to lives here until the
 * next request of the same operation is built, and is wiped then. */
#ifndef BERTH_SDK_OUTGOING_H
#define BERTH_SDK_OUTGOING_H

#include "sdk/error.h"
#include "sdk/text.h"

#define OUTGOING_MAX_HEADERS 16

struct outgoing {
    uint32_t kind;      /* enum berth_kind */
    const char *method; /* constant, or as long-lived as the connection */
    struct text url;
    struct text body;
    uint32_t flags; /* enum berth_request_flag */
    uint32_t delay_ms;
    struct berth_str limit; /* constant, or as long-lived as the connection */
    bool is_signed;         /* the build put its own credentials in */

    /* Names and values one behind the other; resolved when the request is handed over. */
    struct text header_text;
    size_t header_lengths[2 * OUTGOING_MAX_HEADERS];
    size_t header_count;
    struct berth_pair headers[OUTGOING_MAX_HEADERS];
};

void outgoing_init(struct outgoing *out);
void outgoing_release(struct outgoing *out);

/* Make it empty for the next request. */
void outgoing_reset(struct outgoing *out);

/* Add a header. BERTH_E_INVALID when the value has a control character, which would let
 * an input write headers of its own. */
int outgoing_header(struct outgoing *out, const char *name, struct berth_str value,
                    struct berth_error *err);

/* Put it into *req, whose size the host has set. BERTH_E_INVALID when something did not
 * fit, BERTH_E_NO_MEMORY. */
int outgoing_fill(struct outgoing *out, struct berth_request *req,
                  struct berth_error *err);

#endif
