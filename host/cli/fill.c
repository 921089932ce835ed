#include "host/cli/fill.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/cli/exit_code.h"
#include "host/cli/interrupt.h"
#include "host/cli/prompt.h"
#include "host/cli/source.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

#define MAX_NAME 200u

/* Without the mark that editors put before UTF-8, and without one line end. */
static struct berth_str bare(struct berth_str all)
{
    if (str_starts_with(all, STR("\xef\xbb\xbf")))
        all = (struct berth_str){all.ptr + 3, all.len - 3};
    if (all.len > 0 && all.ptr[all.len - 1] == '\n')
        all.len--;
    if (all.len > 0 && all.ptr[all.len - 1] == '\r')
        all.len--;
    return all;
}

/* All of a file or of stdin, but what bare() leaves out. */
static int read_all(int fd, const char *name, struct text *value, struct berth_error *err)
{
    struct source source;
    source_init(&source, fd);
    int r = 0;
    while (r == 0 && !source.ended && source_view(&source).len <= FILL_MAX_BYTES) {
        r = interrupt_wait_readable(fd, err);
        if (r == 0)
            r = source_fill(&source, name, err);
    }
    text_add_str(value, bare(source_view(&source)));
    source_release(&source);
    if (r == 0 && text_failed(value))
        r = fail(err, BERTH_E_INVALID, "%.200s is too long: 64 KB at most", name);
    return r;
}

