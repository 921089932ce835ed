#include "host/cli/resume.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/cli/source.h"
#include "host/fnv.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"

#define MAX_LINE (128u * 1024 * 1024)

uint64_t resume_mark_of_id(const char *id)
{
    uint64_t hash = fnv_byte(FNV_START, 'i');
    for (; *id; id++)
        hash = fnv_byte(hash, (unsigned char)tolower((unsigned char)*id));
    return hash;
}

/* Eight bytes at once: an odd factor carries them upwards, the shift down again. */
static uint64_t hash_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static uint64_t hash_text(uint64_t hash, const char *text, size_t len)
{
    uint64_t word = 0;
    hash = hash_word(hash, len);
    for (; len >= sizeof(word); text += sizeof(word), len -= sizeof(word)) {
        memcpy(&word, text, sizeof(word));
        hash = hash_word(hash, word);
    }
    word = 0;
    memcpy(&word, text, len);
    return hash_word(hash, word);
}

static uint64_t hash_value(uint64_t hash, const json_t *value);

/* The members' hashes are added up, so that their order does not count. */
static uint64_t hash_object(uint64_t hash, const json_t *object)
{
    const char *name;
    size_t len;
    json_t *value;
    uint64_t sum = 0;
    json_object_keylen_foreach(json_mutable(object), name, len, value)
    {
        sum += hash_value(hash_text(FNV_START, name, len), value);
    }
    return hash_word(hash, sum);
}

static uint64_t hash_value(uint64_t hash, const json_t *value)
{
    size_t i;
    json_t *element;
    json_int_t whole = json_integer_value(value);
    double number = json_real_value(value);
    uint64_t bits = 0;
    hash = hash_word(hash, (uint64_t)json_typeof(value));
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return hash_object(hash, value);
    case JSON_ARRAY:
        json_array_foreach(value, i, element)
        {
            hash = hash_value(hash, element);
        }
        return hash_word(hash, i);
    case JSON_STRING:
        return hash_text(hash, json_string_value(value), json_string_length(value));
    case JSON_INTEGER:
        return hash_word(hash, (uint64_t)whole);
    case JSON_REAL:
        memcpy(&bits, &number, sizeof(bits));
        return hash_word(hash, bits);
    default:
        return hash;
    }
}

uint64_t resume_mark_of_input(const json_t *input)
{
    return hash_value(fnv_byte(FNV_START, 'h'), input);
}

void resume_mark_text(uint64_t mark, char ret_text[17])
{
    (void)snprintf(ret_text, 17, "%016" PRIx64, mark);
}

static int add(struct resume *r, struct resume_mark mark, struct berth_error *err)
{
    if (r->count == r->capacity) {
        size_t capacity = r->capacity ? r->capacity * 2 : 1024;
        struct resume_mark *grown = reallocarray(r->marks, capacity, sizeof(*r->marks));
        if (!grown)
            return fail_no_memory(err);
        r->marks = grown;
        r->capacity = capacity;
    }
    r->marks[r->count++] = mark;
    return 0;
}

/* An array (-o json) has a result a line as well, and brackets and commas around. */
static struct berth_str bare(struct berth_str line)
{
    if (line.len > 0 && line.ptr[line.len - 1] == ',')
        line.len--;
    if (line.len == 1 && (line.ptr[0] == '[' || line.ptr[0] == ']'))
        line.len = 0;
    return line;
}

/* One line of the earlier output. Items of a line are passed over; what is no result is
 * counted. */
static int take(struct resume *r, struct berth_str line, struct berth_error *err)
{
    json_auto_t *result = json_loadb(line.ptr, line.len, 0, NULL);
    json_int_t number = json_integer_value(json_object_get(result, "line"));
    const char *status = json_string_value(json_object_get(result, "status"));
    if (number <= 0 || (!status && !json_object_get(result, "item"))) {
        r->unreadable++;
        return 0;
    }
    if (!status || strcmp(status, "ok") != 0)
        return 0;
    const char *id = json_string_value(json_object_get(result, "id"));
    const char *hash = json_string_value(json_object_get(result, "hash"));
    uint64_t mark = id ? resume_mark_of_id(id) : 0;
    if (!id && hash)
        mark = strtoull(hash, NULL, 16);
    return add(r, (struct resume_mark){(uint64_t)number, mark}, err);
}

static int take_lines(struct resume *r, struct source *source, struct berth_error *err)
{
    for (;;) {
        struct berth_str view = source_view(source);
        const char *end = view.len > 0 ? memchr(view.ptr, '\n', view.len) : NULL;
        if (!end)
            return 0;
        size_t len = (size_t)(end - view.ptr);
        struct berth_str line = bare((struct berth_str){view.ptr, len});
        int s = line.len > 0 ? take(r, line, err) : 0;
        if (s < 0)
            return s;
        source_use(source, len + 1);
    }
}

static int compare(const void *a, const void *b)
{
    const struct resume_mark *x = a;
    const struct resume_mark *y = b;
    return x->line < y->line ? -1 : x->line > y->line;
}

static int read_all(struct resume *r, struct source *source, const char *path,
                    struct berth_error *err)
{
    while (!source->ended) {
        int s = source_fill(source, path, err);
        if (s == 0)
            s = take_lines(r, source, err);
        if (s == 0 && source_view(source).len > MAX_LINE)
            s = fail(err, BERTH_E_INVALID,
                     "--resume %.300s: a line is longer than 128 MB, which no result is",
                     path);
        if (s < 0)
            return s;
    }
    struct berth_str rest = source_view(source);
    r->ends_midway = rest.len > 0;
    if (rest.len > 0) {
        int s = take(r, rest, err);
        if (s < 0)
            return s;
    }
    if (r->count > 0)
        qsort(r->marks, r->count, sizeof(*r->marks), compare);
    return 0;
}

int resume_read(struct resume *r, const char *path, struct berth_error *err)
{
    *r = (struct resume){0};
    cleanup(close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(err, BERTH_E_INVALID, "--resume %.300s: %s", path, strerror(errno));
    struct source source;
    source_init(&source, fd);
    int s = read_all(r, &source, path, err);
    uint64_t taken = source.taken;
    source_release(&source);
    if (s == 0 && r->count == 0 && r->unreadable > 1 && taken > 0)
        return fail(err, BERTH_E_INVALID,
                    "--resume %.300s: it holds no results of 'berth action run'", path);
    return s;
}

void resume_release(struct resume *r)
{
    free(r->marks);
    *r = (struct resume){0};
}

enum resume_verdict resume_look(const struct resume *r, uint64_t line, uint64_t mark)
{
    const struct resume_mark wanted = {line, mark};
    if (r->count == 0)
        return RESUME_TO_DO;
    const struct resume_mark *found =
        bsearch(&wanted, r->marks, r->count, sizeof(*r->marks), compare);
    if (!found)
        return RESUME_TO_DO;
    return found->mark == mark ? RESUME_DONE : RESUME_CHANGED;
}
