#include "host/cli/help.h"

#include <string.h>

#include "host/cli/option.h"
#include "host/cli/plain.h"

#define WIDTH 78u
#define LEFT 30u /* columns for an option and its value */

/* The length of the word, or of the space, at the beginning. */
static size_t word_length(struct berth_str s)
{
    size_t len = 0;
    while (len < s.len && s.ptr[len] != ' ' && s.ptr[len] != '\n')
        len++;
    return len;
}

static size_t space_length(struct berth_str s)
{
    size_t len = 0;
    while (len < s.len && (s.ptr[len] == ' ' || s.ptr[len] == '\n'))
        len++;
    return len;
}

static struct berth_str behind(struct berth_str s, size_t len)
{
    return (struct berth_str){s.ptr + len, s.len - len};
}

void help_wrap(struct text *page, struct berth_str paragraph, size_t indent)
{
    size_t column = WIDTH + 1;
    while (paragraph.len > 0) {
        struct berth_str word = {paragraph.ptr, word_length(paragraph)};
        size_t width = plain_width(word);
        if (column + 1 + width > WIDTH) {
            text_add(page, column > WIDTH ? "" : "\n");
            for (column = 0; column < indent; column++)
                text_add(page, " ");
        } else {
            text_add(page, " ");
            column++;
        }
        text_add_str(page, word);
        column += width;
        paragraph = behind(paragraph, word.len);
        paragraph = behind(paragraph, space_length(paragraph));
    }
    text_add(page, "\n");
}

static void add_padded(struct text *page, const char *text, size_t width)
{
    text_add(page, text);
    for (size_t n = strlen(text); n < width; n++)
        text_add(page, " ");
}

static void add_option(struct text *page, const struct option_spec *spec)
{
    struct text left;
    text_init(&left, 200);
    if (spec->letter)
        text_add_format(&left, "  -%c, ", spec->letter);
    else
        text_add(&left, "      ");
    text_add_format(&left, "--%s", spec->name);
    if (spec->value && spec->flags & OPTION_VALUE_OPTIONAL)
        text_add_format(&left, "[=%s]", spec->value);
    else if (spec->value)
        text_add_format(&left, " %s", spec->value);
    add_padded(page, left.data ? left.data : "", LEFT);
    if (left.len > LEFT - 2)
        add_padded(page, "\n", LEFT + 1);
    text_release(&left);
    text_add_format(page, "%s\n", spec->help);
}

static void add_options(struct text *page, uint64_t among)
{
    for (unsigned id = 0; id < OPTION_COUNT; id++)
        if (among & OPTION_BIT(id))
            add_option(page, option_spec((enum option_id)id));
}

static void add_commands(struct text *page, const char *noun)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command *c = &COMMANDS[i];
        if (noun && strcmp(c->noun, noun) != 0)
            continue;
        struct text left;
        text_init(&left, 200);
        text_add_format(&left, "  berth %s %s %s  ", c->noun, c->verb, c->arguments);
        add_padded(page, left.data ? left.data : "", 46);
        text_release(&left);
        text_add_format(page, "%s\n", c->summary);
    }
}

void help_program(struct text *page)
{
    text_add(page, "Usage: berth NOUN VERB [ARGUMENTS] [OPTIONS]\n\n");
    add_commands(page, NULL);
    text_add(page, "\nOptions of every command:\n");
    add_options(page, OPTIONS_GLOBAL);
    text_add(page,
             "\nOptions may stand anywhere; -- ends them. --help works at every level:\n"
             "berth NOUN --help, berth NOUN VERB --help, and for an operation\n"
             "berth action run CONNECTION ACTION --help.\n"
             "\nExit codes: 0 ok, 1 failed, 2 usage, 3 invalid input or configuration,\n"
             "4 not found, 5 unreachable, 6 refused (credentials or right), 7 conflict,\n"
             "8 throttled, 9 some of several failed, 124 timeout, 130 interrupted.\n");
}

void help_noun(struct text *page, const char *noun)
{
    text_add_format(page, "Usage: berth %s VERB [ARGUMENTS] [OPTIONS]\n\n", noun);
    add_commands(page, noun);
    text_add_format(page, "\nberth %s VERB --help tells more.\n", noun);
}

void help_command(struct text *page, const struct command *c)
{
    text_add_format(page, "Usage: berth %s %s%s%s [OPTIONS]\n\n", c->noun, c->verb,
                    c->arguments[0] ? " " : "", c->arguments);
    char first = c->summary[0];
    if (first >= 'a' && first <= 'z')
        first = (char)(first - 'a' + 'A');
    text_add_format(page, "%c%s.\n", first, c->summary + 1);
    text_add(page, c->text[0] != '\0' ? "\n" : "");
    for (const char *at = c->text; *at; at += strcspn(at, "\n") + 1)
        help_wrap(page, (struct berth_str){at, strcspn(at, "\n")}, 0);
    if (c->options != 0) {
        text_add(page, "\nOptions:\n");
        add_options(page, c->options & ~c->unlisted);
    }
    text_add(page, "\nOptions of every command:\n");
    add_options(page, OPTIONS_GLOBAL);
}
