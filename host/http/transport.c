#include "host/http/transport.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "host/http/exchange.h"
#include "host/http/failure.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

#define CONNECT_TIMEOUT_MS 10000

/* How long a wait lasts at most when libcurl does not know of all times. */
#define LOOK_AGAIN_MS 1000

/* libcurl gets memory of this size for each request and gives it back after it. */
#define SEND_BYTES (16L * 1024)

/* A libcurl handle with all that never changes set once. */
struct handle {
    CURL *curl;
    CURLU *url;
    char *origin; /* what curl and url have been given; null: nothing that is certain */
    int64_t timeout_ms, connect_ms;
    struct exchange *exchange; /* null: it rests */
    char error[CURL_ERROR_SIZE];
};

struct transport {
    CURLM *multi;
    CURLSH *share;
    struct handle *handles; /* made when first needed */
    struct handle **resting;
    uint32_t resting_count;
    uint32_t made_count;
    uint32_t parallel;
    bool prolonged; /* some exchange, once: libcurl wakes up for its first time only */
    char *ca_file;
    char *proxy;
};

static size_t on_head(char *data, size_t size, size_t count, void *ctx)
{
    struct handle *h = ctx;
    return exchange_take_head(h->exchange, data, size * count) ? size * count : 0;
}

static size_t on_body(char *data, size_t size, size_t count, void *ctx)
{
    struct handle *h = ctx;
    return exchange_take_body(h->exchange, data, size * count) ? size * count : 0;
}

/* Called each time before the request goes out. libcurl sends it once more by itself when
 * a kept connection dies before any answer, whatever the method; but the service may have
 * acted on it. */
static int on_send(void *ctx, char *remote_ip, char *local_ip, int remote_port,
                   int local_port)
{
    (void)remote_ip, (void)local_ip, (void)remote_port, (void)local_port;
    struct handle *h = ctx;
    struct exchange *x = h->exchange;
    if (x->sends > 0 && !(x->flags & (BERTH_REPEATABLE | BERTH_READ_ONLY)))
        return CURL_PREREQFUNC_ABORT;
    x->sends++;
    return CURL_PREREQFUNC_OK;
}

/* One of the options cannot be set: libcurl is out of memory or was built without it. */
static CURLcode set_security(CURL *c, const struct transport *t)
{
    CURLcode r = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    if (r == CURLE_OK && t->ca_file)
        r = curl_easy_setopt(c, CURLOPT_CAINFO, t->ca_file);
    if (r == CURLE_OK && t->ca_file)
        r = curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
    /* An empty proxy and list of exceptions keep libcurl from asking the environment. */
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_PROXY, t->proxy ? t->proxy : "");
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_NOPROXY, "");
    return r;
}

static CURLcode set_connection(CURL *c, const struct transport *t)
{
    CURLcode r = curl_easy_setopt(c, CURLOPT_SHARE, t->share);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_PIPEWAIT, 1L);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_UPLOAD_BUFFERSIZE, SEND_BYTES);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_TCP_NODELAY, 1L);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
    return r;
}

static CURLcode set_callbacks(CURL *c, struct handle *h)
{
    CURLcode r = curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_head);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_HEADERDATA, h);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, on_send);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_PREREQDATA, h);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->error);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_PRIVATE, h);
    return r;
}

static void handle_release(struct handle *h)
{
    curl_easy_cleanup(h->curl);
    curl_url_cleanup(h->url);
    free(h->origin);
    *h = (struct handle){0};
}

/* A handle that rests, or a new one; null: out of memory. */
static struct handle *handle_take(struct transport *t)
{
    if (t->resting_count > 0)
        return t->resting[--t->resting_count];
    struct handle *h = &t->handles[t->made_count];
    h->curl = curl_easy_init();
    h->url = curl_url();
    if (!h->curl || !h->url || set_security(h->curl, t) != CURLE_OK ||
        set_connection(h->curl, t) != CURLE_OK || set_callbacks(h->curl, h) != CURLE_OK) {
        handle_release(h);
        return NULL;
    }
    t->made_count++;
    return h;
}

static void handle_rest(struct transport *t, struct handle *h)
{
    h->exchange->handle = NULL;
    h->exchange = NULL;
    t->resting[t->resting_count++] = h;
}

/* A body, even an empty one, for the methods that have one; HEAD and the rest without. */
static CURLcode set_body(CURL *c, const struct exchange *x)
{
    bool has_body = x->body.len > 0 || strcmp(x->method, "PUT") == 0 ||
                    strcmp(x->method, "POST") == 0 || strcmp(x->method, "PATCH") == 0;
    if (!has_body && strcmp(x->method, "HEAD") == 0)
        return curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
    if (!has_body)
        return curl_easy_setopt(c, CURLOPT_HTTPGET, 1L); /* undoes POST and NOBODY */
    CURLcode r = curl_easy_setopt(c, CURLOPT_POST, 1L);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->body.len);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_POSTFIELDS, x->body.ptr);
    return r;
}

