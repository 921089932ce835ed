#include "tests/wire/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "emulator/file.h"

extern char **environ;

enum { ARGS_MAX = 24, STEP_MS = 20, STEPS_MAX = 1500 };

bool wire_folder(struct wire_server *server)
{
    memset(server, 0, sizeof *server);
    (void)snprintf(server->dir, sizeof server->dir, "/tmp/berth-test-wire.XXXXXX");
    return mkdtemp(server->dir) != NULL;
}

static void step(void)
{
    struct timespec a_little = {.tv_nsec = STEP_MS * 1000000};

    (void)nanosleep(&a_little, NULL);
}

/* The port in emulator.json; 0 while it is not there. */
static uint16_t ready_port(const struct wire_server *server)
{
    char path[100];
    struct failure f;
    struct text t;
    const char *at;
    uint16_t port = 0;

    (void)snprintf(path, sizeof path, "%s/emulator.json", server->dir);
    if (access(path, F_OK) < 0)
        return 0;
    text_init(&t, 1 << 16);
    at = file_read(path, &t, &f) == 0 ? strstr(text_str(&t), "\"port\": ") : NULL;
    if (at)
        port = (uint16_t)strtoul(at + 8, NULL, 10);
    text_wipe(&t);
    return port;
}

static bool trust_ca(struct wire_server *server)
{
    char path[100];

    (void)snprintf(path, sizeof path, "%s/ca.pem", server->dir);
    return gnutls_certificate_allocate_credentials(&server->trust) == 0 &&
           gnutls_certificate_set_x509_trust_file(server->trust, path,
                                                  GNUTLS_X509_FMT_PEM) > 0;
}

bool wire_start(struct wire_server *server, const char *const *args)
{
    static char exit_after[] = "--exit-after", seconds[] = "200", dir[] = "--dir",
                with_parent[] = "--exit-with-parent";
    char program[FILE_PATH_MAX], *argv[ARGS_MAX + 8] = {program,    dir,     server->dir,
                                                        exit_after, seconds, with_parent};
    const char *build = getenv("BERTH_BUILDDIR");
    size_t n = 6, i;
    int steps, output;

    (void)snprintf(program, sizeof program, "%s/berth-emulator", build ? build : ".");
    for (i = 0; args[i] && i < ARGS_MAX; i++) {
        argv[n] = strdup(args[i]);
        if (!argv[n++])
            return false;
    }
    (void)fflush(stdout);
    output = dup(STDOUT_FILENO);
    (void)dup2(STDERR_FILENO, STDOUT_FILENO); /* its words are not the test's */
    if (posix_spawn(&server->pid, program, NULL, NULL, argv, environ) != 0)
        server->pid = 0;
    (void)dup2(output, STDOUT_FILENO);
    (void)close(output);
    while (n > 6)
        free(argv[--n]);
    for (steps = 0; server->pid && !server->port && steps < STEPS_MAX; steps++) {
        server->port = ready_port(server);
        if (!server->port)
            step();
    }
    return server->port && trust_ca(server);
}

static void remove_folder(const char *dir)
{
    static const char *const FILES[] = {
        "keys.json",      "ca.pem",        "ca-key.pem",  "server.pem",
        "server-key.pem", "emulator.json", "admin-token", "key"};
    char path[100];
    size_t i;

    for (i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", dir, FILES[i]);
        (void)unlink(path); /* not every test makes every file */
    }
    (void)rmdir(dir); /* what is left shows in /tmp */
}

int wire_stop(struct wire_server *server)
{
    int status = 0, steps;
    pid_t ended = 0;

    if (server->trust)
        gnutls_certificate_free_credentials(server->trust);
    if (!server->pid || kill(server->pid, SIGTERM) < 0)
        return -1;
    for (steps = 0; !ended && steps < STEPS_MAX; steps++) {
        ended = waitpid(server->pid, &status, WNOHANG);
        if (!ended)
            step();
    }
    remove_folder(server->dir);
    return ended == server->pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

long wire_memory_kb(const struct wire_server *server)
{
    char path[64], line[200];
    long kb = 0;
    FILE *file;

    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)server->pid);
    file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        if (!strncmp(line, "VmHWM:", 6))
            kb = strtol(line + 6, NULL, 10);
    if (file)
        (void)fclose(file); /* it was only read */
    return kb;
}

