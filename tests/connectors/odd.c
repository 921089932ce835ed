/* Connectors that differ from what this host was built with, one a build: ODD says how.
 * Those that can work have one operation, which ends at once with the result "works". */
#include <stdlib.h>

#include "berth_plugin.h"

#define ODD_OLDER 1      /* its table ends before the last field */
#define ODD_NEWER 2      /* its table goes on after it */
#define ODD_TOO_NEW 3    /* needs a newer host */
#define ODD_NEXT_MAJOR 4 /* has only the next version's symbol */
#define ODD_NO_SYMBOL 5  /* is a shared object, but no connector */
#define ODD_OTHER_ID 6   /* */
#define ODD_OTHER_VERSION 7
#define ODD_REFUSES 8 /* says no, with a sentence */
#define ODD_SILENT 9  /* says no, without one */
#define ODD_SIZE_ZERO 10
#define ODD_SIZE_FOUR 11
#define ODD_SIZE_HUGE 12
#define ODD_NO_ID 13
#define ODD_NO_BEGIN 14
#define ODD_OPENS_NOTHING 15
#define ODD_UNRESOLVED 16 /* needs a function that nobody has */

struct berth_conn {
    int unused;
};

struct berth_op {
    int unused;
};

static struct berth_conn THE_CONN;
static struct berth_op THE_OP;

static int odd_open(struct berth_call *call, struct berth_str manifest,
                    struct berth_str config, struct berth_conn **ret_conn,
                    struct berth_error *err)
{
    (void)call;
    (void)manifest;
    (void)config;
    (void)err;
    if (ODD != ODD_OPENS_NOTHING)
        *ret_conn = &THE_CONN;
    return BERTH_OK;
}

static int odd_begin(struct berth_conn *conn, struct berth_call *call,
                     const struct berth_start *start, struct berth_op **ret_op,
                     struct berth_error *err)
{
    (void)conn;
    (void)start;
    (void)err;
    *ret_op = &THE_OP;
    return call->host->result(call, (struct berth_str){"works", 5});
}

static int odd_next(struct berth_op *op, struct berth_request *req,
                    struct berth_error *err)
{
    (void)op;
    (void)req;
    (void)err;
    return BERTH_NEXT_NONE;
}

static int odd_take(struct berth_op *op, const struct berth_response *res,
                    struct berth_error *err)
{
    (void)op;
    (void)res;
    (void)err;
    return BERTH_OK;
}

static void odd_end(struct berth_op *op)
{
    (void)op;
}

/* What a later minor version may look like. */
struct newer_plugin {
    struct berth_plugin known;
    int (*later)(void);
    uint64_t more[16];
};

#if ODD == ODD_OLDER
#define SIZE offsetof(struct berth_plugin, extension)
#elif ODD == ODD_NEWER
#define SIZE sizeof(struct newer_plugin)
#elif ODD == ODD_SIZE_ZERO
#define SIZE 0
#elif ODD == ODD_SIZE_FOUR
#define SIZE 4
#elif ODD == ODD_SIZE_HUGE
#define SIZE UINT32_MAX
#else
#define SIZE sizeof(struct berth_plugin)
#endif

static const struct newer_plugin PLUGIN = {
    .known =
        {
            .size = (uint32_t)SIZE,
#if ODD == ODD_TOO_NEW
            .min_host_minor = 99,
#endif
#if ODD == ODD_OTHER_ID
            .id = "other",
#elif ODD != ODD_NO_ID
            .id = "odd",
#endif
#if ODD == ODD_OTHER_VERSION
            .version = "1.0.1",
#else
            .version = "1.0.0",
#endif
            .open = odd_open,
            .begin = ODD == ODD_NO_BEGIN ? NULL : odd_begin,
            .next = odd_next,
            .take = odd_take,
            .end = odd_end,
#if ODD == ODD_OLDER
            /* Beyond what it says to have: whoever calls it has read too far. */
            .extension = (const void *(*)(const char *))abort,
#endif
        },
    .later = NULL,
};

static const struct berth_plugin *answer(const struct berth_host *host,
                                         struct berth_error *err)
{
    static const char WHY[] = "it wants a host that can do webhooks";
    (void)host;
    for (size_t i = 0; ODD == ODD_REFUSES && i < sizeof(WHY); i++)
        err->message[i] = WHY[i];
    if (ODD == ODD_REFUSES || ODD == ODD_SILENT)
        return NULL;
#if ODD == ODD_UNRESOLVED
    extern int nobody_has_this(void);
    if (nobody_has_this())
        return NULL;
#endif
    return &PLUGIN.known;
}

#if ODD == ODD_NEXT_MAJOR
#define ENTRY berth_plugin_v2
#elif ODD == ODD_NO_SYMBOL
#define ENTRY something_else
#else
#define ENTRY berth_plugin_v1
#endif

BERTH_EXPORT const struct berth_plugin *ENTRY(const struct berth_host *host,
                                              struct berth_error *err);

const struct berth_plugin *ENTRY(const struct berth_host *host, struct berth_error *err)
{
    return answer(host, err);
}
