#include "emulator/state.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emulator/emu.h"
#include "emulator/file.h"
#include "emulator/registration.h"
#include "emulator/thread.h"

static const char TITLE[] = "{\"berth-emulator state\":1}\n";

enum { LINE_MAX_BYTES = 16 * 1024 * 1024 };

/* A file of lines on its way out or in, with what is known of them so far. */
struct lines {
    FILE *file;
    gnutls_hash_hd_t hash;
    uint64_t count;
    bool failed;
};

static int lines_init(struct lines *lines, FILE *file, struct failure *f)
{
    memset(lines, 0, sizeof *lines);
    lines->file = file;
    if (gnutls_hash_init(&lines->hash, GNUTLS_DIG_SHA256) < 0)
        return failure_set(f, "out of memory");
    return 0;
}

static void lines_digest(struct lines *lines, char out[2 * DIGEST_SIZE + 1])
{
    unsigned char digest[DIGEST_SIZE];
    size_t i;

    gnutls_hash_deinit(lines->hash, digest);
    for (i = 0; i < DIGEST_SIZE; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

/* --- out --- */

static void line_write(struct lines *lines, const struct text *t)
{
    if (text_failed(t) || gnutls_hash(lines->hash, t->data, t->len) < 0 ||
        fwrite(t->data, 1, t->len, lines->file) != t->len)
        lines->failed = true;
    lines->count++;
}

static void add_slice(struct text *t, struct slice s)
{
    text_add(t, ",");
    text_add_json_bytes(t, s.p, s.len);
}

static void add_string(struct text *t, const char *s)
{
    text_add(t, ",");
    text_add_json(t, s);
}

static void enrollment_write(struct lines *lines, const struct enrollment *e)
{
    struct text t;

    text_init(&t, LINE_MAX_BYTES);
    text_add(&t, e->kind == KIND_GROUP ? "[\"group\"" : "[\"enrollment\"");
    add_string(&t, enrollment_id(e));
    add_slice(&t, enrollment_body(e));
    add_slice(&t, enrollment_attestation(e));
    add_string(&t, enrollment_primary(e));
    add_string(&t, enrollment_secondary(e));
    text_addf(&t, ",%d,%d,%" PRIu64 ",%" PRId64 ",%" PRId64 "]\n", e->type, e->disabled,
              e->version, e->created_us, e->updated_us);
    line_write(lines, &t);
    text_wipe(&t);
}

static void registration_write(struct lines *lines, const struct registration *r)
{
    char group[IDENT_MAX + 1];
    struct text t;

    registration_group(r, group);
    text_init(&t, LINE_MAX_BYTES);
    text_add(&t, "[\"registration\"");
    add_string(&t, registration_id(r));
    add_string(&t, group);
    add_string(&t, registration_hub(r));
    add_string(&t, registration_device_id(r));
    add_string(&t, registration_x509(r));
    add_string(&t, r->substatus ? r->substatus : "");
    text_addf(&t, ",%d,%d,%" PRIu64 ",%" PRId64 ",%" PRId64 ",%" PRId64 "]\n",
              r->error_code, r->outcome, r->version, r->created_us, r->asked_us,
              r->ready_us);
    line_write(lines, &t);
    text_release(&t);
}

static void store_write(struct lines *lines, struct store *store)
{
    const struct index_node *node;
    int kind;

    for (kind = KIND_ENROLLMENT; kind <= KIND_GROUP; kind++) {
        node = index_after(&store->enrollments[kind], NULL);
        for (; node && !lines->failed; node = node->next[0])
            enrollment_write(lines, node->value);
    }
    node = index_after(&store->registrations, NULL);
    for (; node && !lines->failed; node = node->next[0])
        registration_write(lines, node->value);
}

/* Everything into an open file; the store is locked. */
static int state_write(struct emu *emu, FILE *file, struct failure *f)
{
    char digest[2 * DIGEST_SIZE + 1];
    struct lines lines;

    if (lines_init(&lines, file, f) < 0)
        return -1;
    if (fputs(TITLE, file) < 0)
        lines.failed = true;
    store_write(&lines, &emu->store);
    lines_digest(&lines, digest);
    if (fprintf(file,
                "{\"lines\":%" PRIu64 ",\"version\":%" PRIu64 ",\"sha256\":\"%s\"}\n",
                lines.count, emu->store.version, digest) < 0)
        lines.failed = true;
    return lines.failed ? -1 : 0;
}

/* Open `part` anew for the owner alone. */
static FILE *part_open(const char *part)
{
    FILE *file;
    int fd;

    (void)unlink(part); /* one that an earlier run left half-written */
    fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file && fd >= 0)
        (void)close(fd); /* nothing was written */
    return file;
}

/* The name of the file that becomes the state when it is whole. */
static int part_name(const char *path, char part[FILE_PATH_MAX], struct failure *f)
{
    int n = snprintf(part, FILE_PATH_MAX, "%s.new", path);

    if (n < 0 || n >= FILE_PATH_MAX)
        return failure_set(f, "the name of the state file is too long");
    return 0;
}

int state_check(const char *path, struct failure *f)
{
    char part[FILE_PATH_MAX];
    FILE *file;

    if (part_name(path, part, f) < 0)
        return -1;
    file = part_open(part);
    if (!file)
        return failure_set(f, "%s: cannot be written: %s", part, strerror(errno));
    (void)fclose(file); /* nothing was written */
    (void)unlink(part); /* else the next save does it */
    return 0;
}

/* Write `part` and make it the state. */
static int part_save(struct emu *emu, const char *part, const char *path,
                     struct failure *f)
{
    FILE *file = part_open(part);
    int r;

    if (!file)
        return failure_set(f, "%s: cannot be written: %s", part, strerror(errno));
    (void)failure_set(f, "%s: cannot be written: out of memory", path);
    errno = 0;
    store_lock_read(&emu->store);
    r = state_write(emu, file, f);
    store_unlock(&emu->store);
    if (r == 0 && (fflush(file) != 0 || fsync(fileno(file)) < 0))
        r = -1;
    if (fclose(file) != 0)
        r = -1;
    if (r == 0 && rename(part, path) == 0)
        return 0;
    if (errno)
        (void)failure_set(f, "%s: cannot be written: %s", path, strerror(errno));
    (void)unlink(part); /* best effort: the sentence is what counts */
    return -1;
}

int state_save(struct emu *emu, const char *path, struct failure *f)
{
    char part[FILE_PATH_MAX];
    int r;

    if (part_name(path, part, f) < 0)
        return -1;
    lock_take(&emu->saving);
    r = part_save(emu, part, path, f);
    lock_give(&emu->saving);
    return r;
}

/* --- in --- */

static bool enrollment_take(struct store *store, enum kind kind, json_t *line)
{
    struct enrollment_parts parts = {.kind = kind};
    struct enrollment *made;
    const char *word;
    int type, disabled;
    json_int_t version, created, updated;

    if (json_unpack(line, "[ssssssiiIII!]", &word, &parts.id, &parts.body,
                    &parts.attestation, &parts.primary, &parts.secondary, &type,
                    &disabled, &version, &created, &updated) < 0 ||
        ident_problem(parts.id) || type < ATTESTATION_SYMMETRIC_KEY ||
        type > ATTESTATION_X509)
        return false;
    parts.type = (enum attestation)type;
    parts.disabled = disabled != 0;
    parts.version = (uint64_t)version;
    parts.created_us = created;
    parts.updated_us = updated;
    made = enrollment_new(&parts);
    if (made && store_put_enrollment(store, made) == 0)
        return true;
    enrollment_free(made);
    return false;
}

static bool registration_take(struct store *store, json_t *line)
{
    struct registration_parts parts = {.id = NULL};
    struct registration *made;
    const char *word, *substatus;
    int outcome;
    json_int_t version, created, asked, ready;

    if (json_unpack(line, "[sssssssiiIIII!]", &word, &parts.id, &parts.group, &parts.hub,
                    &parts.device_id, &parts.x509, &substatus, &parts.error_code,
                    &outcome, &version, &created, &asked, &ready) < 0 ||
        ident_problem(parts.id) || (*parts.group && ident_problem(parts.group)) ||
        outcome < OUTCOME_ASSIGNED || outcome > OUTCOME_DISABLED)
        return false;
    parts.substatus = registration_substatus(substatus);
    parts.message = registration_message(parts.error_code);
    parts.outcome = (enum outcome)outcome;
    parts.version = (uint64_t)version;
    parts.created_us = created;
    parts.asked_us = asked;
    parts.ready_us = ready;
    made = registration_new(&parts);
    if (made && store_put_registration(store, made) == 0)
        return true;
    free(made);
    return false;
}

static bool line_take(struct store *store, json_t *line)
{
    const char *word = json_string_value(json_array_get(line, 0));

    if (!word)
        return false;
    if (!strcmp(word, "enrollment"))
        return enrollment_take(store, KIND_ENROLLMENT, line);
    if (!strcmp(word, "group"))
        return enrollment_take(store, KIND_GROUP, line);
    return !strcmp(word, "registration") && registration_take(store, line);
}

/* Does the last line say of the others what is true? */
static bool end_good(struct lines *lines, struct store *store, const json_t *end)
{
    const char *sha256 = json_string_value(json_object_get(end, "sha256"));
    json_int_t version = json_integer_value(json_object_get(end, "version"));
    char digest[2 * DIGEST_SIZE + 1];

    lines_digest(lines, digest);
    store->version = (uint64_t)version;
    return sha256 && !strcmp(sha256, digest) &&
           json_integer_value(json_object_get(end, "lines")) == (json_int_t)lines->count;
}

/* Take in the lines behind the title. True when all were there and good. */
static bool lines_read(struct lines *lines, struct store *store)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t n;
    bool good = true, ended = false;

    while (good && !ended && (n = getline(&line, &size, lines->file)) > 0) {
        json_t *json = json_loadb(line, (size_t)n, 0, NULL);

        if (json_is_object(json)) {
            ended = true;
            good = line[n - 1] == '\n' && end_good(lines, store, json) &&
                   getc(lines->file) == EOF;
        } else {
            good = json && gnutls_hash(lines->hash, line, (size_t)n) == 0 &&
                   line_take(store, json);
            lines->count++;
        }
        json_decref(json);
        explicit_bzero(line, (size_t)n);
    }
    free(line);
    if (!ended)
        gnutls_hash_deinit(lines->hash, NULL);
    return good && ended;
}

