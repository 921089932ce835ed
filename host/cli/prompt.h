/* Questions to a person at a terminal, on stderr. Invariant: the terminal's settings are
 * as they were when a function returns, also after a signal; what is typed as a secret is
 * neither shown nor kept in memory that is not wiped. */
#ifndef BERTH_CLI_PROMPT_H
#define BERTH_CLI_PROMPT_H

#include <stdbool.h>

#include "host/cli/talk.h"
#include "sdk/text.h"

struct prompt {
    struct talk *talk; /* borrowed */
    int fd;            /* to read answers from; -1: nobody can be asked */
    bool owned;
};

/* Somebody can be asked when stderr is a terminal and stdin is one, too; or, when stdin
 * holds the input (`stdin_taken`), when the process has a terminal. */
void prompt_init(struct prompt *p, struct talk *talk, bool stdin_taken);
void prompt_release(struct prompt *p);

static inline void cleanup_prompt(struct prompt *p)
{
    prompt_release(p);
}

static inline bool prompt_possible(const struct prompt *p)
{
    return p->fd >= 0;
}

/* Ask for one line, without its end, into `answer` (emptied first). BERTH_E_CANCELED when
 * it was interrupted, BERTH_E_INVALID when the answers have ended. */
int prompt_line(struct prompt *p, const char *question, bool secret, struct text *answer,
                struct berth_error *err);

/* Agree to something: with `yes` at once, else by asking. 0; EXIT_USAGE when nobody can
 * be asked; EXIT_FAILED when the answer was no. `what` begins with a capital letter and
 * has no question mark. */
int prompt_confirm(struct prompt *p, bool yes, const char *what, struct berth_error *err);

#endif
