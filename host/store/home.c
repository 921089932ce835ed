#include "host/store/home.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/text.h"

char *home_path(const char *folder, const char *name)
{
    cleanup(text) struct text path;
    text_init(&path, PATH_MAX);
    text_add(&path, folder);
    text_add(&path, "/");
    text_add(&path, name);
    return text_take(&path);
}

/* mkdir -p; what is there already is no error. */
static int make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int r = mkdir(path, 0700);
        *slash = '/';
        if (r < 0 && errno != EEXIST)
            return -errno;
    }
    return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

static int is_ours(const struct stat *st)
{
    return st->st_uid == geteuid() || st->st_uid == 0;
}

int home_prepare(const char *path, struct berth_error *err)
{
    cleanup(free) char *copy = strdup(path);
    if (!copy)
        return fail_no_memory(err);
    if (!*path)
        return fail(err, BERTH_E_INVALID, "the state folder's name is empty");
    int r = make_folders(copy);
    if (r < 0)
        return fail(err, BERTH_E_INVALID, "%s: cannot make the state folder: %s", path,
                    strerror(-r));
    struct stat st;
    if (stat(path, &st) < 0)
        return fail(err, BERTH_E_INVALID, "%s: cannot use the state folder: %s", path,
                    strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return fail(err, BERTH_E_INVALID, "%s: the state folder is not a folder", path);
    if (!is_ours(&st))
        return fail(err, BERTH_E_INVALID,
                    "%s: the state folder belongs to user %u; it must belong to you or "
                    "to root",
                    path, (unsigned)st.st_uid);
    if (st.st_mode & (S_IWGRP | S_IWOTH))
        return fail(err, BERTH_E_INVALID,
                    "%s: the state folder is writable by others (mode %04o); run: chmod "
                    "700 '%s'",
                    path, (unsigned)st.st_mode & 07777u, path);
    return 0;
}

static int check_file(const char *path, const struct stat *st, struct berth_error *err)
{
    if (!S_ISREG(st->st_mode))
        return fail(err, BERTH_E_INVALID, "%s: not a regular file", path);
    if (!is_ours(st))
        return fail(err, BERTH_E_INVALID,
                    "%s: belongs to user %u; it must belong to you or to root", path,
                    (unsigned)st->st_uid);
    if (st->st_mode & 077)
        return fail(err, BERTH_E_INVALID,
                    "%s: others may use it (mode %04o); run: chmod 600 '%s'", path,
                    (unsigned)st->st_mode & 07777u, path);
    return 0;
}

static int fail_open(const char *path, struct berth_error *err)
{
    if (errno == ENOENT)
        return fail(err, BERTH_E_NOT_FOUND, "%s: there is no such file", path);
    return fail(err, BERTH_E_INVALID, "%s: cannot use it: %s", path, strerror(errno));
}

int home_check_file(const char *path, struct berth_error *err)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return fail_open(path, err);
    return check_file(path, &st, err);
}

int home_prepare_file(const char *path, struct berth_error *err)
{
    cleanup(close) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST)
        return fail_open(path, err);
    return home_check_file(path, err);
}

int home_open_file(const char *path, struct berth_error *err)
{
    cleanup(close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return fail_open(path, err);
    int r = check_file(path, &st, err);
    if (r < 0)
        return r;
    int taken = fd;
    fd = -1;
    return taken;
}

int home_sync(const char *folder, struct berth_error *err)
{
    cleanup(close) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail_open(folder, err);
    if (fsync(fd) < 0)
        return fail(err, BERTH_E_UNAVAILABLE, "%s: cannot write to the disk: %s", folder,
                    strerror(errno));
    return 0;
}

static int lock_folder(const char *folder, int how, struct berth_error *err)
{
    cleanup(close) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail_open(folder, err);
    int r;
    do {
        r = flock(fd, how);
    } while (r < 0 && errno == EINTR);
    if (r < 0)
        return fail(err, BERTH_E_UNAVAILABLE, "%s: cannot lock it: %s", folder,
                    strerror(errno));
    int taken = fd;
    fd = -1;
    return taken;
}

int home_lock(const char *folder, struct berth_error *err)
{
    return lock_folder(folder, LOCK_EX, err);
}

int home_try_lock(const char *folder)
{
    return lock_folder(folder, LOCK_EX | LOCK_NB, NULL);
}
