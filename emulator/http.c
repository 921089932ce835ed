#include "emulator/http.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "emulator/address.h"
#include "emulator/authority.h"
#include "emulator/choices.h"
#include "emulator/delay.h"
#include "emulator/emu.h"
#include "emulator/file.h"
#include "emulator/moment.h"

enum {
    CONNECTIONS_MAX = 8192,
    CONNECTION_MEMORY = 32 * 1024, /* holds the request line and all headers */
    IDLE_S = 120,
    THREADS_MAX = 16,
    SWALLOW_MAX =
        16 * 1024 * 1024,  /* bytes of a body too large that are read and dropped */
    BODY_FREE = 16 * 1024, /* bytes that each body may have while it comes in; */
    BODIES_MAX = 128 * 1024 * 1024, /* beyond these, all together */
    RECORD = 16 * 1024,             /* bytes, the most that one record of TLS takes */
    RECORDS_MAX = 64, /* libmicrohttpd lists them in CONNECTION_MEMORY and aborts without
                       * room */
};

struct http {
    struct MHD_Daemon *daemon;
    struct delay *delay;
    struct emu *emu;
    _Atomic size_t bodies; /* bytes drawn, of BODIES_MAX */
    bool verbose;
    uint16_t port;
};

/* One request while it comes in. */
struct exchange {
    char *target; /* as in the request line */
    struct text body;
    size_t swallowed;
    size_t drawn; /* bytes of the body that count in BODIES_MAX */
    bool too_large;
    bool begun;
    bool answered; /* the answer is made, and waits for its time */
    struct emu_response answer;
};

/* A body that is sent in parts, or not to its end. */
struct sending {
    struct delay *delay;
    struct MHD_Connection *connection;
    char *body;
    size_t len;
    long cut;
    int pause_ms; /* 0 once it has paused */
};

static void *exchange_new(void *cls, const char *uri, struct MHD_Connection *connection)
{
    struct exchange *x = calloc(1, sizeof *x);

    (void)cls;
    (void)connection;
    if (!x)
        return NULL;
    text_init(&x->body, CHOICE_BODY_MAX);
    x->target = strdup(uri);
    return x;
}

