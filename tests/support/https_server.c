#include "config.h"

#include "tests/support/https_server.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECTIONS 256
#define MAX_KEPT 64

struct connection {
    struct https_server *server;
    pthread_t thread;
    int fd;
    unsigned number;
    gnutls_session_t tls;
};

struct https_server {
    gnutls_certificate_credentials_t credentials;
    const struct step *steps;
    size_t step_count;
    int fd;
    int port;
    pthread_t thread;
    pthread_mutex_t lock;
    struct connection connections[MAX_CONNECTIONS];
    size_t connection_count;
    size_t request_count;
    size_t at_once;
    size_t most_at_once;
    bool stopping;
    struct received received[MAX_KEPT];
};

static void sleep_ms(int ms)
{
    struct timespec t = {ms / 1000, (ms % 1000) * 1000000L};
    (void)nanosleep(&t, NULL);
}

static bool send_all(struct connection *c, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = gnutls_record_send(c->tls, data, len);
        if (n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_AGAIN)
            continue;
        if (n <= 0)
            return false;
        data += n;
        len -= (size_t)n;
    }
    return true;
}

static size_t content_length(const char *head)
{
    const char *line = strcasestr(head, "\r\ncontent-length:");
    return line ? strtoul(line + strlen("\r\ncontent-length:"), NULL, 10) : 0;
}

static ssize_t receive(struct connection *c, char *data, size_t size)
{
    ssize_t n;
    do
        n = gnutls_record_recv(c->tls, data, size);
    while (n == GNUTLS_E_INTERRUPTED);
    return n;
}

/* The head, byte by byte, since a test's speed is no matter; then the body. */
static bool receive_request(struct connection *c, struct received *ret)
{
    size_t len = 0;
    *ret = (struct received){.connection = c->number};
    while (len < 4 || memcmp(ret->head + len - 4, "\r\n\r\n", 4) != 0) {
        if (len + 1 == sizeof(ret->head) || receive(c, ret->head + len, 1) != 1)
            return false;
        len++;
    }
    size_t body = content_length(ret->head);
    char skipped[4096];
    for (size_t got = 0; got < body;) {
        bool room = got + 1 < sizeof(ret->body);
        size_t want = room ? sizeof(ret->body) - 1 - got : sizeof(skipped);
        if (want > body - got)
            want = body - got;
        ssize_t n = receive(c, room ? ret->body + got : skipped, want);
        if (n <= 0)
            return false;
        got += (size_t)n;
    }
    return true;
}

static struct step next_step(struct connection *c, const struct received *received)
{
    struct https_server *s = c->server;
    (void)pthread_mutex_lock(&s->lock);
    size_t n = s->request_count++;
    if (n < MAX_KEPT)
        s->received[n] = *received;
    if (++s->at_once > s->most_at_once)
        s->most_at_once = s->at_once;
    struct step step = s->steps[n < s->step_count ? n : s->step_count - 1];
    (void)pthread_mutex_unlock(&s->lock);
    return step;
}

static void answered(struct connection *c)
{
    (void)pthread_mutex_lock(&c->server->lock);
    c->server->at_once--;
    (void)pthread_mutex_unlock(&c->server->lock);
}

static bool send_fill(struct connection *c, size_t len)
{
    char chunk[1024];
    memset(chunk, 'f', sizeof(chunk));
    bool ok = send_all(c, "x-fill: ", 8);
    for (size_t done = 0; ok && done < len; done += sizeof(chunk))
        ok = send_all(c, chunk, sizeof(chunk)) && send_all(c, "\r\nx-fill: ", 10);
    return ok && send_all(c, "end\r\n", 5);
}

static bool send_answer(struct connection *c, const struct step *step)
{
    const char *body = step->body ? step->body : "";
    size_t repeat = step->body_repeat ? step->body_repeat : 1;
    size_t total = strlen(body) * repeat + (step->fault == FAULT_CUT ? 100 : 0);
    char head[2048];
    int status = step->status ? step->status : 200;
    int n = snprintf(head, sizeof(head), "HTTP/1.1 %d Scripted\r\n%s", status,
                     step->headers ? step->headers : "");
    if (!send_all(c, head, (size_t)n) ||
        (step->header_repeat && !send_fill(c, step->header_repeat)))
        return false;
    n = status == 204
            ? snprintf(head, sizeof(head), "\r\n")
            : snprintf(head, sizeof(head), "Content-Length: %zu\r\n\r\n", total);
    bool ok = send_all(c, head, (size_t)n);
    for (size_t i = 0; ok && status != 204 && i < repeat; i++)
        ok = send_all(c, body, strlen(body));
    return ok && step->fault != FAULT_CUT;
}

