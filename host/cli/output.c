#include "host/cli/output.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/cli/exit_code.h"
#include "host/cli/plain.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"
#include "sdk/text.h"

#define MAX_ESCAPE 6u /* DEL becomes so long */

static enum output_format format_by_name(const char *name, bool terminal)
{
    if (!name)
        return terminal ? OUTPUT_TABLE : OUTPUT_NDJSON;
    if (strcmp(name, "table") == 0)
        return OUTPUT_TABLE;
    return strcmp(name, "json") == 0 ? OUTPUT_JSON : OUTPUT_NDJSON;
}

void output_init(struct output *out, FILE *file, const char *format)
{
    struct winsize size = {0};
    *out = (struct output){.file = file};
    out->terminal = isatty(fileno(file)) == 1;
    out->format = format_by_name(format, out->terminal);
    if (out->terminal && ioctl(fileno(file), TIOCGWINSZ, &size) == 0)
        out->columns = size.ws_col;
}

static int note_error(struct output *out)
{
    if (out->error == 0)
        out->error = errno != 0 ? errno : EIO;
    return BERTH_E_CANCELED;
}

static int write_bytes(struct output *out, struct berth_str text)
{
    if (text.len > 0 && fwrite(text.ptr, 1, text.len, out->file) != text.len)
        return note_error(out);
    return 0;
}

/* What a service says must not play with the terminal. Tables are plain already; in JSON
 * what is not ASCII can still hold control characters. */
static int write_plain(struct output *out, struct berth_str text)
{
    cleanup(text) struct text plain;
    text_init_secret(&plain, text.len * MAX_ESCAPE);
    plain_add_json(&plain, text);
    errno = ENOMEM;
    return text_failed(&plain) ? note_error(out) : write_bytes(out, text_str(&plain));
}

static bool is_ascii(struct berth_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x7f)
            return false;
    return true;
}

int output_write(struct output *out, struct berth_str text)
{
    if (out->error != 0)
        return BERTH_E_CANCELED;
    if (out->terminal && out->talk)
        talk_passing(out->talk, "");
    return out->terminal && !is_ascii(text) ? write_plain(out, text)
                                            : write_bytes(out, text);
}

int output_line(struct output *out, struct berth_str text)
{
    int r = output_write(out, text);
    return r == 0 ? output_write(out, STR("\n")) : r;
}

int output_json(struct output *out, const json_t *value)
{
    cleanup(text) struct text text;
    text_init_secret(&text, SIZE_MAX);
    if (out->format == OUTPUT_JSON)
        text_add_value_indented(&text, value);
    else
        text_add_value(&text, value);
    return text_failed(&text) ? BERTH_E_NO_MEMORY : output_line(out, text_str(&text));
}

int output_list(struct output *out, const json_t *array)
{
    if (out->format == OUTPUT_JSON)
        return output_json(out, array);
    int r = 0;
    for (size_t i = 0; i < json_array_size(array) && r == 0; i++)
        r = output_json(out, json_array_get(array, i));
    return r;
}

int output_flush(struct output *out, bool sync)
{
    if (out->error != 0)
        return BERTH_E_CANCELED;
    if (fflush(out->file) != 0)
        return note_error(out);
    struct stat st;
    if (sync && fstat(fileno(out->file), &st) == 0 && S_ISREG(st.st_mode) &&
        fsync(fileno(out->file)) != 0)
        return note_error(out);
    return 0;
}

int output_finish(struct output *out, struct berth_error *err)
{
    (void)output_flush(out, false); /* what went wrong is looked at in one place: here */
    if (out->error == 0)
        return 0;
    if (out->error != EPIPE && err->message[0] == '\0')
        (void)fail(err, BERTH_E_INTERNAL, "cannot write to stdout: %s",
                   strerror(out->error));
    return EXIT_FAILED;
}
