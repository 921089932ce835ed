#ifndef EMULATOR_FAULT_H
#define EMULATOR_FAULT_H
/* Faults that are asked for: which requests they hit and what goes wrong. Invariant: with
 * the same rules, seeds and requests in the same order, the same requests are hit. The
 * functions lock by themselves. */
#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct problem;
struct text;

enum { FAULT_RULES_MAX = 64, FAULT_TEXT_SIZE = 160 };

/* What becomes of continuation tokens. EMPTY: a page shows nothing, and another token
 * goes on where it would have begun. */
enum fault_token {
    FAULT_TOKEN_NONE,
    FAULT_TOKEN_FORGET,
    FAULT_TOKEN_REPEAT,
    FAULT_TOKEN_EMPTY,
};

/* What happens to one request. */
struct fault {
    int status;        /* answer with it; 0: as usual */
    bool after;        /* but do what was asked first */
    int retry_after_s; /* -1: no such header */
    int delay_ms;      /* before the answer */
    int pause_ms;      /* in the middle of the body */
    long cut;          /* end the connection after so many bytes of the body; -1: whole */
    bool reset;        /* end the connection without an answer */
    bool malformed;    /* half of the JSON */
    bool html;         /* another content type and body */
    bool tls;          /* refuse the connection with a TLS alert, before any request */
    bool stale_etag;   /* the etags of the answer are of an earlier version */
    int lag_ms;        /* reads show for so long what was before this change */
    int lag_reads;     /* or so many of them do */
    int clock_shift_s; /* the request is taken as so much later, or earlier */
    char content_type[64]; /* of the answer; "": the right one */
    enum fault_token token;
};

/* A fault and the requests it is for. */
struct fault_rule {
    char method[16];                 /* patterns with * and ?, in any case; "": all */
    char path[FAULT_TEXT_SIZE];      /* without the query */
    char operation[FAULT_TEXT_SIZE]; /* its id in the definitions */
    unsigned long skip;              /* matching requests let through first */
    unsigned long count;             /* requests to hit; 0: all */
    double probability;
    uint64_t seed;
    unsigned long matched, hit;
    unsigned id;
    struct fault fault;
};

struct faults {
    pthread_mutex_t lock;
    struct fault_rule rules[FAULT_RULES_MAX];
    size_t count;
    unsigned last_id;
};

int faults_init(struct faults *faults);
void faults_release(struct faults *faults);

/* The rule for connections that are opened: shall this one be refused? */
bool faults_take_tls(struct faults *faults);

/* Read a rule written name=value,name=value; blanks around these do not count. -1 with
 * the problem set. */
int fault_read(struct fault_rule *rule, const char *text, struct problem *p);
/* Read a rule that is a JSON object with the same names. */
int fault_read_json(struct fault_rule *rule, json_t *json, struct problem *p);

/* Add a rule behind the others; its id, or -1 when there are too many. */
int faults_add(struct faults *faults, const struct fault_rule *rule);
/* Remove the rule of that id; whether there was one. */
bool faults_remove(struct faults *faults, unsigned id);
void faults_clear(struct faults *faults);
/* What happens to this request: the first rule that hits it. The id of the rule, or 0. */
unsigned faults_take(struct faults *faults, const char *method, const char *path,
                     const char *operation, struct fault *ret);
/* Append the rules as a JSON array, with their counts so far. */
void faults_add_json(struct faults *faults, struct text *t);

#endif
