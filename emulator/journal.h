#ifndef EMULATOR_JOURNAL_H
#define EMULATOR_JOURNAL_H
/* What was asked and answered lately. Invariant: it holds the last JOURNAL_SIZE requests
 * and, when that is asked for, the bodies of the last JOURNAL_BODIES of them; and no
 * secret: no key, no signature. The functions lock by themselves. */
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

struct text;

enum {
    JOURNAL_SIZE = 10000,
    JOURNAL_BODIES = 1000,
    JOURNAL_BODY_MAX = 256 * 1024, /* bytes of one that is kept */
    JOURNAL_TARGET = 256,
    JOURNAL_OPERATIONS = 32
};

struct journal_entry {
    uint64_t number; /* counts from 1 */
    int64_t at_us;
    const char *operation; /* a constant; NULL when the path has none */
    int status;
    int error_code;
    unsigned fault; /* the rule that hit it; 0: none */
    size_t request_bytes, response_bytes;
    char method[16];
    char target[JOURNAL_TARGET];
    char policy[64]; /* the name the token gave */
    char request_id[40];
    char *request, *response; /* masked JSON; NULL: not kept */
};

struct journal {
    pthread_mutex_t lock;
    struct journal_entry *ring;
    uint64_t last;
    struct {
        const char *operation;
        uint64_t answered, refused;
    } counts[JOURNAL_OPERATIONS];
};

/* -1 when there is no memory. */
int journal_init(struct journal *j);
void journal_release(struct journal *j);
/* Take in one entry, with its bodies; its number is filled in. */
void journal_add(struct journal *j, struct journal_entry *entry);
/* Append the entries behind number `after`, one JSON object a line. */
void journal_add_lines(struct journal *j, uint64_t after, struct text *t);
/* Append {"requests":N,"operations":{"ID":{"answered":N,"refused":N}}}. */
void journal_add_counts(struct journal *j, struct text *t);
/* Forget all entries and counts. */
void journal_clear(struct journal *j);

#endif