static void exchange_end(void *cls, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode how)
{
    struct http *http = cls;
    struct exchange *x = *context;

    (void)connection;
    (void)how;
    if (!x)
        return;
    atomic_fetch_sub(&http->bodies, x->drawn);
    if (x->answered)
        emu_response_release(&x->answer);
    free(x->target);
    text_wipe(&x->body);
    free(x);
    *context = NULL;
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static ssize_t sending_read(void *cls, uint64_t at, char *out, size_t max)
{
    struct sending *sending = cls;
    size_t end = sending->len;

    if (sending->cut >= 0 && (size_t)sending->cut < end)
        end = (size_t)sending->cut;
    if (at >= end)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (sending->pause_ms && at >= sending->len / 2) {
        int pause_ms = sending->pause_ms;

        sending->pause_ms = 0;
        if (delay_add(sending->delay, sending->connection, pause_ms))
            return 0;
    }
    if (sending->pause_ms)
        end = sending->len / 2;
    if (max > end - at)
        max = end - (size_t)at;
    memcpy(out, sending->body + at, max);
    return (ssize_t)max;
}

static void sending_free(void *cls)
{
    struct sending *sending = cls;

    free(sending->body);
    free(sending);
}

/* A response whose body is sent as the fault wants it. Takes the body over. */
static struct MHD_Response *sending_new(struct http *http,
                                        struct MHD_Connection *connection,
                                        const struct emu_response *answer, char *body)
{
    struct sending *sending = calloc(1, sizeof *sending);
    struct MHD_Response *response;
    size_t len = answer->body.len;

    if (!sending) {
        free(body);
        return NULL;
    }
    sending->delay = http->delay;
    sending->connection = connection;
    sending->body = body;
    sending->len = len;
    sending->cut = answer->cut;
    sending->pause_ms = answer->pause_ms;
    response = MHD_create_response_from_callback(len, 16 * 1024, sending_read, sending,
                                                 sending_free);
    if (!response)
        sending_free(sending);
    return response;
}

/* A body of many records, named one by one: libmicrohttpd sends such parts in a row and
 * holds back none but the last, where it would wait for the connection after each record
 * of a body in one part. */
static struct MHD_Response *records_new(char *body, size_t len)
{
    size_t i, count = (len + RECORD - 1) / RECORD;
    struct MHD_IoVec *records = calloc(count, sizeof *records);
    struct MHD_Response *response;

    if (!records)
        return NULL;
    for (i = 0; i < count; i++) {
        records[i].iov_base = body + i * RECORD;
        records[i].iov_len = i + 1 < count ? (size_t)RECORD : len - i * RECORD;
    }
    response = MHD_create_response_from_iovec(records, (unsigned)count, free, body);
    free(records);
    return response;
}

static struct MHD_Response *body_new(struct http *http, struct MHD_Connection *connection,
                                     struct emu_response *answer)
{
    struct MHD_Response *response;
    size_t len = answer->body.len;
    char *body = text_take(&answer->body);

    answer->body.len = len; /* for the log and the headers */
    if (!body)
        return NULL;
    if (len && (answer->cut >= 0 || answer->pause_ms))
        return sending_new(http, connection, answer, body);
    response = len > RECORD && len <= (size_t)RECORD * RECORDS_MAX
                   ? records_new(body, len)
                   : MHD_create_response_from_buffer(len, body, MHD_RESPMEM_MUST_FREE);
    if (!response)
        free(body);
    return response;
}

static bool headers_add(struct MHD_Response *response, const struct emu_response *answer,
                        bool has_body)
{
    char code[24], date[MOMENT_HTTP_SIZE];
    size_t i;
    bool ok = MHD_add_response_header(response, "x-ms-request-id", answer->request_id) &&
              MHD_add_response_header(response, "Strict-Transport-Security",
                                      "max-age=31536000; includeSubDomains");

    moment_format_http(answer->at_us, date);
    if (*date) /* in place of the one of the machine's clock */
        ok = ok && MHD_add_response_header(response, "Date", date);
    if (has_body)
        ok =
            ok && MHD_add_response_header(response, "Content-Type", answer->content_type);
    if (answer->error_code) {
        (void)snprintf(code, sizeof code, "%d", answer->error_code);
        ok = ok && MHD_add_response_header(response, "x-ms-error-code", code);
    }
    for (i = 0; i < answer->header_count; i++)
        ok = ok && MHD_add_response_header(response, answer->headers[i].name,
                                           answer->headers[i].value);
    return ok;
}

/* End the connection with a reset, without an answer and without the closing alert of
 * TLS, which would look like an orderly end. */
static enum MHD_Result connection_reset(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};

    if (info) /* if it cannot be left, the connection ends in the usual way */
        (void)connect(info->connect_fd, &nobody, sizeof nobody);
    return MHD_NO;
}

static void log_line(const struct http *http, const struct exchange *x,
                     const char *method)
{
    if (http->verbose)
        (void)fprintf(stderr, "%s %.300s %d %zu bytes\n", method, x->target,
                      x->answer.status, x->answer.body.len);
}

/* Queue the answer that was made. */
static enum MHD_Result exchange_send(struct http *http, struct exchange *x,
                                     struct MHD_Connection *connection)
{
    struct MHD_Response *response;
    size_t len = x->answer.body.len;
    enum MHD_Result queued = MHD_NO;

    if (x->answer.reset)
        return connection_reset(connection);
    response = body_new(http, connection, &x->answer);
    if (!response)
        return MHD_NO;
    if (headers_add(response, &x->answer, len > 0))
        queued = MHD_queue_response(connection, (unsigned)x->answer.status, response);
    MHD_destroy_response(response);
    return queued;
}

