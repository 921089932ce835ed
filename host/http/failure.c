#include "host/http/failure.h"

#include <stdio.h>
#include <string.h>

#include "host/http/exchange.h"

struct meaning {
    CURLcode code;
    enum berth_failure failure;
    int status;
    const char *sentence;
};

static const struct meaning MEANINGS[] = {
    {CURLE_COULDNT_RESOLVE_HOST, BERTH_FAILURE_RESOLVE, BERTH_E_UNAVAILABLE,
     "the name of the host is not known"},
    {CURLE_COULDNT_RESOLVE_PROXY, BERTH_FAILURE_RESOLVE, BERTH_E_UNAVAILABLE,
     "the name of the proxy is not known"},
    {CURLE_COULDNT_CONNECT, BERTH_FAILURE_CONNECT, BERTH_E_UNAVAILABLE,
     "nobody answers there"},
    {CURLE_PROXY, BERTH_FAILURE_CONNECT, BERTH_E_UNAVAILABLE,
     "the proxy did not let it through"},
    {CURLE_PEER_FAILED_VERIFICATION, BERTH_FAILURE_UNTRUSTED, BERTH_E_UNAVAILABLE,
     "the certificate was not accepted"},
    {CURLE_SSL_ISSUER_ERROR, BERTH_FAILURE_UNTRUSTED, BERTH_E_UNAVAILABLE,
     "the certificate was not accepted"},
    {CURLE_SSL_CACERT_BADFILE, BERTH_FAILURE_UNTRUSTED, BERTH_E_INVALID,
     "the CA certificates cannot be read; the system's come with the package "
     "ca-certificates"},
    {CURLE_SSL_CONNECT_ERROR, BERTH_FAILURE_TLS, BERTH_E_UNAVAILABLE,
     "no secure connection could be made"},
    {CURLE_SSL_CIPHER, BERTH_FAILURE_TLS, BERTH_E_UNAVAILABLE,
     "no secure connection could be made"},
    {CURLE_GOT_NOTHING, BERTH_FAILURE_CUT, BERTH_E_UNAVAILABLE,
     "the connection ended before the answer"},
    {CURLE_SEND_ERROR, BERTH_FAILURE_CUT, BERTH_E_UNAVAILABLE,
     "the connection ended while the request was sent"},
    {CURLE_SEND_FAIL_REWIND, BERTH_FAILURE_CUT, BERTH_E_UNAVAILABLE,
     "the connection ended while the request was sent"},
    {CURLE_RECV_ERROR, BERTH_FAILURE_CUT, BERTH_E_UNAVAILABLE,
     "the connection ended before the answer did"},
    {CURLE_PARTIAL_FILE, BERTH_FAILURE_CUT, BERTH_E_UNAVAILABLE,
     "the connection ended before the answer did"},
    {CURLE_HTTP2, BERTH_FAILURE_CUT, BERTH_E_UNAVAILABLE,
     "the connection ended before the answer did"},
    {CURLE_HTTP2_STREAM, BERTH_FAILURE_CUT, BERTH_E_UNAVAILABLE,
     "the connection ended before the answer did"},
    {CURLE_ABORTED_BY_CALLBACK, BERTH_FAILURE_CUT, BERTH_E_UNAVAILABLE,
     "the connection ended before the answer, and the request may not be repeated"},
    {CURLE_WEIRD_SERVER_REPLY, BERTH_FAILURE_OTHER, BERTH_E_PROTOCOL,
     "the answer is not HTTP"},
    {CURLE_UNSUPPORTED_PROTOCOL, BERTH_FAILURE_OTHER, BERTH_E_PROTOCOL,
     "the answer is not HTTP"},
    {CURLE_BAD_CONTENT_ENCODING, BERTH_FAILURE_OTHER, BERTH_E_PROTOCOL,
     "the answer is coded in a way that was not asked for"},
    {CURLE_OUT_OF_MEMORY, BERTH_FAILURE_OTHER, BERTH_E_NO_MEMORY, "out of memory"},
};

static const struct meaning NO_STATUS = {CURLE_OK, BERTH_FAILURE_OTHER, BERTH_E_PROTOCOL,
                                         "the answer is not HTTP"};
static const struct meaning UNKNOWN = {CURLE_OK, BERTH_FAILURE_OTHER, BERTH_E_UNAVAILABLE,
                                       "the request failed"};
static const struct meaning TOO_LARGE = {CURLE_OK, BERTH_FAILURE_TOO_LARGE,
                                         BERTH_E_PROTOCOL,
                                         "the answer is larger than what was agreed to"};
static const struct meaning NO_MEMORY = {CURLE_OK, BERTH_FAILURE_OTHER, BERTH_E_NO_MEMORY,
                                         "out of memory"};
static const struct meaning NOT_CONNECTED = {CURLE_OK, BERTH_FAILURE_CONNECT,
                                             BERTH_E_UNAVAILABLE,
                                             "no connection was made in time"};
static const struct meaning TIMED_OUT = {CURLE_OK, BERTH_FAILURE_TIMEOUT, BERTH_E_TIMEOUT,
                                         "the answer did not come in time"};

/* libcurl tells a certificate whose signature does not fit (the CA was made anew under
 * its old name) from other failures of the handshake only in OpenSSL's words. */
static bool is_bad_signature(CURLcode code, const char *detail)
{
    return code == CURLE_SSL_CONNECT_ERROR &&
           (strstr(detail, "asn1 encoding routines") || strstr(detail, "rsa routines") ||
            strstr(detail, "elliptic curve routines"));
}

static const struct meaning *meaning_of(const struct exchange *x, CURLcode code,
                                        const char *detail)
{
    if (is_bad_signature(code, detail))
        code = CURLE_PEER_FAILED_VERIFICATION;
    if (x->too_large)
        return &TOO_LARGE;
    if (x->no_memory)
        return &NO_MEMORY;
    if (code == CURLE_OPERATION_TIMEDOUT)
        return x->sends > 0 ? &TIMED_OUT : &NOT_CONNECTED;
    if (code == CURLE_OK)
        return &NO_STATUS;
    for (size_t i = 0; i < sizeof(MEANINGS) / sizeof(MEANINGS[0]); i++)
        if (MEANINGS[i].code == code)
            return &MEANINGS[i];
    return &UNKNOWN;
}

/* "host:port" of a url that was checked. */
static int authority_length(const char *url)
{
    return (int)strcspn(url + strlen("https://"), "/?");
}

void failure_describe(struct exchange *x, CURLcode code, const char *detail)
{
    const struct meaning *m = meaning_of(x, code, detail);
    const char *host = x->url + strlen("https://");
    x->status = m->status;
    x->failure = m->failure;
    if (!detail[0] && code != CURLE_OK)
        detail = curl_easy_strerror(code);
    if (m == &TOO_LARGE || m == &NO_MEMORY || code == CURLE_OK ||
        code == CURLE_ABORTED_BY_CALLBACK)
        detail = "";
    (void)snprintf(x->failure_text, sizeof(x->failure_text), "%.*s: %s%s%s%s",
                   authority_length(x->url), host, m->sentence, detail[0] ? " (" : "",
                   detail, detail[0] ? ")" : "");
}
