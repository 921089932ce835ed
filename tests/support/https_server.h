/* A scripted HTTPS server on loopback, for tests: it answers the n-th request with the
 * n-th step of its script (the last step repeats), or goes wrong as the step says.
 *
 * Invariant: it listens on an ephemeral port of 127.0.0.1, in threads of the test, and
 * ends with https_server_stop(); a connection that says nothing for ten seconds is
 * closed. */
#ifndef BERTH_TEST_HTTPS_SERVER_H
#define BERTH_TEST_HTTPS_SERVER_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>

enum fault {
    FAULT_NONE,
    FAULT_CLOSE_AFTER, /* close the connection after a complete answer, in silence */
    FAULT_NO_ANSWER,   /* close it instead of answering */
    FAULT_RESET,       /* reset it instead of answering */
    FAULT_CUT,         /* close it in the middle of the body */
    FAULT_GARBAGE,     /* what is not HTTP */
    FAULT_SILENCE      /* never answer; keep it open */
};

struct step {
    int status; /* 0: 200 */
    enum fault fault;
    const char *headers;  /* complete lines, or null */
    const char *body;     /* or null */
    size_t body_repeat;   /* how often the body is repeated; 0: once */
    size_t header_repeat; /* a header "x-fill" of so many bytes */
    int delay_ms;
};

/* What came in, for the test to look at once it is complete. */
struct received {
    char head[4096]; /* the request line and headers, terminated */
    char body[4096];
    unsigned connection; /* counted from 1 */
};

struct https_server;

/* Takes over `credentials`; borrows `steps`. */
struct https_server *https_server_start(gnutls_certificate_credentials_t credentials,
                                        const struct step *steps, size_t count);
void https_server_stop(struct https_server *s);
int https_server_port(const struct https_server *s);

/* So far. */
size_t https_server_count(struct https_server *s);

/* The most requests that were being answered at the same time. */
size_t https_server_most_at_once(struct https_server *s);

/* Request `index`, of which there are at most 64 kept. */
struct received https_server_received(struct https_server *s, size_t index);

#endif
