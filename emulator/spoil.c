#include "emulator/spoil.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/call.h"
#include "emulator/registration.h"

/* The answer that a fault gives in place of the right one. */
void spoil_refuse(struct call *c, const struct fault *fault)
{
    emu_response_release(c->response);
    (void)problem_set(&c->problem, REFUSE_INTERNAL, "a fault that was asked for");
    if (fault->retry_after_s >= 0)
        call_header_int(c, "Retry-After", fault->retry_after_s);
    call_error(c, fault->status, fault->status * 1000 + 1, "Injected fault");
}

/* Forget the continuation token, or give the one again that was sent. */
static void spoil_token(struct call *c, enum fault_token token)
{
    struct emu_response *response = c->response;
    const char *sent = c->request->continuation;
    size_t i;

    for (i = 0; i < response->header_count; i++) {
        struct emu_header *header = &response->headers[i];

        if (strcmp(header->name, "x-ms-continuation") != 0)
            continue;
        if (token == FAULT_TOKEN_REPEAT && !sent)
            return;
        free(header->value);
        *header = response->headers[--response->header_count];
        break;
    }
    if (token == FAULT_TOKEN_REPEAT && sent)
        call_header(c, "x-ms-continuation", sent);
}

/* The eight digits of an etag that count the changes, two less. */
static void age(char digits[8])
{
    static const char HEX[] = "0123456789abcdef";
    uint32_t version = 0;
    char older[9];
    int i;

    for (i = 0; i < 8; i++) {
        const char *at = digits[i] ? strchr(HEX, digits[i]) : NULL;

        if (!at)
            return;
        version = version << 4 | (uint32_t)(at - HEX);
    }
    (void)snprintf(older, sizeof older, "%08" PRIx32, version - 2);
    memcpy(digits, older, 8);
}

/* The same within base64, as registrations have it: in place, since no length changes. */
static void age_encoded(char *etag, size_t len)
{
    unsigned char raw[ETAG_SIZE];
    char encoded[REGISTRATION_ETAG_SIZE];
    struct text t;
    int n;

    if (len >= sizeof encoded)
        return;
    memcpy(encoded, etag, len);
    encoded[len] = '\0';
    n = base64_read(encoded, raw, sizeof raw);
    if (n < 9)
        return;
    age((char *)raw + 1);
    text_init(&t, sizeof encoded);
    base64_add(&t, raw, (size_t)n);
    if (t.len == len)
        memcpy(etag, text_str(&t), len);
    text_release(&t);
}

/* Every etag of the answer becomes that of an earlier version. */
static void spoil_etags(struct text *body)
{
    static const char NAME[] = "\"etag\":\"";
    char *at = body->len ? body->data : NULL;

    while (at && (at = strstr(at, NAME)) != NULL) {
        at += strlen(NAME);
        if (at[0] == '\\' && at[1] == '"')
            age(at + 2);
        else
            age_encoded(at, strcspn(at, "\""));
    }
}

void spoil_answer(struct call *c, const struct fault *fault)
{
    struct emu_response *response = c->response;

    if (fault->token == FAULT_TOKEN_FORGET || fault->token == FAULT_TOKEN_REPEAT)
        spoil_token(c, fault->token);
    if (fault->stale_etag)
        spoil_etags(&response->body);
    if (fault->malformed && response->body.len)
        response->body.data[response->body.len /= 2] = '\0';
    if (fault->html) {
        text_wipe(&response->body);
        text_add(&response->body, "<html><body>This is not JSON.</body></html>");
        response->content_type = "text/html";
    }
    if (*fault->content_type) {
        memcpy(response->other_type, fault->content_type, sizeof response->other_type);
        response->content_type = response->other_type;
    }
    response->delay_ms = fault->delay_ms;
    response->pause_ms = fault->pause_ms;
    response->cut = fault->cut;
    response->reset = fault->reset;
}
