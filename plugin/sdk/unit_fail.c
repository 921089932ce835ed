/* What is said when a unit's request came to nothing. */
#include <string.h>

#include "sdk/unit.h"

/* What a sentence may take, so that the remedy behind it is never what is cut off. */
#define CAUSE_MAX 380

static bool is_transient(int32_t http_status)
{
    return http_status == 408 || http_status == 500 ||
           (http_status >= 502 && http_status <= 504) || http_status > 505;
}

/* The host says of what it repeats that it is uncertain; of the rest the status does. */
static bool may_have_taken_effect(uint32_t flags, const struct berth_response *res)
{
    bool uncertain = (res->flags & BERTH_UNCERTAIN) != 0;
    if (res->status > 0)
        return (!(flags & BERTH_REPEATABLE) && is_transient(res->status)) ||
               (uncertain && (res->status >= 500 || res->status == 409 ||
                              res->status == 412 || res->status == 429));
    if (res->status == BERTH_E_CANCELED)
        return false;
    return uncertain || res->failure == BERTH_FAILURE_CUT ||
           res->failure == BERTH_FAILURE_TIMEOUT ||
           res->failure == BERTH_FAILURE_TOO_LARGE || res->failure == BERTH_FAILURE_OTHER;
}

/* The message so far, and what follows from it. */
static int fail_and(struct berth_error *err, int status, const char *remedy)
{
    char cause[sizeof(err->message)];
    if (!err)
        return status;
    memcpy(cause, err->message, sizeof(cause));
    size_t len = strnlen(cause, CAUSE_MAX);
    while (len > 0 && ((unsigned char)cause[len] & 0xC0u) == 0x80u)
        len--; /* whole characters only */
    return fail(err, status, "%.*s; %s", (int)len, cause, remedy);
}

/* Build the request again, only to say what was asked. */
static int describe(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                    struct answer_subject *subject, struct berth_error *err)
{
    outgoing_init(out);
    int r = unit->kind->build(op, unit, out, NULL);
    subject->title = op->rest ? op->rest->title : str_from(op->operation->id);
    subject->method = out->method;
    subject->url = text_str(&out->url);
    subject->writes = (out->flags & BERTH_READ_ONLY) == 0;
    bool lacks = r < 0 || text_failed(&out->url); /* it was built before */
    return lacks ? fail_no_memory(err) : 0;
}

int unit_fail(struct berth_op *op, const struct unit *unit,
              const struct berth_response *res, struct berth_error *err)
{
    struct outgoing out;
    struct answer_subject subject;
    int r = describe(op, unit, &out, &subject, err);
    uint32_t flags = out.flags;
    if (r == 0)
        r = rest_fail(&op->conn->rest, op->rest, &subject, res, err);
    outgoing_release(&out);
    if (r == BERTH_E_NO_MEMORY)
        return r;
    if (subject.writes && may_have_taken_effect(flags, res)) {
        error_set_code(err, "outcomeUnknown");
        return fail_and(err, BERTH_E_TIMEOUT,
                        "whether it took effect is not known: read it back before you "
                        "try again");
    }
    if (res->status == 401 && unit->is_retried && err) {
        char words[sizeof(err->message)];
        memcpy(words, err->message, sizeof(words));
        return fail(err, r, "the key and the alternative key were both refused: %s",
                    words);
    }
    return r;
}

int unit_fail_nonsense(struct berth_op *op, const struct unit *unit,
                       const struct berth_response *res, struct berth_error *err)
{
    struct outgoing out;
    struct answer_subject subject;
    struct berth_error why = BERTH_ERROR_INIT;
    if (!err)
        return BERTH_E_PROTOCOL;
    why = *err;
    int r = describe(op, unit, &out, &subject, err);
    if (r == 0)
        (void)answer_fail_nonsense(&subject, res, why.message, err);
    outgoing_release(&out);
    if (r < 0)
        return r;
    return fail_and(err, BERTH_E_PROTOCOL,
                    subject.writes
                        ? "the service accepted it: read it back before you try again"
                        : "try again; if it stays so, something else than the service "
                          "answers there, a proxy perhaps");
}