static bool connect_to(const struct wire_server *server, int *ret)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(server->port)};
    struct timeval limit = {.tv_sec = WIRE_TIMEOUT_S};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *ret = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return *ret >= 0 &&
           setsockopt(*ret, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
           setsockopt(*ret, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 &&
           connect(*ret, (struct sockaddr *)&address, sizeof address) == 0;
}

static bool handshake(const struct wire_server *server, struct wire *wire)
{
    int r;

    if (gnutls_init(&wire->session, GNUTLS_CLIENT) < 0)
        return false;
    if (gnutls_set_default_priority(wire->session) < 0 ||
        gnutls_credentials_set(wire->session, GNUTLS_CRD_CERTIFICATE, server->trust) < 0)
        return false;
    gnutls_session_set_verify_cert(wire->session, "localhost", 0);
    gnutls_transport_set_int(wire->session, wire->fd);
    do
        r = gnutls_handshake(wire->session);
    while (r < 0 && !gnutls_error_is_fatal(r) && r != GNUTLS_E_AGAIN);
    return r == 0;
}

bool wire_open(const struct wire_server *server, bool tls, struct wire *ret)
{
    ret->session = NULL;
    if (connect_to(server, &ret->fd) && (!tls || handshake(server, ret)))
        return true;
    wire_close(ret);
    return false;
}

void wire_close(struct wire *wire)
{
    if (wire->session)
        gnutls_deinit(wire->session);
    if (wire->fd >= 0)
        (void)close(wire->fd); /* what was sent has gone, or was not wanted */
    wire->session = NULL;
    wire->fd = -1;
}

static ssize_t send_some(struct wire *wire, const char *p, size_t len)
{
    if (wire->session)
        return gnutls_record_send(wire->session, p, len);
    return send(wire->fd, p, len, MSG_NOSIGNAL);
}

bool wire_send(struct wire *wire, const void *p, size_t len)
{
    const char *at = p;

    while (len) {
        ssize_t n = send_some(wire, at, len);

        if (n == GNUTLS_E_INTERRUPTED)
            continue;
        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

bool wire_say(struct wire *wire, const char *s)
{
    return wire_send(wire, s, strlen(s));
}

static bool read_byte(struct wire *wire, char *ret)
{
    ssize_t n;

    if (!wire->session)
        return recv(wire->fd, ret, 1, 0) == 1;
    do
        n = gnutls_record_recv(wire->session, ret, 1);
    while (n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_REAUTH_REQUEST ||
           (n == GNUTLS_E_AGAIN && gnutls_record_check_pending(wire->session)));
    return n == 1;
}

/* A line without its end; false when there is no whole one. */
static bool read_line(struct wire *wire, char *out, size_t size)
{
    size_t len = 0;
    char c;

    while (read_byte(wire, &c)) {
        if (c == '\n') {
            out[len] = '\0';
            return true;
        }
        if (c != '\r' && len + 1 < size)
            out[len++] = c;
    }
    return false;
}

int wire_answer(struct wire *wire)
{
    char line[2048];
    size_t body = 0;
    int status;

    if (!read_line(wire, line, sizeof line) || strncmp(line, "HTTP/1.", 7) != 0)
        return 0;
    status = (int)strtol(line + 9, NULL, 10);
    do {
        if (!read_line(wire, line, sizeof line))
            return 0;
        if (!strncasecmp(line, "Content-Length:", 15))
            body = strtoul(line + 15, NULL, 10);
    } while (*line);
    for (; body; body--)
        if (!read_byte(wire, line))
            return 0;
    return status;
}

int wire_ask(const struct wire_server *server, const char *request)
{
    struct wire wire;
    int status = 0;

    if (!wire_open(server, true, &wire))
        return 0;
    if (wire_say(&wire, request))
        status = wire_answer(&wire);
    wire_close(&wire);
    return status;
}
