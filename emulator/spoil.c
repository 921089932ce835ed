#include "emulator/spoil.h"

#include <stdlib.h>
#include <string.h>

#include "emulator/call.h"

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

void spoil_answer(struct call *c, const struct fault *fault)
{
    struct emu_response *response = c->response;

    if (fault->token)
        spoil_token(c, fault->token);
    if (fault->malformed && response->body.len)
        response->body.data[response->body.len /= 2] = '\0';
    if (fault->html) {
        text_wipe(&response->body);
        text_add(&response->body, "<html><body>This is not JSON.</body></html>");
        response->content_type = "text/html";
    }
    response->delay_ms = fault->delay_ms;
    response->pause_ms = fault->pause_ms;
    response->cut = fault->cut;
    response->reset = fault->reset;
}
