#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "host/poll/subscription.h"
#include "host/store/home.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"

int subscription_lock(const char *home, const char *id, struct berth_error *err)
{
    cleanup(free) char *folder = home_path(home, HOME_LOCKS);
    if (!folder)
        return fail_no_memory(err);
    int r = home_prepare(folder, err);
    if (r < 0)
        return r;
    cleanup(free) char *path = home_path(folder, id);
    if (!path)
        return fail_no_memory(err);
    cleanup(close) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(err, BERTH_E_UNAVAILABLE, "%s: cannot make the lock file: %s", path,
                    strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return errno == EWOULDBLOCK
                   ? fail(err, BERTH_E_CONFLICT,
                          "another process polls this subscription now; wait until it "
                          "is done")
                   : fail(err, BERTH_E_UNAVAILABLE, "%s: cannot lock it: %s", path,
                          strerror(errno));
    int taken = fd;
    fd = -1;
    return taken;
}
