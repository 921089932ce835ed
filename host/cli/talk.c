#include "host/cli/talk.h"

#include <stdarg.h>

#include "host/cli/plain.h"
#include "sdk/cleanup.h"
#include "sdk/str.h"
#include "sdk/text.h"

#define MAX_LINE (64u * 1024)

#define ERASE_LINE "\r\x1b[K"
#define RED "\x1b[31m"
#define YELLOW "\x1b[33m"
#define NORMAL "\x1b[0m"

void talk_passing(struct talk *t, const char *text)
{
    if (!t->terminal || t->dumb || t->quiet || (!t->passing && text[0] == '\0'))
        return;
    (void)fprintf(t->file, ERASE_LINE "%s", text); /* nobody to tell if it fails */
    (void)fflush(t->file);
    t->passing = text[0] != '\0';
}

static void put(struct talk *t, const char *color, const char *prefix,
                struct berth_str line)
{
    cleanup(text) struct text plain;
    text_init(&plain, MAX_LINE);
    plain_add(&plain, line);
    talk_passing(t, "");
    bool colored = t->color && color[0] != '\0';
    /* stderr is the last resort: there is nobody to tell when it fails. */
    (void)fprintf(t->file, "%s%s%s%s\n", colored ? color : "", prefix,
                  colored ? NORMAL : "", plain.data ? plain.data : "");
    (void)fflush(t->file);
}

__attribute__((format(printf, 4, 0))) static void put_v(struct talk *t, const char *color,
                                                        const char *prefix,
                                                        const char *format, va_list args)
{
    char line[2048];
    int n = vsnprintf(line, sizeof(line), format, args);
    if (n >= 0)
        put(t, color, prefix, str_from(line));
}

void talk_say(struct talk *t, const char *format, ...)
{
    if (t->quiet)
        return;
    va_list args;
    va_start(args, format);
    put_v(t, "", "", format, args);
    va_end(args);
}

void talk_warn(struct talk *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put_v(t, YELLOW, "berth: warning: ", format, args);
    va_end(args);
}

void talk_error(struct talk *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put_v(t, RED, "berth: ", format, args);
    va_end(args);
}

void talk_line(struct talk *t, struct berth_str line)
{
    put(t, "", "", line);
}