/* Closing with this set sends a reset. */
static void make_reset(int fd)
{
    struct linger linger = {1, 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

/* False: the connection has ended. */
static bool play(struct connection *c, const struct step *step)
{
    char waste[64];
    sleep_ms(step->delay_ms);
    answered(c); /* before the answer, since the next request may come right after it */
    switch (step->fault) {
    case FAULT_RESET:
        make_reset(c->fd);
        return false;
    case FAULT_NO_ANSWER:
        return false;
    case FAULT_GARBAGE:
        (void)send_all(c, "\x16\x03 what is this\r\n\r\n", 18);
        return false;
    case FAULT_SILENCE:
        (void)receive(c, waste, sizeof(waste)); /* until the client gives up */
        return false;
    default:
        return send_answer(c, step) && step->fault != FAULT_CLOSE_AFTER;
    }
}

static void serve(struct connection *c)
{
    unsigned char name[] = "http/1.1";
    const gnutls_datum_t alpn = {name, sizeof(name) - 1};
    int r = gnutls_init(&c->tls, GNUTLS_SERVER);
    if (r < 0)
        return;
    (void)gnutls_set_default_priority(c->tls);
    (void)gnutls_credentials_set(c->tls, GNUTLS_CRD_CERTIFICATE, c->server->credentials);
    (void)gnutls_alpn_set_protocols(c->tls, &alpn, 1, 0);
    gnutls_transport_set_int(c->tls, c->fd);
    gnutls_handshake_set_timeout(c->tls, 5000);
    do
        r = gnutls_handshake(c->tls);
    while (r < 0 && !gnutls_error_is_fatal(r));
    struct received received;
    bool more = r == 0;
    while (more && receive_request(c, &received)) {
        struct step step = next_step(c, &received);
        more = play(c, &step);
    }
    gnutls_deinit(c->tls);
}

static void *connection_main(void *arg)
{
    struct connection *c = arg;
    serve(c);
    (void)pthread_mutex_lock(&c->server->lock);
    (void)close(c->fd);
    c->fd = -1;
    (void)pthread_mutex_unlock(&c->server->lock);
    return NULL;
}

static void accept_one(struct https_server *s, int fd)
{
    struct timeval patience = {10, 0};
    int yes = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    (void)pthread_mutex_lock(&s->lock);
    if (s->stopping || s->connection_count == MAX_CONNECTIONS) {
        (void)close(fd);
    } else {
        struct connection *c = &s->connections[s->connection_count];
        *c = (struct connection){
            .server = s, .fd = fd, .number = (unsigned)s->connection_count + 1};
        if (pthread_create(&c->thread, NULL, connection_main, c) == 0)
            s->connection_count++;
    }
    (void)pthread_mutex_unlock(&s->lock);
}

static void *server_main(void *arg)
{
    struct https_server *s = arg;
    int fd;
    while ((fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
        accept_one(s, fd);
    return NULL;
}

struct https_server *https_server_start(gnutls_certificate_credentials_t credentials,
                                        const struct step *steps, size_t count)
{
    struct https_server *s = calloc(1, sizeof(*s));
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    if (!s)
        abort();
    s->credentials = credentials;
    s->steps = steps;
    s->step_count = count;
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&address, len) < 0 ||
        listen(s->fd, 64) < 0 ||
        getsockname(s->fd, (struct sockaddr *)&address, &len) < 0 ||
        pthread_mutex_init(&s->lock, NULL) != 0)
        abort();
    s->port = ntohs(address.sin_port);
    if (pthread_create(&s->thread, NULL, server_main, s) != 0)
        abort();
    return s;
}

void https_server_stop(struct https_server *s)
{
    if (!s)
        return;
    (void)pthread_mutex_lock(&s->lock);
    s->stopping = true;
    (void)shutdown(s->fd, SHUT_RDWR);
    for (size_t i = 0; i < s->connection_count; i++)
        if (s->connections[i].fd >= 0)
            (void)shutdown(s->connections[i].fd, SHUT_RDWR);
    (void)pthread_mutex_unlock(&s->lock);
    (void)pthread_join(s->thread, NULL);
    for (size_t i = 0; i < s->connection_count; i++)
        (void)pthread_join(s->connections[i].thread, NULL);
    (void)close(s->fd);
    (void)pthread_mutex_destroy(&s->lock);
    gnutls_certificate_free_credentials(s->credentials);
    free(s);
}

int https_server_port(const struct https_server *s)
{
    return s->port;
}

size_t https_server_count(struct https_server *s)
{
    (void)pthread_mutex_lock(&s->lock);
    size_t count = s->request_count;
    (void)pthread_mutex_unlock(&s->lock);
    return count;
}

size_t https_server_most_at_once(struct https_server *s)
{
    (void)pthread_mutex_lock(&s->lock);
    size_t count = s->most_at_once;
    (void)pthread_mutex_unlock(&s->lock);
    return count;
}

struct received https_server_received(struct https_server *s, size_t index)
{
    (void)pthread_mutex_lock(&s->lock);
    struct received r = {0};
    if (index < s->request_count && index < MAX_KEPT)
        r = s->received[index];
    (void)pthread_mutex_unlock(&s->lock);
    return r;
}