/* What "-", "@FILE" or "env:VAR" stands for. `option` is for sentences. */
static int read_spec(struct app *app, const char *spec, const char *option,
                     struct text *value, struct berth_error *err)
{
    if (strcmp(spec, "-") == 0)
        return read_all(STDIN_FILENO, "stdin", value, err);
    if (strncmp(spec, "env:", 4) == 0) {
        const char *found = app_env(app, spec + 4);
        if (!found)
            return fail(err, BERTH_E_INVALID,
                        "%s: the environment variable '%.80s' is not set", option,
                        spec + 4);
        text_add(value, found);
        return 0;
    }
    if (spec[0] != '@')
        return fail_usage(err,
                          "%s: a secret must not stand on the command line: give - "
                          "(stdin), @FILE or env:VAR",
                          option);
    cleanup(close) int fd = open(spec + 1, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(err, BERTH_E_INVALID, "%s: %.200s: %s", option, spec + 1,
                    strerror(errno));
    return read_all(fd, spec + 1, value, err);
}

/* Where a secret comes from: what an option says, and what is asked when that is stdin
 * and stdin is a terminal, which would show what is typed. */
struct origin {
    const char *spec;
    const char *option;
    const char *question;
};

static int read_secret(struct app *app, const struct origin *from, struct text *value,
                       struct berth_error *err)
{
    cleanup(prompt) struct prompt prompt;
    prompt_init(&prompt, &app->talk, false);
    if (strcmp(from->spec, "-") == 0 && prompt_possible(&prompt))
        return prompt_line(&prompt, from->question, true, value, err);
    return read_spec(app, from->spec, from->option, value, err);
}

static int paste(struct app *app, struct form *form, const char *spec,
                 struct berth_error *err)
{
    cleanup(text) struct text value;
    text_init_secret(&value, FILL_MAX_BYTES);
    struct origin from = {spec, "--paste", "Paste it here and press Enter (not shown): "};
    int r = read_secret(app, &from, &value, err);
    return r == 0 ? form_paste(form, text_str(&value), err) : r;
}

/* Split "field=value" at the first '='. */
static int split(const char *option, const char *argument, char name[MAX_NAME],
                 const char **ret_value, struct berth_error *err)
{
    const char *equals = strchr(argument, '=');
    size_t len = equals ? (size_t)(equals - argument) : 0;
    if (len == 0 || len >= MAX_NAME)
        return fail_usage(err, "--%s takes FIELD=VALUE", option);
    memcpy(name, argument, len);
    name[len] = '\0';
    *ret_value = equals + 1;
    return 0;
}

static int set(struct form *form, const char *argument, struct berth_error *err)
{
    char name[MAX_NAME];
    const char *value = NULL;
    const struct form_field *field = NULL;
    int r = split("set", argument, name, &value, err);
    if (r == 0)
        r = form_field_by_name(form, name, &field, err);
    if (r == 0 && field->secret)
        return fail_usage(err,
                          "--set: %s is a secret and must not stand on a command "
                          "line: give --secret %s=- (stdin), =@FILE or =env:VAR",
                          field->name, field->name);
    return r == 0 ? form_set(form, field->name, str_from(value), err) : r;
}

static int set_secret(struct app *app, struct form *form, const char *argument,
                      struct berth_error *err)
{
    char name[MAX_NAME];
    char option[MAX_NAME + 20];
    char question[MAX_NAME + 20];
    const char *spec = NULL;
    const struct form_field *field = NULL;
    cleanup(text) struct text value;
    text_init_secret(&value, FILL_MAX_BYTES);
    int r = split("secret", argument, name, &spec, err);
    if (r == 0)
        r = form_field_by_name(form, name, &field, err);
    if (r == 0 && !field->secret)
        return fail_usage(err,
                          "--secret: %s is no secret, and would be shown: give --set "
                          "%s=VALUE",
                          field->name, field->name);
    if (r != 0)
        return r;
    (void)snprintf(option, sizeof(option), "--secret %s", field->name);
    (void)snprintf(question, sizeof(question), "%.200s (not shown): ", field->title);
    r = read_secret(app, &(struct origin){spec, option, question}, &value, err);
    if (r == 0 && value.len == 0)
        return fail(err, BERTH_E_INVALID, "%s: what was given is empty", option);
    return r == 0 ? form_set(form, field->name, text_str(&value), err) : r;
}

static bool takes_stdin(const struct args_option *option)
{
    if (option->id == OPT_PASTE)
        return strcmp(option->value, "-") == 0;
    const char *equals = strchr(option->value, '=');
    return option->id == OPT_SECRET && equals && strcmp(equals + 1, "-") == 0;
}

static int check_stdin(const struct app *app, struct berth_error *err)
{
    size_t count = 0;
    for (size_t i = 0; i < app->args->option_count; i++)
        count += app->args->options[i].value && takes_stdin(&app->args->options[i]);
    if (count > 1)
        return fail_usage(err, "only one of --paste and --secret can read stdin: use "
                               "@FILE or env:VAR for the others");
    return 0;
}

/* Pasted text first, so that what was named field by field counts. */
int fill_from_options(struct app *app, struct form *form, struct berth_error *err)
{
    int r = check_stdin(app, err);
    if (r == 0 && app_has(app, OPT_PASTE))
        r = paste(app, form, app_value(app, OPT_PASTE), err);
    for (size_t i = 0; i < app->args->option_count && r == 0; i++) {
        const struct args_option *option = &app->args->options[i];
        if (option->id == OPT_SET)
            r = set(form, option->value, err);
        else if (option->id == OPT_SECRET)
            r = set_secret(app, form, option->value, err);
        else if (option->id == OPT_UNSET)
            r = form_set(form, option->value, STR(""), err);
    }
    return r;
}

static void say_warning(void *ctx, const char *field, const char *sentence)
{
    struct app *app = ctx;
    talk_warn(&app->talk, "%s: %s", field, sentence);
}

int fill_finish(struct app *app, struct form *form, struct berth_error *err)
{
    for (size_t i = 0; i < form_field_count(form); i++) {
        const struct form_field *field = form_field(form, i);
        if (!field->required || field->fallback || form_is_set(form, field->name))
            continue;
        if (field->secret)
            return fail(err, BERTH_E_INVALID,
                        "%s (%s) is missing: give --secret %s=- (stdin), =@FILE or "
                        "=env:VAR, or --paste",
                        field->name, field->title, field->name);
        return fail(err, BERTH_E_INVALID,
                    "%s (%s) is missing: give --set %s=VALUE, or --paste", field->name,
                    field->title, field->name);
    }
    int r = form_finish(form, err);
    if (r == 0)
        form_each_warning(form, say_warning, app);
    return r;
}

static bool holds_certificate(const char *path)
{
    FILE *file = fopen(path, "re");
    X509 *certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    bool found = certificate != NULL;
    X509_free(certificate);
    if (file)
        (void)fclose(file); /* it was only read */
    return found;
}

static int set_ca_file(struct connection *connection, const char *path,
                       struct berth_error *err)
{
    free(connection->ca_file);
    connection->ca_file = NULL;
    if (path[0] == '\0')
        return 0;
    connection->ca_file = realpath(path, NULL);
    if (!connection->ca_file || access(connection->ca_file, R_OK) < 0)
        return fail(err, BERTH_E_INVALID, "--ca-file %.300s: %s", path, strerror(errno));
    if (!holds_certificate(connection->ca_file))
        return fail(err, BERTH_E_INVALID,
                    "--ca-file %.300s: no certificate is in it: give a PEM file, which "
                    "has a line -----BEGIN CERTIFICATE-----",
                    path);
    return 0;
}

static bool is_plain(const char *url)
{
    for (; *url; url++)
        if (*url <= ' ' || *url > '~')
            return false;
    return true;
}

static int set_proxy(struct connection *connection, const char *url,
                     struct berth_error *err)
{
    free(connection->proxy);
    connection->proxy = NULL;
    if (url[0] == '\0')
        return 0;
    if (strchr(url, '@'))
        return fail_usage(err, "--proxy: a user name or password must not stand on a "
                               "command line: use a proxy that needs none");
    if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0 &&
        strncmp(url, "socks5://", 9) != 0 && strncmp(url, "socks5h://", 10) != 0)
        return fail(err, BERTH_E_INVALID,
                    "--proxy: '%.200s' begins with none of http://, https://, socks5:// "
                    "and socks5h://",
                    url);
    if (!is_plain(url) || strstr(url, "://")[3] == '\0')
        return fail(err, BERTH_E_INVALID, "--proxy: '%.200s' is no URL of a proxy", url);
    connection->proxy = strdup(url);
    return connection->proxy ? 0 : fail_no_memory(err);
}

int fill_network(struct app *app, struct connection *connection, struct berth_error *err)
{
    const char *limit = app_value(app, OPT_LIMIT);
    int r = 0;
    if (app_value(app, OPT_CA_FILE))
        r = set_ca_file(connection, app_value(app, OPT_CA_FILE), err);
    if (r == 0 && app_value(app, OPT_PROXY))
        r = set_proxy(connection, app_value(app, OPT_PROXY), err);
    if (r != 0 || !limit)
        return r;
    if (strcmp(limit, "off") == 0) {
        connection->limit = -1;
        return 0;
    }
    return args_integer(app->args, OPT_LIMIT, 0, 1000000000, &connection->limit, err);
}