/* The chain that the client has shown, and whose first key it has proved to hold. */
static void take_certificates(struct emu_request *request,
                              struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    const gnutls_datum_t *peers = NULL;
    unsigned count = 0, i;

    if (info)
        peers = gnutls_certificate_get_peers(info->tls_session, &count);
    for (i = 0; peers && i < count && i < EMU_CERTIFICATES_MAX; i++) {
        request->certificates[i].p = peers[i].data;
        request->certificates[i].len = peers[i].size;
        request->certificate_count++;
    }
}

static enum MHD_Result exchange_answer(struct http *http, struct exchange *x,
                                       struct MHD_Connection *connection,
                                       const char *method)
{
    struct emu_request request = {.method = method, .target = x->target};

    if (x->answered)
        return exchange_send(http, x, connection);
    request.host = header(connection, "Host");
    request.authorization = header(connection, "Authorization");
    request.if_match = header(connection, "If-Match");
    request.content_type = header(connection, "Content-Type");
    request.max_item_count = header(connection, "x-ms-max-item-count");
    request.continuation = header(connection, "x-ms-continuation");
    request.body = text_str(&x->body);
    request.body_len = x->body.len;
    request.too_large = x->too_large || text_failed(&x->body);
    take_certificates(&request, connection);
    emu_handle(http->emu, &request, &x->answer);
    x->answered = true;
    log_line(http, x, method);
    if (x->answer.delay_ms && delay_add(http->delay, connection, x->answer.delay_ms))
        return MHD_YES;
    return exchange_send(http, x, connection);
}

/* May the body have this length? Many that never end shall not take all memory. */
static bool draw(struct http *http, struct exchange *x, size_t len)
{
    size_t more;

    if (len <= BODY_FREE + x->drawn)
        return true;
    more = len - BODY_FREE - x->drawn;
    x->drawn += more;
    return atomic_fetch_add(&http->bodies, more) + more <= BODIES_MAX;
}

/* Keep a part of the body, or drop it when the whole is too large. */
static enum MHD_Result take_part(struct http *http, struct exchange *x, const char *data,
                                 size_t size)
{
    if (!x->too_large && size > CHOICE_BODY_MAX - x->body.len) {
        x->too_large = true;
        text_wipe(&x->body);
    }
    if (!x->too_large) {
        if (!draw(http, x, x->body.len + size))
            return MHD_NO;
        text_add_bytes(&x->body, data, size);
        return MHD_YES;
    }
    x->swallowed += size;
    return x->swallowed > SWALLOW_MAX ? MHD_NO : MHD_YES;
}

/* The length that a request announces, 0 when it announces none. */
static unsigned long long announced(struct MHD_Connection *connection)
{
    const char *length = header(connection, "Content-Length");

    return length ? strtoull(length, NULL, 10) : 0;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection,
                                  const char *url, const char *method,
                                  const char *version, const char *data, size_t *size,
                                  void **context)
{
    struct http *http = cls;
    struct exchange *x = *context;

    (void)url;
    (void)version;
    if (!x || !x->target)
        return MHD_NO;
    if (!x->begun) {
        x->begun = true;
        if (announced(connection) <= CHOICE_BODY_MAX)
            return MHD_YES;
        x->too_large = true; /* answered before any of it is read */
        return exchange_answer(http, x, connection, method);
    }
    if (*size) {
        enum MHD_Result r = take_part(http, x, data, *size);

        *size = 0;
        return r;
    }
    return exchange_answer(http, x, connection, method);
}

