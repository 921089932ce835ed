#include "emulator/problem.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
    int status;
    int code;
    const char *message;
} TABLE[] = {
#define REFUSAL_ROW(name, status, code, message) [name] = {status, code, message},
    REFUSALS(REFUSAL_ROW)
#undef REFUSAL_ROW
};

int problem_set(struct problem *p, enum refusal refusal, const char *format, ...)
{
    va_list args;

    p->refusal = refusal;
    va_start(args, format);
    (void)vsnprintf(p->detail, sizeof p->detail, format, args);
    va_end(args);
    return -1;
}

int refusal_status(enum refusal refusal)
{
    return TABLE[refusal].status;
}

int refusal_code(enum refusal refusal)
{
    return TABLE[refusal].code;
}

const char *refusal_message(enum refusal refusal)
{
    return TABLE[refusal].message;
}