static int state_read(struct store *store, FILE *file, const char *path,
                      struct failure *f)
{
    char title[sizeof TITLE] = "";
    struct lines lines;

    if (!fgets(title, sizeof title, file) || strcmp(title, TITLE) != 0)
        return failure_set(f,
                           "%s: is no state of this emulator; name another file, or "
                           "one that is not there yet",
                           path);
    if (lines_init(&lines, file, f) < 0)
        return -1;
    errno = 0;
    if (lines_read(&lines, store))
        return 0;
    if (errno == ENOMEM)
        return failure_set(f, "%s: out of memory; nothing of it was taken", path);
    return failure_set(f,
                       "%s: is cut off or damaged near line %" PRIu64
                       "; nothing of it was taken. Delete it to begin anew",
                       path, lines.count + 2);
}

int state_load(struct emu *emu, const char *path, struct failure *f)
{
    struct store store;
    FILE *file = fopen(path, "re");
    int r;

    if (!file)
        return failure_set(f, "%s: cannot be opened: %s", path, strerror(errno));
    if (store_init(&store) < 0) {
        (void)fclose(file); /* it was only read */
        return failure_set(f, "out of memory");
    }
    r = state_read(&store, file, path, f);
    (void)fclose(file); /* it was only read */
    if (r == 0) {
        store_lock_write(&emu->store);
        store_take(&emu->store, &store);
        store_unlock(&emu->store);
    }
    store_release(&store);
    return r;
}
