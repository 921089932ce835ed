#include "host/cli/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "host/cli/exit_code.h"
#include "host/cli/interrupt.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

#define MAX_ANSWER (64u * 1024)

void prompt_init(struct prompt *p, struct talk *talk, bool stdin_taken)
{
    *p = (struct prompt){.talk = talk, .fd = -1};
    if (!talk->terminal)
        return;
    if (!stdin_taken && isatty(STDIN_FILENO) == 1)
        p->fd = STDIN_FILENO;
    if (!stdin_taken)
        return;
    p->fd = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
    p->owned = p->fd >= 0;
}

void prompt_release(struct prompt *p)
{
    if (p->owned)
        (void)close(p->fd); /* nothing was written */
    p->fd = -1;
    p->owned = false;
}

/* Read up to the end of the line; *ret_ended: it had one. Byte by byte, so that what
 * follows stays unread. */
static int read_line(int fd, struct text *answer, bool *ret_ended,
                     struct berth_error *err)
{
    *ret_ended = false;
    for (;;) {
        char byte = '\0';
        int r = interrupt_wait_readable(fd, err);
        if (r < 0)
            return r;
        ssize_t n = read(fd, &byte, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 && answer->len == 0)
            return fail(err, BERTH_E_INVALID,
                        "the answers ended before everything was answered");
        *ret_ended = n > 0 && byte == '\n';
        if (n <= 0 || *ret_ended)
            return text_failed(answer)
                       ? fail(err, BERTH_E_INVALID, "the line is too long")
                       : 0;
        text_add_str(answer, (struct berth_str){&byte, 1});
    }
}

/* Stop the terminal from showing what is typed; a program that is stopped, or ends with a
 * core, would leave it so, so that is switched off as well. */
static int hide(int fd, struct termios *ret_before, struct berth_error *err)
{
    if (tcgetattr(fd, ret_before) < 0)
        return fail(err, BERTH_E_INTERNAL, "cannot use the terminal: %s",
                    strerror(errno));
    struct termios hidden = *ret_before;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    hidden.c_cc[VSUSP] = _POSIX_VDISABLE;
    hidden.c_cc[VQUIT] = _POSIX_VDISABLE;
    if (tcsetattr(fd, TCSAFLUSH, &hidden) < 0)
        return fail(err, BERTH_E_INTERNAL, "cannot switch off the terminal's echo: %s",
                    strerror(errno));
    return 0;
}

int prompt_line(struct prompt *p, const char *question, bool secret, struct text *answer,
                struct berth_error *err)
{
    struct termios before;
    bool ended = false;
    text_reset(answer);
    talk_passing(p->talk, "");
    if (secret) {
        int r = hide(p->fd, &before, err);
        if (r < 0)
            return r;
    }
    (void)fprintf(p->talk->file, "%s", question); /* nobody to tell if it fails */
    (void)fflush(p->talk->file);
    int r = read_line(p->fd, answer, &ended, err);
    if (secret)
        (void)tcsetattr(p->fd, TCSANOW, &before); /* as it was set a moment ago */
    if (secret || !ended)
        (void)fputc('\n', p->talk->file);
    return r;
}

/* Ask "question [y/N] ". 1 for yes, 0 for no, or a negative status. */
static int ask_yes(struct prompt *p, const char *question, struct berth_error *err)
{
    cleanup(text) struct text line;
    cleanup(text) struct text answer;
    text_init(&line, 2000);
    text_init(&answer, MAX_ANSWER);
    text_add_format(&line, "%s [y/N] ", question);
    int r = prompt_line(p, line.data ? line.data : "", false, &answer, err);
    if (r < 0)
        return r;
    struct berth_str said = text_str(&answer);
    return str_equal_fold(said, STR("y")) || str_equal_fold(said, STR("yes"));
}

int prompt_confirm(struct prompt *p, bool yes, const char *what, struct berth_error *err)
{
    if (yes)
        return 0;
    if (!prompt_possible(p))
        return fail_usage(err,
                          "%s: this asks first, and there is no terminal to ask on: give "
                          "--yes to do it",
                          what);
    cleanup(text) struct text question;
    text_init(&question, 2000);
    text_add_format(&question, "%s?", what);
    int r = ask_yes(p, question.data ? question.data : "", err);
    if (r < 0)
        return r;
    if (r == 1)
        return 0;
    talk_say(p->talk, "Nothing was done.");
    return EXIT_FAILED;
}
