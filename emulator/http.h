#ifndef EMULATOR_HTTP_H
#define EMULATOR_HTTP_H
/* HTTPS in front of emu_handle(). Invariant: nothing here knows what a request means. */
#include <stdbool.h>
#include <stdint.h>

struct authority;
struct emu;
struct failure;
struct http;

struct http_options {
    const char *listen; /* ADDRESS:PORT; port 0 takes any */
    bool verbose;       /* a line on stderr for each request */
};

/* Listen and serve on threads of its own until http_stop(). `emu` and `authority` are
 * borrowed until then. -1 with a sentence. */
int http_start(struct emu *emu, const struct authority *authority,
               const struct http_options *options, struct http **ret, struct failure *f);
/* The port it listens on. */
uint16_t http_port(const struct http *http);
/* Finish the requests that are being answered, close, free. */
void http_stop(struct http *http);

#endif
