#include "sdk/error.h"

#include <stdio.h>

#include "sdk/str.h"

static const char *const STATUS_NAMES[] = {
    "ok",        "invalid",     "auth",     "not_found", "conflict",
    "throttled", "unavailable", "timeout",  "canceled",  "protocol",
    "no_memory", "unsupported", "internal",
};

/* How much of the text stays when it must fit into `size` bytes: whole UTF-8 characters
 * only. */
static size_t fitting_length(const char *text, size_t size)
{
    size_t len = size - 1;
    while (len > 0 && ((unsigned char)text[len] & 0xC0u) == 0x80u)
        len--;
    return len;
}

int fail_v(struct berth_error *err, int status, const char *format, va_list args)
{
    if (!err || !BERTH_HAS(err, message))
        return status;
    char text[sizeof(err->message) + 4];
    int n = vsnprintf(text, sizeof(text), format, args);
    if (n >= (int)sizeof(err->message))
        text[fitting_length(text, sizeof(err->message))] = '\0';
    memcpy(err->message, text, n < 0 ? 0 : strlen(text) + 1);
    return status;
}

int fail(struct berth_error *err, int status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int r = fail_v(err, status, format, args);
    va_end(args);
    return r;
}

void error_set_code(struct berth_error *err, const char *code)
{
    if (err && BERTH_HAS(err, code))
        (void)snprintf(err->code, sizeof(err->code), "%s", code);
}

void error_terminate(struct berth_error *err)
{
    err->size = sizeof(*err);
    err->code[sizeof(err->code) - 1] = '\0';
    err->service_code[sizeof(err->service_code) - 1] = '\0';
    err->request_id[sizeof(err->request_id) - 1] = '\0';
    err->message[sizeof(err->message) - 1] = '\0';
}

int fail_no_memory(struct berth_error *err)
{
    return fail(err, BERTH_E_NO_MEMORY, "out of memory");
}

const char *status_name(int status)
{
    size_t i = (size_t) - (long)status;
    return i < sizeof(STATUS_NAMES) / sizeof(STATUS_NAMES[0]) ? STATUS_NAMES[i]
                                                              : "internal";
}

int status_from_name(struct berth_str name)
{
    for (size_t i = 0; i < sizeof(STATUS_NAMES) / sizeof(STATUS_NAMES[0]); i++)
        if (str_equal(name, str_from(STATUS_NAMES[i])))
            return -(int)i;
    return 1;
}
