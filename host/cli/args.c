#include "host/cli/args.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/cli/exit_code.h"
#include "host/suggest.h"
#include "sdk/error.h"
#include "sdk/str.h"

#define MAX_SECONDS (366.0 * 86400.0)

struct parser {
    int argc;
    const char *const *argv;
    int at;
    struct args *args;
    struct berth_error *err;
};

static int fail_unknown(const char *word, uint64_t among, struct berth_error *err)
{
    struct suggest near;
    const char *name = word + strspn(word, "-");
    suggest_init(&near, name);
    for (unsigned id = 0; id < OPTION_COUNT; id++)
        if (among & OPTION_BIT(id))
            suggest_offer(&near, option_spec((enum option_id)id)->name);
    if (near.best && name[0] != '\0' && name[1] != '\0')
        return fail_usage(err, "there is no option %.60s: did you mean --%s?", word,
                          near.best);
    return fail_usage(err, "there is no option %.60s: see berth --help", word);
}

static bool is_choice(const char *choices, const char *value)
{
    size_t len = strlen(value);
    for (const char *c = choices; c;) {
        const char *end = strchr(c, '|');
        size_t n = end ? (size_t)(end - c) : strlen(c);
        if (n == len && memcmp(c, value, n) == 0)
            return true;
        c = end ? end + 1 : NULL;
    }
    return false;
}

/* Note option `id`; `value` (null: none) is what was found for it. */
static int add_option(struct parser *p, enum option_id id, const char *value)
{
    const struct option_spec *spec = option_spec(id);
    struct args *args = p->args;
    if (args_has(args, id) && spec->value && !(spec->flags & OPTION_REPEATS))
        return fail_usage(p->err, "--%s was given twice: give it once", spec->name);
    bool fits = !value || !spec->choices || is_choice(spec->choices, value);
    if (!fits && spec->flags & OPTION_VALUE_OPTIONAL)
        return fail_usage(p->err, "--%s=%.60s cannot be: give --%s alone, or --%s=%s",
                          spec->name, value, spec->name, spec->name, spec->choices);
    if (!fits)
        return fail_usage(p->err, "--%s: '%.60s' is none of %s", spec->name, value,
                          spec->choices);
    args->options[args->option_count++] = (struct args_option){id, value};
    args->given |= OPTION_BIT(id);
    return 0;
}

static const char *following(struct parser *p)
{
    return p->at + 1 < p->argc ? p->argv[++p->at] : NULL;
}

/* `value` is what stood behind '=', or null. */
static int take_option(struct parser *p, enum option_id id, const char *value)
{
    const struct option_spec *spec = option_spec(id);
    if (!spec->value && value)
        return fail_usage(p->err, "--%s takes no value: leave out =%.60s", spec->name,
                          value);
    if (spec->value && !value && !(spec->flags & OPTION_VALUE_OPTIONAL)) {
        value = following(p);
        if (!value)
            return fail_usage(p->err, "--%s needs a value: --%s %s", spec->name,
                              spec->name, spec->value);
    }
    return add_option(p, id, value);
}

static int take_long(struct parser *p, const char *word)
{
    const char *name = word + 2;
    const char *equals = strchr(name, '=');
    size_t len = equals ? (size_t)(equals - name) : strlen(name);
    enum option_id id = option_by_name((struct berth_str){name, len});
    if (id == OPTION_COUNT)
        return fail_unknown(word, ~UINT64_C(0), p->err);
    return take_option(p, id, equals ? equals + 1 : NULL);
}

/* "-qy" is "-q -y"; what follows a letter that takes a value is the value. */
static int take_letters(struct parser *p, const char *word)
{
    for (const char *c = word + 1; *c; c++) {
        enum option_id id = option_by_letter(*c);
        if (id == OPTION_COUNT)
            return fail_unknown(word, ~UINT64_C(0), p->err);
        if (!option_spec(id)->value) {
            int r = add_option(p, id, NULL);
            if (r != 0)
                return r;
            continue;
        }
        const char *value = c[1] == '=' ? c + 2 : c + 1;
        return take_option(p, id, *value ? value : NULL);
    }
    return 0;
}

int args_parse(int argc, const char *const *argv, struct args *args,
               struct berth_error *err)
{
    *args = (struct args){0};
    size_t room = 1; /* an option for each letter: "-qqq" is several */
    for (int i = 0; i < argc; i++)
        room += strlen(argv[i]);
    args->words = calloc((size_t)argc + 1, sizeof(*args->words));
    args->options = calloc(room, sizeof(*args->options));
    if (!args->words || !args->options)
        return fail_no_memory(err);
    struct parser p = {.argc = argc, .argv = argv, .args = args, .err = err};
    bool only_words = false;
    for (; p.at < argc; p.at++) {
        const char *word = argv[p.at];
        int r = 0;
        if (only_words || word[0] != '-' || word[1] == '\0')
            args->words[args->word_count++] = word;
        else if (word[1] != '-')
            r = take_letters(&p, word);
        else if (word[2] != '\0')
            r = take_long(&p, word);
        else
            only_words = true;
        if (r != 0)
            return r;
    }
    return 0;
}

void args_release(struct args *args)
{
    free(args->words);
    free(args->options);
    *args = (struct args){0};
}

int args_check_options(const struct args *args, uint64_t allowed, const char *command,
                       struct berth_error *err)
{
    for (size_t i = 0; i < args->option_count; i++) {
        enum option_id id = args->options[i].id;
        if (!(allowed & OPTION_BIT(id)))
            return fail_usage(err, "%s takes no --%s: see %s --help", command,
                              option_spec(id)->name, command);
    }
    return 0;
}

const char *args_value(const struct args *args, enum option_id id)
{
    for (size_t i = args->option_count; i-- > 0;)
        if (args->options[i].id == id)
            return args->options[i].value;
    return NULL;
}

int args_integer(const struct args *args, enum option_id id, int64_t min, int64_t max,
                 int64_t *ret_value, struct berth_error *err)
{
    const char *text = args_value(args, id);
    if (!text)
        return 0;
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    bool number = strspn(text, "-0123456789") == strlen(text) && *text && !*end;
    if (!number || errno != 0 || value < min || value > max)
        return fail_usage(err, "--%s: '%.40s' is no whole number from %lld to %lld",
                          option_spec(id)->name, text, (long long)min, (long long)max);
    *ret_value = value;
    return 0;
}

int args_seconds_ms(const struct args *args, enum option_id id, int64_t *ret_ms,
                    struct berth_error *err)
{
    const char *text = args_value(args, id);
    if (!text)
        return 0;
    char *end = NULL;
    double value = strtod(text, &end);
    bool number = strspn(text, "0123456789.") == strlen(text) && *text && !*end;
    if (!number || !(value >= 0.001) || !(value <= MAX_SECONDS))
        return fail_usage(err,
                          "--%s: '%.40s' is no number of seconds above 0 (and up "
                          "to a year)",
                          option_spec(id)->name, text);
    *ret_ms = (int64_t)llround(value * 1000.0);
    return 0;
}