static unsigned thread_count(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    if (n < 1)
        return 1;
    return n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

/* Many idle connections need as many descriptors. */
static unsigned connection_limit(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        return 900;
    if (files.rlim_cur < CONNECTIONS_MAX + 100 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max < CONNECTIONS_MAX + 100 ? files.rlim_max
                                                                : CONNECTIONS_MAX + 100;
        (void)setrlimit(RLIMIT_NOFILE, &files); /* else the limit below is smaller */
        if (getrlimit(RLIMIT_NOFILE, &files) < 0)
            return 900;
    }
    if (files.rlim_cur > CONNECTIONS_MAX + 100)
        return CONNECTIONS_MAX;
    return files.rlim_cur > 200 ? (unsigned)files.rlim_cur - 100 : 100;
}

__attribute__((format(printf, 2, 0))) static void quiet(void *cls, const char *format,
                                                        va_list args)
{
    struct http *http = cls;

    if (http->verbose)
        (void)vfprintf(stderr, format, args);
}

/* Refuse a connection: a fatal alert, handshake_failure, in place of the server's part.
 */
static void tls_refuse(struct MHD_Connection *connection)
{
    static const unsigned char ALERT[] = {21, 3, 3, 0, 2, 2, 40};
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    if (!info)
        return;
    /* an alert that cannot be sent leaves a connection that ends without one */
    (void)send(info->connect_fd, ALERT, sizeof ALERT, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)shutdown(info->connect_fd, SHUT_WR);
}

/* Before the handshake: ask for the client's certificate, which may be of any authority
 * and may be missing; what it is good for is decided for each request. */
static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct http *http = cls;
    const union MHD_ConnectionInfo *info;

    (void)context;
    if (what != MHD_CONNECTION_NOTIFY_STARTED)
        return;
    info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    if (info) {
        gnutls_certificate_server_set_request(info->tls_session, GNUTLS_CERT_REQUEST);
        gnutls_certificate_send_x509_rdn_sequence(info->tls_session, 1);
    }
    if (faults_take_tls(&http->emu->faults))
        tls_refuse(connection);
}

static struct MHD_Daemon *daemon_start(struct http *http, const struct addrinfo *address,
                                       const struct authority *authority)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TLS | MHD_USE_ERROR_LOG |
                     MHD_ALLOW_SUSPEND_RESUME;
    unsigned threads = thread_count(), connections = connection_limit();
    struct MHD_OptionItem pool[] = {
        {MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };

    if (address->ai_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, http, MHD_OPTION_EXTERNAL_LOGGER, quiet, http,
        MHD_OPTION_SOCK_ADDR, address->ai_addr, MHD_OPTION_HTTPS_MEM_CERT,
        text_str(&authority->chain), MHD_OPTION_HTTPS_MEM_KEY, text_str(&authority->key),
        MHD_OPTION_HTTPS_PRIORITIES, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2",
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, http, MHD_OPTION_URI_LOG_CALLBACK,
        exchange_new, http, MHD_OPTION_NOTIFY_COMPLETED, exchange_end, http,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_CONNECTION_LIMIT,
        connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned)1024, MHD_OPTION_ARRAY,
        threads > 1 ? pool : pool + 1, MHD_OPTION_END);
}

int http_start(struct emu *emu, const struct authority *authority,
               const struct http_options *options, struct http **ret, struct failure *f)
{
    const union MHD_DaemonInfo *info;
    struct addrinfo *address;
    struct http *http;

    if (address_resolve(options->listen, &address, f) < 0)
        return -1;
    http = calloc(1, sizeof *http);
    if (!http) {
        freeaddrinfo(address);
        return failure_set(f, "out of memory");
    }
    http->emu = emu;
    http->delay = delay_new();
    http->verbose = options->verbose;
    errno = 0;
    if (http->delay)
        http->daemon = daemon_start(http, address, authority);
    freeaddrinfo(address);
    info = http->daemon ? MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_BIND_PORT)
                        : NULL;
    if (!info) {
        http_stop(http);
        return failure_set(f, "--listen: '%.200s' cannot be listened on: %s",
                           options->listen, errno ? strerror(errno) : "TLS cannot start");
    }
    http->port = info->port;
    *ret = http;
    return 0;
}

uint16_t http_port(const struct http *http)
{
    return http->port;
}

void http_stop(struct http *http)
{
    if (!http)
        return;
    if (http->delay)
        delay_stop(http->delay);
    if (http->daemon)
        MHD_stop_daemon(http->daemon);
    delay_free(http->delay);
    free(http);
}
