#include "host/secret/key.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/store/home.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

enum { HEX_SIZE = 2 * SEAL_KEY_SIZE };

static const char PREPARED[] = ".next";

/* The id: the first 64 bits of a hash of the key, in a domain of its own. */
static int key_name(struct key *k, struct berth_error *err)
{
    unsigned char input[8 + SEAL_KEY_SIZE] = "keyname";
    unsigned char digest[EVP_MAX_MD_SIZE];
    memcpy(input + 8, k->bytes, SEAL_KEY_SIZE);
    int ok = EVP_Digest(input, sizeof(input), digest, NULL, EVP_sha256(), NULL);
    OPENSSL_cleanse(input, sizeof(input));
    if (ok != 1)
        return fail(err, BERTH_E_INTERNAL, "OpenSSL refuses SHA-256");
    str_hex(digest, 8, k->id);
    k->id[16] = '\0';
    return 0;
}

/* 64 hex digits, and white space at the end. */
static int key_parse(const char *where, struct berth_str text, struct key *k,
                     struct berth_error *err)
{
    while (text.len > HEX_SIZE && str_is_space(text.ptr[text.len - 1]))
        text.len--;
    bool good = text.len == HEX_SIZE;
    for (size_t i = 0; good && i < SEAL_KEY_SIZE; i++) {
        int high = str_hex_value(text.ptr[2 * i]),
            low = str_hex_value(text.ptr[2 * i + 1]);
        good = high >= 0 && low >= 0;
        k->bytes[i] = (unsigned char)(good ? high * 16 + low : 0);
    }
    if (!good)
        return fail(err, BERTH_E_AUTH,
                    "%s: not a key of 64 hex digits (openssl rand -hex 32 makes one)",
                    where);
    return key_name(k, err);
}

static int key_read_fd(const char *path, int fd, struct key *k, struct berth_error *err)
{
    char text[HEX_SIZE + 8];
    ssize_t n;
    do {
        n = read(fd, text, sizeof(text));
    } while (n < 0 && errno == EINTR);
    int r = n < 0 ? fail(err, BERTH_E_AUTH, "%s: cannot read the key: %s", path,
                         strerror(errno))
                  : key_parse(path, (struct berth_str){text, (size_t)n}, k, err);
    OPENSSL_cleanse(text, sizeof(text));
    return r;
}

/* A file that others may not read. What makes it unusable locks the connections. */
static int key_read_file(const char *path, struct key *k, struct berth_error *err)
{
    cleanup(close) int fd = home_open_file(path, err);
    if (fd < 0)
        return fd == BERTH_E_NOT_FOUND ? fd : BERTH_E_AUTH;
    return key_read_fd(path, fd, k, err);
}

