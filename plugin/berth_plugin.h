/* The border between a Berth host and a connector.
 *
 * A connector turns an operation into requests, and responses into items or a result. The
 * host does everything else: sockets, TLS, waiting, retries, quotas, state, secrets. A
 * connector therefore never does I/O, never waits, never starts a thread and keeps no
 * global variables.
 *
 * Invariants:
 *  - Nothing changes owner across this border; there is no free function on either side.
 *  - A struct that begins with `size` is as long as whoever filled `size` in says. The
 *    reader uses the first min(size, its own sizeof) bytes and takes the rest as zero.
 *    Fields are appended, never moved or reused.
 *  - Structs without `size` (berth_str, berth_pair, berth_call) are frozen.
 *
 * The major version is in the name of the one exported symbol. This header compiles as
 * C99, C11 and C++11. */
#ifndef BERTH_PLUGIN_H
#define BERTH_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Counts additions within major version 1. */
#define BERTH_ABI_MINOR 2u
#define BERTH_PLUGIN_SYMBOL "berth_plugin_v1"

/* Does *ptr, which begins with `size`, reach as far as the end of `field`? Ask before
 * reading or writing a field that is newer than minor version 0. A function pointer that
 * is there may still be null. */
#define BERTH_HAS(ptr, field)                                                            \
    ((ptr)->size >=                                                                      \
     (size_t)((const char *)&(ptr)->field - (const char *)(ptr)) + sizeof((ptr)->field))

struct berth_conn; /* a connection; defined by the connector */
struct berth_op;   /* a running operation; defined by the connector */
struct berth_host; /* the host's services, below */

/* Borrowed UTF-8 text, not terminated. ptr may be null only when len is 0. */
struct berth_str {
    const char *ptr;
    size_t len;
};

struct berth_pair {
    struct berth_str name;
    struct berth_str value;
};

/* What whoever gets it should do about it, rather than what happened. Zero is success;
 * positive values are the business of the function that returns them. */
enum berth_status {
    BERTH_OK = 0,
    BERTH_E_INVALID = -1,      /* mend the input or the configuration */
    BERTH_E_AUTH = -2,         /* mend the credentials or ask for the right */
    BERTH_E_NOT_FOUND = -3,    /* it is not there */
    BERTH_E_CONFLICT = -4,     /* read what is there and decide */
    BERTH_E_THROTTLED = -5,    /* later, and slower */
    BERTH_E_UNAVAILABLE = -6,  /* later */
    BERTH_E_TIMEOUT = -7,      /* later; it may have taken effect */
    BERTH_E_CANCELED = -8,     /* nothing: it was asked for */
    BERTH_E_PROTOCOL = -9,     /* report it: the service broke its own rules */
    BERTH_E_NO_MEMORY = -10,   /* later, on a larger machine */
    BERTH_E_UNSUPPORTED = -11, /* use a newer host, or a newer connector */
    BERTH_E_INTERNAL = -12     /* report it: a bug */
};

/* Zeroed but for `size` by the caller; filled by the callee before it returns a negative
 * status. All texts are terminated, may be empty but for message, and never hold a
 * secret. */
struct berth_error {
    uint32_t size;
    int32_t http_status;    /* 0: none */
    int64_t retry_after_ms; /* 0: not known */
    char code[64];          /* the condition in the manifest's words: "alreadyExists" */
    char service_code[64];  /* the service's own number or name: "409201" */
    char request_id[64];    /* for the service's support; may be empty */
    char message[512];      /* one sentence: the thing, the value, the remedy */
};

enum berth_kind {
    BERTH_HTTP = 0,
    BERTH_TIMER = 1 /* no I/O: after delay_ms take() is called, with status 0 */
};

enum berth_request_flag {
    BERTH_REPEATABLE = 1u << 0, /* may be sent again when its fate is not known */
    BERTH_PRIVATE = 1u << 1, /* url, body or answer hold secrets: keep them out of logs */
    BERTH_READ_ONLY = 1u << 2 /* changes nothing at the service, whatever its method */
};

/* For next() zeroed but for `size` by the host, and filled by the connector; what it
 * points to stays valid until the next call of any kind with the same op. For send() all
 * of it is the connector's, until send() returns. */