/* A url that libcurl is given as text it takes apart, puts together again and takes apart
 * once more; one that has been taken apart it takes as it is. What it cannot take apart
 * it is given as text, to say what is wrong. */
static CURLcode give_origin(struct handle *h)
{
    bool apart =
        curl_url_set(h->url, CURLUPART_URL, h->origin, CURLU_PATH_AS_IS) == CURLUE_OK;
    CURLcode r = curl_easy_setopt(h->curl, CURLOPT_URL, h->origin);
    return r == CURLE_OK ? curl_easy_setopt(h->curl, CURLOPT_CURLU, apart ? h->url : NULL)
                         : r;
}

static void forget_origin(struct handle *h)
{
    free(h->origin);
    h->origin = NULL;
}

static CURLcode set_origin(struct handle *h, const char *url, size_t len)
{
    if (h->origin && strncmp(h->origin, url, len) == 0 && h->origin[len] == '\0')
        return CURLE_OK;
    forget_origin(h);
    h->origin = strndup(url, len);
    CURLcode r = h->origin ? give_origin(h) : CURLE_OUT_OF_MEMORY;
    if (r != CURLE_OK)
        forget_origin(h); /* libcurl may still have the one before */
    return r;
}

/* From one request to the next only what follows the origin changes. It is plain
 * (origin.h), so that it can go out as it stands; libcurl would put path and query
 * together one character after the other. A url without a path is set as a whole. */
static CURLcode set_url(struct handle *h, const char *url)
{
    size_t origin_len = strlen("https://");
    origin_len += strcspn(url + origin_len, "/?");
    const char *target = url[origin_len] == '/' ? url + origin_len : NULL;
    CURLcode r = set_origin(h, url, target ? origin_len : strlen(url));
    return r == CURLE_OK ? curl_easy_setopt(h->curl, CURLOPT_REQUEST_TARGET, target) : r;
}

static CURLcode set_timeouts(struct handle *h)
{
    CURLcode r = curl_easy_setopt(h->curl, CURLOPT_TIMEOUT_MS, (long)h->timeout_ms);
    return r == CURLE_OK
               ? curl_easy_setopt(h->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)h->connect_ms)
               : r;
}

static CURLcode set_request(struct handle *h, struct exchange *x, int64_t timeout_ms)
{
    CURL *c = h->curl;
    h->timeout_ms = timeout_ms;
    h->connect_ms = timeout_ms < CONNECT_TIMEOUT_MS ? timeout_ms : CONNECT_TIMEOUT_MS;
    CURLcode r = set_url(h, x->url);
    if (r == CURLE_OK)
        r = set_body(c, x);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, x->method);
    if (r == CURLE_OK)
        r = curl_easy_setopt(c, CURLOPT_HTTPHEADER, x->headers);
    return r == CURLE_OK ? set_timeouts(h) : r;
}

int transport_send(struct transport *t, struct exchange *x, int64_t timeout_ms,
                   struct berth_error *err)
{
    struct handle *h = handle_take(t);
    if (!h)
        return fail_no_memory(err);
    exchange_reset_answer(x);
    h->error[0] = '\0';
    h->exchange = x;
    x->handle = h;
    if (set_request(h, x, timeout_ms) == CURLE_OK &&
        curl_multi_add_handle(t->multi, h->curl) == CURLM_OK)
        return 0;
    handle_rest(t, h);
    return fail_no_memory(err);
}

void transport_prolong(struct transport *t, struct exchange *x, int64_t ms)
{
    struct handle *h = x->handle;
    h->timeout_ms += ms;
    h->connect_ms += ms;
    (void)set_timeouts(h); /* numbers, as they were */
    t->prolonged = true;
}

void transport_abort(struct transport *t, struct exchange *x)
{
    struct handle *h = x->handle;
    if (!h)
        return;
    (void)curl_multi_remove_handle(t->multi, h->curl); /* it is in there */
    handle_rest(t, h);
}

int transport_perform(struct transport *t, struct berth_error *err)
{
    int running;
    CURLMcode r = curl_multi_perform(t->multi, &running);
    if (r == CURLM_OK)
        return 0;
    return fail(err, r == CURLM_OUT_OF_MEMORY ? BERTH_E_NO_MEMORY : BERTH_E_INTERNAL,
                "the transport cannot go on: %s", curl_multi_strerror(r));
}

