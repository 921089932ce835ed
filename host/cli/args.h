/* The command line, taken apart: words and options. Invariant: an option means the same
 * wherever it stands; after `--` everything is a word. */
#ifndef BERTH_CLI_ARGS_H
#define BERTH_CLI_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/cli/option.h"

struct args_option {
    enum option_id id;
    const char *value; /* null: none was given */
};

/* Borrows from argv. */
struct args {
    const char **words;
    size_t word_count;
    struct args_option *options; /* in the order given */
    size_t option_count;
    uint64_t given; /* OPTION_BIT() of each */
};

/* Take apart argv[0 .. argc), which does not begin with the program's name. 0, or
 * EXIT_USAGE with a sentence, or BERTH_E_NO_MEMORY. What was parsed before a mistake
 * stays, so that help can still look at it; args_release() is due in each case. */
int args_parse(int argc, const char *const *argv, struct args *args,
               struct berth_error *err);
void args_release(struct args *args);

/* Are there only options of `allowed`? EXIT_USAGE names the one that is not; `command` is
 * for the sentence. */
int args_check_options(const struct args *args, uint64_t allowed, const char *command,
                       struct berth_error *err);

static inline bool args_has(const struct args *args, enum option_id id)
{
    return (args->given & OPTION_BIT(id)) != 0;
}

/* The value of the option, null when it was not given or has none. */
const char *args_value(const struct args *args, enum option_id id);

/* The value as an integer of min to max into *ret_value, which stays as it is when the
 * option was not given. 0 or EXIT_USAGE. */
int args_integer(const struct args *args, enum option_id id, int64_t min, int64_t max,
                 int64_t *ret_value, struct berth_error *err);

/* The value as seconds, with a fraction, into milliseconds. As args_integer(); more than
 * zero and up to 366 days. */
int args_seconds_ms(const struct args *args, enum option_id id, int64_t *ret_ms,
                    struct berth_error *err);

#endif
