#include "config.h"

#include "host/loader/safe_file.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sdk/cleanup.h"
#include "sdk/error.h"

#define NSS_BUFFER 16384

/* Is the group the user's own, as many systems make one for each user? Then writable by
 * the group means writable by the user. */
static bool group_is_private(gid_t gid)
{
    cleanup(free) char *buffer = malloc(2 * NSS_BUFFER);
    struct passwd user, *found_user = NULL;
    struct group group, *found_group = NULL;
    if (!buffer || getpwuid_r(geteuid(), &user, buffer, NSS_BUFFER, &found_user) != 0 ||
        getgrgid_r(gid, &group, buffer + NSS_BUFFER, NSS_BUFFER, &found_group) != 0 ||
        !found_user || !found_group || user.pw_gid != gid ||
        strcmp(user.pw_name, group.gr_name) != 0)
        return false;
    for (char **member = group.gr_mem; *member; member++)
        if (strcmp(*member, user.pw_name) != 0)
            return false;
    return true;
}

static int check_safe(const struct stat *st, const char *path, struct berth_error *err)
{
    if (st->st_uid != 0 && st->st_uid != geteuid())
        return fail(err, BERTH_E_AUTH,
                    "%s belongs to user %u, who is neither root nor you; a connector is "
                    "code, so take it from whom you trust and chown it",
                    path, (unsigned)st->st_uid);
    if (st->st_mode & S_IWOTH)
        return fail(err, BERTH_E_AUTH,
                    "%s can be written by everybody; a connector is code, so look at it "
                    "and then chmod o-w it",
                    path);
    if ((st->st_mode & S_IWGRP) && !group_is_private(st->st_gid))
        return fail(err, BERTH_E_AUTH,
                    "%s can be written by group %u; a connector is code, so look at it "
                    "and then chmod g-w it",
                    path, (unsigned)st->st_gid);
    return 0;
}

static int check_folder(const char *folder, struct berth_error *err)
{
    cleanup(close) int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return fail(err, BERTH_E_NOT_FOUND, "%s: %s", folder, strerror(errno));
    return check_safe(&st, folder, err);
}

/* The folder of the file itself, which a link can have led to. */
static int check_real_folder(int fd, const char *path, struct berth_error *err)
{
    char link[64];
    char real[PATH_MAX];
    (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, real, sizeof(real) - 1);
    if (len <= 0 || real[0] != '/')
        return fail(err, BERTH_E_UNSUPPORTED,
                    "%s: cannot tell where it really is; mount /proc", path);
    real[len] = '\0';
    char *slash = strrchr(real, '/');
    slash[slash == real ? 1 : 0] = '\0';
    return check_folder(real, err);
}

static int check_file(int fd, const char *path, struct berth_error *err)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return fail(err, BERTH_E_INTERNAL, "%s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return fail(err, BERTH_E_INVALID, "%s is not a regular file", path);
    int r = check_safe(&st, path, err);
    return r < 0 ? r : check_real_folder(fd, path, err);
}

int safe_file_open(const char *folder, const char *name, int *ret_fd,
                   struct berth_error *err)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
        return fail(err, BERTH_E_INVALID, "%s: the path is too long", folder);
    int r = check_folder(folder, err);
    if (r < 0)
        return r;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return fail(err, errno == ENOENT ? BERTH_E_NOT_FOUND : BERTH_E_INVALID, "%s: %s",
                    path, strerror(errno));
    r = check_file(fd, path, err);
    if (r < 0) {
        (void)close(fd); /* only read from */
        return r;
    }
    *ret_fd = fd;
    return 0;
}