/* What systemd guards: its rights are not looked at. BERTH_E_NOT_FOUND: none there. */
static int key_read_credential(const char *folder, struct key *k, struct berth_error *err)
{
    cleanup(free) char *path = home_path(folder, "berth-key");
    if (!path)
        return fail_no_memory(err);
    cleanup(close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return BERTH_E_NOT_FOUND;
    if (fd < 0)
        return fail(err, BERTH_E_AUTH, "%s: cannot read the key: %s", path,
                    strerror(errno));
    return key_read_fd(path, fd, k, err);
}

/* The path of the key file, with what a rotation appends; null: out of memory. */
static char *key_path(const char *home, const struct secret_source *source,
                      const char *suffix)
{
    cleanup(text) struct text path;
    text_init(&path, PATH_MAX);
    text_add(&path, source->file ? source->file : home);
    text_add(&path, source->file ? "" : "/key");
    text_add(&path, suffix);
    return text_take(&path);
}

int key_read(const char *home, const struct secret_source *source, struct key *ret_key,
             struct berth_error *err)
{
    *ret_key = (struct key){0};
    if (source->value)
        return key_parse("the key in the environment", str_from(source->value), ret_key,
                         err);
    if (!source->file && source->credentials_folder) {
        int r = key_read_credential(source->credentials_folder, ret_key, err);
        if (r != BERTH_E_NOT_FOUND)
            return r;
    }
    cleanup(free) char *path = key_path(home, source, "");
    if (!path)
        return fail_no_memory(err);
    return key_read_file(path, ret_key, err);
}

int key_read_prepared(const char *home, const struct secret_source *source,
                      struct key *ret_key, struct berth_error *err)
{
    *ret_key = (struct key){0};
    if (source->value)
        return BERTH_E_NOT_FOUND;
    cleanup(free) char *path = key_path(home, source, PREPARED);
    if (!path)
        return fail_no_memory(err);
    return key_read_file(path, ret_key, err);
}

static int fail_write(const char *path, struct berth_error *err)
{
    int status = errno == ENOSPC ? BERTH_E_UNAVAILABLE : BERTH_E_AUTH;
    return fail(err, status, "%s: cannot write the key file: %s", path, strerror(errno));
}

/* A new file with a new random key, on disk but for its name. */
static int key_write_file(const char *path, struct key *k, struct berth_error *err)
{
    int r = seal_random(k->bytes, sizeof(k->bytes), err);
    if (r < 0)
        return r;
    cleanup(close) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail_write(path, err);
    char text[HEX_SIZE + 1];
    str_hex(k->bytes, sizeof(k->bytes), text);
    text[HEX_SIZE] = '\n';
    ssize_t n = write(fd, text, sizeof(text));
    OPENSSL_cleanse(text, sizeof(text));
    if (n != (ssize_t)sizeof(text) || fsync(fd) < 0) {
        r = fail_write(path, err);
        (void)unlink(path);
        return r;
    }
    return key_name(k, err);
}

/* The folder that the key file is in, as a path that belongs to the caller. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static int sync_folder_of(const char *path, struct berth_error *err)
{
    cleanup(free) char *folder = folder_of(path);
    if (!folder)
        return fail_no_memory(err);
    return home_sync(folder, err);
}

/* Is the key in a file that may be replaced, not in the environment or systemd's? */
static bool is_from_file(const struct secret_source *source)
{
    struct key ignored;
    bool elsewhere = source->value ||
                     (!source->file && source->credentials_folder &&
                      key_read_credential(source->credentials_folder, &ignored, NULL) !=
                          BERTH_E_NOT_FOUND);
    OPENSSL_cleanse(&ignored, sizeof(ignored));
    return !elsewhere;
}

int key_prepare(const char *home, const struct secret_source *source, struct key *ret_key,
                struct berth_error *err)
{
    *ret_key = (struct key){0};
    if (!is_from_file(source))
        return fail(err, BERTH_E_INVALID,
                    "the key in use is in no file of Berth's: give the new one");
    cleanup(free) char *path = key_path(home, source, PREPARED);
    if (!path)
        return fail_no_memory(err);
    (void)unlink(path); /* left by a rotation that was not committed */
    int r = key_write_file(path, ret_key, err);
    return r < 0 ? r : sync_folder_of(path, err);
}

int key_replace(const char *home, const struct secret_source *source,
                struct berth_error *err)
{
    cleanup(free) char *path = key_path(home, source, "");
    cleanup(free) char *prepared = key_path(home, source, PREPARED);
    if (!path || !prepared)
        return fail_no_memory(err);
    /* Missing: another process was faster and has put it in place. */
    if (rename(prepared, path) < 0 && errno != ENOENT)
        return fail_write(path, err);
    return sync_folder_of(path, err);
}

int key_create(const char *home, const struct secret_source *source, struct key *ret_key,
               struct berth_error *err)
{
    cleanup(free) char *path = key_path(home, source, "");
    cleanup(free) char *made = key_path(home, source, ".new");
    if (!path || !made)
        return fail_no_memory(err);
    (void)unlink(made); /* left by a process that was killed */
    int r = key_write_file(made, ret_key, err);
    if (r < 0)
        return r;
    /* link() and not rename(): a key that is there is never replaced. */
    if (link(made, path) < 0)
        r = fail_write(path, err);
    (void)unlink(made);
    return r < 0 ? r : sync_folder_of(path, err);
}
