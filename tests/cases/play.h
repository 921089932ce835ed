/* Playing a case once. Invariant: what a play records is only what the connector did
 * through the ABI. */
#ifndef BERTH_CASES_PLAY_H
#define BERTH_CASES_PLAY_H

#include <jansson.h>
#include <stdbool.h>

#include "berth_plugin.h"

struct case_file {
    const char *folder;   /* where `file` responses are */
    json_t *body;         /* the case as read */
    char *manifest;       /* all of it */
    char *small_manifest; /* what the operation needs of it */
    char *config;
    char *input;
    char *cursor; /* "" when there is none */
    char *host;
    char *operation;
    int64_t now_ms;
    size_t slots;
    bool any_order;
    bool unordered;
    json_t *secrets; /* texts that must not be seen */
};

enum play_order { ORDER_FIFO, ORDER_LIFO, ORDER_SHUFFLED };

struct play_way {
    enum play_order order;
    unsigned seed;
    long stop_after;  /* calls; 0: play to the end */
    long fail_at;     /* allocations; 0: none */
    int cut_exchange; /* -1: none */
    size_t cut_length;
    bool small_manifest;
    bool none_ahead; /* the host sends nothing from within take() */
};

#define PLAY_MAX_FLIGHT 64

struct play {
    struct berth_call call; /* first: the connector's end */
    const struct berth_plugin *plugin;
    const struct case_file *file;
    struct play_way way;
    int64_t now_ms;
    long calls;
    size_t *used; /* how often each exchange was used */
    size_t next_exchange;
    struct {
        uint64_t tag;
        size_t exchange;
        int64_t due_ms;
        uint32_t kind;
    } flight[PLAY_MAX_FLIGHT];
    size_t flight_count;

    json_t *items;
    json_t *cursors;
    json_t *completes;
    json_t *parts;
    json_t *logs;
    json_t *result; /* null value: succeeded without one; NULL: no result */
    json_t *error;  /* what went wrong, as the connector said it; NULL: nothing */
    bool is_over;
    bool was_stopped;
    char problem[1024]; /* how it strayed from the case, as far as that stops a play */
};

void play_run(struct play *play, const struct berth_plugin *plugin,
              const struct case_file *file, const struct play_way *way);
void play_release(struct play *play);

/* Empty when everything is as the case says; else the first difference. */
const char *play_difference(struct play *play);

/* Nothing that is not also in the case was handed over, and no result. */
bool play_is_harmless(const struct play *play);

/* Was something logged as a warning? */
bool play_has_warned(const struct play *play);

/* A request that the connector gives: it is in flight. False: the case has none like it.
 */
bool play_send(struct play *play, const struct berth_request *req);

/* Filled in by host.c. */
void play_host_init(struct play *play);
json_t *error_to_json(int status, const struct berth_error *err);

/* Filled in by exchange.c: find the exchange for a request (-1: none, problem is set),
 * and make its response. */
long exchange_find(struct play *play, const struct berth_request *req);

struct exchange_answer {
    struct berth_response res;
    struct berth_pair headers[32];
    char *body;
};

void exchange_answer(struct play *play, size_t exchange, struct exchange_answer *answer);
void exchange_answer_release(struct exchange_answer *answer);
bool exchange_is_complete(struct play *play);

/* The success body of an exchange, or null. The caller frees it. */
char *exchange_body(const struct case_file *file, size_t exchange, size_t *ret_len);

#endif