struct berth_request {
    uint32_t size;
    uint32_t kind;           /* enum berth_kind */
    uint64_t tag;            /* echoed in the response; the host never reads it */
    struct berth_str method; /* upper case */
    struct berth_str url;    /* absolute; of an origin in network.hosts */
    const struct berth_pair *headers; /* Host, Content-Length, User-Agent are added; those
                                       * with auth, cookie, credential, key, password,
                                       * secret, signature or token in their name are
                                       * masked wherever they are shown */
    size_t header_count;
    struct berth_str body;
    uint32_t flags;         /* enum berth_request_flag */
    uint32_t delay_ms;      /* not before so long from now; meanwhile it takes no slot */
    uint32_t timeout_ms;    /* of one attempt, after the delay; 0: the host decides */
    uint32_t max_body;      /* bytes of response to accept; 0: the host decides */
    struct berth_str limit; /* id in the manifest's limits[]; empty: the first */
};

enum berth_response_flag {
    /* An earlier attempt may have taken effect: a 404 on DELETE or a 409 on a create can
     * then mean success. */
    BERTH_UNCERTAIN = 1u << 0
};

/* Why there is no complete answer. */
enum berth_failure {
    BERTH_FAILURE_NONE = 0,
    BERTH_FAILURE_RESOLVE = 1,   /* the name is not known */
    BERTH_FAILURE_CONNECT = 2,   /* nobody answers there */
    BERTH_FAILURE_UNTRUSTED = 3, /* the certificate was not accepted */
    BERTH_FAILURE_TLS = 4,       /* the handshake failed otherwise */
    BERTH_FAILURE_CUT = 5,       /* the connection ended before the answer did */
    BERTH_FAILURE_TIMEOUT = 6,
    BERTH_FAILURE_TOO_LARGE = 7, /* the answer was longer than max_body */
    BERTH_FAILURE_OTHER = 8
};

/* Filled by the host; all it points to is valid until take() returns. What may pass (no
 * connection, 408, 429, 5xx) the host has by then tried again for as long as it is going
 * to; one that is neither repeatable nor read-only, only after 429 or when nothing of it
 * was sent. */
struct berth_response {
    uint32_t size;
    uint32_t kind;
    uint64_t tag;
    int32_t status;         /* HTTP; or a negative berth_status: no complete answer */
    uint32_t flags;         /* enum berth_response_flag */
    int64_t retry_after_ms; /* from Retry-After, in seconds or as a date; -1: absent */
    const struct berth_pair *headers; /* names in lower case; order and repeats kept */
    size_t header_count;
    struct berth_str body;         /* complete, never cut */
    uint32_t failure;              /* enum berth_failure, when status is negative */
    uint32_t attempts;             /* how many times it was sent */
    struct berth_str failure_text; /* the host's sentence about it */
};

enum berth_item_flag {
    BERTH_ITEM_DELETED = 1u << 0, /* change feeds only; a listing never says so */
    BERTH_ITEM_QUIET = 1u << 1    /* outside the input's filter: remember it silently; its
                                   * deletion is told when it once was inside */
};

/* One thing that a trigger sees. Borrowed until item() returns. Best made of slices of
 * the response body: a host that keeps connectors in a process of their own can then pass
 * offsets instead of bytes. */
struct berth_item {
    uint32_t size;
    uint32_t flags;           /* enum berth_item_flag */
    struct berth_str key;     /* decoded text, unique within the subscription */
    struct berth_str version; /* opaque, compared by bytes; empty: the host hashes data */
    struct berth_str data;    /* one JSON value as text, unchecked */
    struct berth_str scope;   /* the part of the listing it came from; empty: the whole */
};

/* What an operation starts from. The texts stay valid until end(), so an op need not copy
 * its input. */
struct berth_start {
    uint32_t size;
    uint32_t flags;             /* 0 */
    struct berth_str operation; /* id in the manifest */
    struct berth_str input;     /* JSON object that obeys the operation's inputSchema */
    struct berth_str cursor;    /* what an earlier run gave to cursor(), or empty */
    uint32_t page_size;         /* items wished for a page; 0: the connector decides */
    uint32_t reserved;          /* 0 */
};

/* The host's end of one open() or one operation; valid until open() returns or end() is
 * called. The host's own fields follow, a connector sees only this. */
struct berth_call {
    const struct berth_host *host;
};

enum berth_level {
    BERTH_LOG_DEBUG = 0,
    BERTH_LOG_INFO = 1,
    BERTH_LOG_WARN = 2,
    BERTH_LOG_ERROR = 3
};

/* Host services, to be called only from within open(), begin(), next() and take() of that
 * call. They never block and never call back. Where one returns a negative status, the
 * connector returns that status at once. */
struct berth_host {
    uint32_t size;
    uint32_t abi_minor;
    void (*log)(struct berth_call *call, int level, struct berth_str text);

