#ifndef TESTS_WIRE_WIRE_H
#define TESTS_WIRE_WIRE_H
/* A real berth-emulator and raw bytes to it, with and without TLS. Invariant: nothing
 * waits longer than WIRE_TIMEOUT_S, and the emulator ends with the test. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <gnutls/gnutls.h>

#include "emulator/text.h"

enum { WIRE_TIMEOUT_S = 20 };

/* Under a sanitizer memory says nothing of the program. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { WIRE_SANITIZED = 1 };
#elif defined(__has_feature)
enum {
    WIRE_SANITIZED = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
};
#else
enum { WIRE_SANITIZED = 0 };
#endif

struct wire_server {
    char dir[64]; /* its folder; made by wire_folder() */
    pid_t pid;
    uint16_t port;
    gnutls_certificate_credentials_t trust;
};

/* One connection; `session` is NULL when it does not speak TLS. */
struct wire {
    int fd;
    gnutls_session_t session;
};

/* Make the folder. */
bool wire_folder(struct wire_server *server);
/* Start the program with these arguments behind --dir, and wait until it listens. */
bool wire_start(struct wire_server *server, const char *const *args);
/* End it; its exit status, or -1 when it did not end by itself. The folder is removed. */
int wire_stop(struct wire_server *server);
/* The most memory it has had, in kB. */
long wire_memory_kb(const struct wire_server *server);

/* Connect; with a handshake when `tls`. */
bool wire_open(const struct wire_server *server, bool tls, struct wire *ret);
void wire_close(struct wire *wire);
/* Send all; false when the other side has had enough. */
bool wire_send(struct wire *wire, const void *p, size_t len);
bool wire_say(struct wire *wire, const char *s);
/* The status of the next answer, whose body is read too; 0 when the connection ends. */
int wire_answer(struct wire *wire);
/* Send one request on a connection of its own; the status of its answer. */
int wire_ask(const struct wire_server *server, const char *request);

#endif
