/* Help, made from the tables of commands and options, and for operations from the
 * manifest. Invariant: only appends; a page that did not fit says so by text_failed(). */
#ifndef BERTH_CLI_HELP_H
#define BERTH_CLI_HELP_H

#include "host/cli/command.h"
#include "sdk/text.h"

struct operation;

/* Append the page on the program, on a noun, on a command. */
void help_program(struct text *page);
void help_noun(struct text *page, const char *noun);
void help_command(struct text *page, const struct command *command);

/* Append a paragraph, broken into lines that are indented. */
void help_wrap(struct text *page, struct berth_str paragraph, size_t indent);

/* Append the page on an action or a trigger; `usage` is the command that runs it.
 * (help_operation.c) */
void help_operation(struct text *page, const struct operation *op, const char *usage);

#endif