    /* Milliseconds since 1970. Stands still during one call into the connector; its only
     * clock. */
    int64_t (*now_ms)(struct berth_call *call);

    int (*item)(struct berth_call *call, const struct berth_item *item);

    /* A point to resume from: what was handed over before this call need not be asked for
     * again, so whatever is still open or in flight must be in the text. The host commits
     * items and cursor together or not at all; an item may be handed over twice. */
    int (*cursor)(struct berth_call *call, struct berth_str cursor);

    /* This scope was listed to its end, perhaps over several runs joined by cursors: what
     * was not seen in it is gone. The empty scope stands for everything, the set of
     * scopes included. An op that never says so never makes the host report a deletion.
     */
    int (*complete)(struct berth_call *call, struct berth_str scope);

    /* The outcome of element `index` of a batch: 0 and its value (JSON or empty), or a
     * negative status and `err`. An element never told of shares the fate of the op. */
    int (*part)(struct berth_call *call, uint32_t index, int status,
                struct berth_str value, const struct berth_error *err);

    /* The operation has succeeded and is over; requests still open are abandoned. Exactly
     * once and last, from triggers too. `value` is JSON or empty. It does not imply
     * complete(). */
    int (*result)(struct berth_call *call, struct berth_str value);

    /* A family of services by id ("berth.name/1"); null: this host has it not. Valid as
     * long as the host. */
    const void *(*extension)(const char *id);

    /* Since minor version 1. How many bytes at the start of `rest` are, in this scope,
     * the data of an item that an earlier run of this version of the connector handed
     * over in the same place: it counts as handed over again, and the connector goes on
     * behind it. 0: scan it and call item(). Ask only in the order of the listing, only
     * about data that shows by itself where it ends (an object does, a number or a line
     * does not), and only when key, version and flags of an item follow from its data and
     * scope and the operation's input alone. */
    size_t (*known)(struct berth_call *call, struct berth_str rest,
                    struct berth_str scope);

    /* Since minor version 2. Sends now what next() would give later, so that the service
     * works on it while take() reads its answer; it is for take() of an HTTP answer. 0:
     * the host has the request, next() does not give it again. 1: not now, leave it to
     * next(). */
    int (*send)(struct berth_call *call, const struct berth_request *req);
};

enum berth_next {
    /* Nothing to send before a response comes, the op's own or another's on this
     * connection; the host asks again after each. An op that waits while the whole
     * connection has nothing open has stalled, which the host reports as a bug. */
    BERTH_NEXT_NONE = 0,
    BERTH_NEXT_REQUEST = 1 /* *req is filled */
};

/* One call at a time per connection, on any thread; different connections at the same
 * time. An operation is begin (next | take)* end. It is over once it called result(), or
 * begin, next or take returned a negative status, or the host gave up on it; then end()
 * follows and nothing else. */
struct berth_plugin {
    uint32_t size;
    uint32_t min_host_minor; /* the oldest host that will do */
    const char *id;          /* as in the manifest */
    const char *version;     /* as in the manifest */

    /* `manifest` and `config` (the filled credential form, a JSON object with a member
     * `kind`) are valid during the call only. */
    int (*open)(struct berth_call *call, struct berth_str manifest,
                struct berth_str config, struct berth_conn **ret_conn,
                struct berth_error *err);

    /* Null: nothing. All ops have ended before. */
    void (*close)(struct berth_conn *conn);

    /* A negative status: there is no op, and no end(). */
    int (*begin)(struct berth_conn *conn, struct berth_call *call,
                 const struct berth_start *start, struct berth_op **ret_op,
                 struct berth_error *err);

    /* enum berth_next, or a negative status. */
    int (*next)(struct berth_op *op, struct berth_request *req, struct berth_error *err);

    /* The response to a request that next() or send() gave, in any order. */
    int (*take)(struct berth_op *op, const struct berth_response *res,
                struct berth_error *err);

    /* At any time between calls: this is how an operation is canceled. */
    void (*end)(struct berth_op *op);

    /* As the host's; may itself be null. */
    const void *(*extension)(const char *id);
};

#if defined(__GNUC__)
#define BERTH_EXPORT __attribute__((visibility("default")))
#else
#define BERTH_EXPORT
#endif

/* The one symbol that a connector exports. `host` may be looked at only during this call,
 * to learn what the host is; the services come with each call. The table returned is
 * constant. Null, with *err filled: this connector cannot work with this host. */
BERTH_EXPORT const struct berth_plugin *berth_plugin_v1(const struct berth_host *host,
                                                        struct berth_error *err);

#ifdef __cplusplus
}
#endif
#endif
