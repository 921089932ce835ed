/* A session without a network: the trigger lists items that a test gives, the verify
 * action looks them up, as for azure-dps's enrollments. It obeys session.h: everything
 * happens in session_wait(), and each call ends with one done(). */
#ifndef TESTS_STATE_FAKE_SESSION_H
#define TESTS_STATE_FAKE_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "host/session.h"

struct fake_item {
    const char *key;
    const char *version; /* null: none */
    const char *scope;   /* null: the whole */
    const char *data;    /* null: made of key and version */
    unsigned flags;
};

/* Items, as initializers. */
#define ITEM(k, v)                                                                       \
    {                                                                                    \
        .key = k, .version = v                                                           \
    }
#define IN(s, k, v)                                                                      \
    {                                                                                    \
        .key = k, .version = v, .scope = s                                               \
    }
#define QUIET(k, v)                                                                      \
    {                                                                                    \
        .key = k, .version = v, .flags = BERTH_ITEM_QUIET                                \
    }
#define WITH(k, v, d)                                                                    \
    {                                                                                    \
        .key = k, .version = v, .data = d                                                \
    }

enum { FAKE_NEVER = -1 };

struct session {
    const struct fake_item *items; /* what the listing shows */
    size_t count;
    const struct fake_item *real; /* what is there, when that is something else */
    size_t real_count;
    size_t page;   /* items between two cursors; 0: no cursors */
    long break_at; /* item before which the listing breaks off, or FAKE_NEVER */
    int break_status;
    long wake_at; /* item before which a byte is written into wake_fd */
    int wake_write_fd;
    const char *unlisted; /* a scope that is not listed to its end */
    bool whole;           /* scopes or not, the whole is listed to its end, too */
    bool incomplete;      /* complete() is never called */
    bool rejects_cursors;
    bool asks;         /* whether items are known, before they are handed over */
    int verify_status; /* what every verification answers; 0: the truth */

    size_t verified; /* calls of the verify action */
    size_t listed;   /* items handed over or known, by all listings */
    size_t known;    /* of these */
    struct session_counts counts;
    struct call *calls;
};

/* Lists these items in pages of three, and asks. */
struct session fake_session(const struct fake_item *items, size_t count);

#define COUNT(items) (sizeof(items) / sizeof((items)[0]))
#define LIST(...)                                                                        \
    fake_session((const struct fake_item[]){__VA_ARGS__},                                \
                 COUNT(((const struct fake_item[]){__VA_ARGS__})))

#endif