static void complete(struct handle *h, CURLcode code)
{
    struct exchange *x = h->exchange;
    long status = 0;
    curl_off_t took = 0;
    (void)curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status); /* or 0 */
    (void)curl_easy_getinfo(h->curl, CURLINFO_TOTAL_TIME_T, &took);
    x->took_us = took;
    x->status = (int32_t)status;
    if (code != CURLE_OK || status < 100)
        failure_describe(x, code, h->error);
    exchange_finish_head(x);
}

struct exchange *transport_done(struct transport *t)
{
    int left;
    CURLMsg *m;
    while ((m = curl_multi_info_read(t->multi, &left))) {
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode code = m->data.result;
        char *private = NULL;
        (void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &private);
        struct handle *h = (struct handle *)(void *)private;
        struct exchange *x = h->exchange;
        complete(h, code);
        (void)curl_multi_remove_handle(t->multi, h->curl); /* it is in there */
        handle_rest(t, h);
        return x;
    }
    return NULL;
}

int transport_wait(struct transport *t, int timeout_ms, int wake_fd, bool *ret_woken,
                   struct berth_error *err)
{
    struct curl_waitfd wake = {.fd = wake_fd, .events = CURL_WAIT_POLLIN};
    unsigned extra = wake_fd >= 0 ? 1 : 0;
    if (t->prolonged && timeout_ms > LOOK_AGAIN_MS)
        timeout_ms = LOOK_AGAIN_MS;
    CURLMcode r = curl_multi_poll(t->multi, &wake, extra, timeout_ms, NULL);
    *ret_woken = extra && wake.revents;
    if (r == CURLM_OK)
        return 0;
    return fail(err, r == CURLM_OUT_OF_MEMORY ? BERTH_E_NO_MEMORY : BERTH_E_INTERNAL,
                "the transport cannot wait: %s", curl_multi_strerror(r));
}

static int check_ca_file(const char *path, struct berth_error *err)
{
    cleanup(close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail(err, BERTH_E_INVALID, "CA file %s: %s", path, strerror(errno));
    return 0;
}

static int copy_config(struct transport *t, const struct transport_config *config,
                       struct berth_error *err)
{
    t->parallel = config->parallel;
    if (config->ca_file && !(t->ca_file = strdup(config->ca_file)))
        return fail_no_memory(err);
    if (config->proxy && !(t->proxy = strdup(config->proxy)))
        return fail_no_memory(err);
    t->handles = calloc(t->parallel, sizeof(*t->handles));
    t->resting = calloc(t->parallel, sizeof(struct handle *));
    t->multi = curl_multi_init();
    t->share = curl_share_init();
    if (!t->handles || !t->resting || !t->multi || !t->share)
        return fail_no_memory(err);
    return 0;
}

/* Connections and names are shared inside the multi handle anyway; TLS sessions are not.
 */
static int configure(struct transport *t, struct berth_error *err)
{
    bool ok =
        curl_share_setopt(t->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) ==
            CURLSHE_OK &&
        curl_multi_setopt(t->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX) ==
            CURLM_OK &&
        curl_multi_setopt(t->multi, CURLMOPT_MAXCONNECTS, (long)t->parallel) == CURLM_OK;
    return ok ? 0 : fail(err, BERTH_E_INTERNAL, "libcurl lacks something that it needs");
}

/* Writing to a connection that the other side has closed must be an error, not the end of
 * the process. libcurl could see to it for each of its calls, for two system calls a
 * handle. */
static void ignore_sigpipe(void)
{
    struct sigaction action;
    if (sigaction(SIGPIPE, NULL, &action) < 0 || action.sa_handler != SIG_DFL)
        return;
    action = (struct sigaction){.sa_handler = SIG_IGN};
    (void)sigaction(SIGPIPE, &action, NULL); /* cannot fail for this signal */
}

int transport_new(const struct transport_config *config, struct transport **ret_transport,
                  struct berth_error *err)
{
    int r = config->ca_file ? check_ca_file(config->ca_file, err) : 0;
    if (r < 0)
        return r;
    ignore_sigpipe();
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return fail_no_memory(err);
    struct transport *t = calloc(1, sizeof(*t));
    if (!t)
        return fail_no_memory(err);
    r = copy_config(t, config, err);
    if (r == 0)
        r = configure(t, err);
    if (r < 0) {
        transport_free(t);
        return r;
    }
    *ret_transport = t;
    return 0;
}

void transport_free(struct transport *t)
{
    if (!t)
        return;
    for (uint32_t i = 0; i < t->made_count; i++) {
        struct handle *h = &t->handles[i];
        if (h->exchange)
            transport_abort(t, h->exchange);
        handle_release(h);
    }
    if (t->multi)
        (void)curl_multi_cleanup(t->multi); /* nothing is left in it */
    if (t->share)
        (void)curl_share_cleanup(t->share);
    free(t->handles);
    free(t->resting);
    free(t->ca_file);
    free(t->proxy);
    free(t);
}
