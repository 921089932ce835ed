/* echo: an HTTPS server that answers each request with its body and knows nothing else:
 * the rate that libmicrohttpd and GnuTLS allow. It listens on the loopback address, on a
 * port that it prints, serves with the certificate that a berth-emulator left in DIR, and
 * ends with the program that started it. */
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <microhttpd.h>

enum { EXIT_USAGE = 2, PEM_MAX = 16384, BODY_MAX = 65536, CONNECTION_MEMORY = 32 * 1024 };

struct body {
    size_t len;
    char data[BODY_MAX];
};

static enum MHD_Result answer(struct MHD_Connection *connection, const struct body *body)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        body->len, (void *)(uintptr_t)body->data, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result queued;

    if (!response)
        return MHD_NO;
    (void)MHD_add_response_header(response, "Content-Type", "application/json");
    queued = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection,
                                  const char *url, const char *method,
                                  const char *version, const char *data, size_t *size,
                                  void **context)
{
    struct body *body = *context;

    (void)cls;
    (void)url;
    (void)method;
    (void)version;
    if (!body) {
        body = malloc(sizeof *body);
        if (!body)
            return MHD_NO;
        body->len = 0;
        *context = body;
        return MHD_YES;
    }
    if (!*size)
        return answer(connection, body);
    if (*size > BODY_MAX - body->len)
        return MHD_NO;
    memcpy(body->data + body->len, data, *size);
    body->len += *size;
    *size = 0;
    return MHD_YES;
}

static void on_end(void *cls, struct MHD_Connection *connection, void **context,
                   enum MHD_RequestTerminationCode how)
{
    (void)cls;
    (void)connection;
    (void)how;
    free(*context);
    *context = NULL;
}

static int pem_read(const char *dir, const char *name, char out[PEM_MAX])
{
    char path[512];
    size_t len;
    FILE *in;

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    in = fopen(path, "re");
    if (!in) {
        perror(path);
        return -1;
    }
    len = fread(out, 1, PEM_MAX - 1, in);
    out[len] = '\0';
    (void)fclose(in); /* it was only read */
    return 0;
}

static struct MHD_Daemon *serve(const char *chain, const char *key)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TLS | MHD_USE_ERROR_LOG;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned threads = processors > 1 ? (unsigned)processors : 0;
    struct sockaddr_in loopback = {.sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    return MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, NULL, MHD_OPTION_SOCK_ADDR, &loopback,
        MHD_OPTION_HTTPS_MEM_CERT, chain, MHD_OPTION_HTTPS_MEM_KEY, key,
        MHD_OPTION_HTTPS_PRIORITIES, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2",
        MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_THREAD_POOL_SIZE, threads, MHD_OPTION_END);
}

int main(int argc, char **argv)
{
    static char chain[PEM_MAX], key[PEM_MAX];
    struct MHD_Daemon *daemon;
    const union MHD_DaemonInfo *info;
    sigset_t end;
    int signal_number;

    if (argc != 2) {
        (void)fprintf(stderr, "usage: echo DIR\n");
        return EXIT_USAGE;
    }
    (void)sigemptyset(&end);
    (void)sigaddset(&end, SIGTERM);
    (void)sigaddset(&end, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &end, NULL);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (pem_read(argv[1], "server.pem", chain) < 0 ||
        pem_read(argv[1], "server-key.pem", key) < 0)
        return EXIT_FAILURE;
    daemon = serve(chain, key);
    info = daemon ? MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    if (!info) {
        (void)fprintf(stderr, "echo: the server cannot start\n");
        return EXIT_FAILURE;
    }
    (void)printf("%u\n", (unsigned)info->port);
    (void)fflush(stdout);
    (void)sigwait(&end, &signal_number); /* fails only for a bad set */
    MHD_stop_daemon(daemon);
    return EXIT_SUCCESS;
}
