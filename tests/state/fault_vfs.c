#include "tests/state/fault_vfs.h"

#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

static struct {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    enum fault fault;
    long at;
    long count;
} state;

struct fault_file {
    sqlite3_file base;
    sqlite3_file *real; /* directly behind */
};

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct fault_file *)file)->real;
}

/* SQLITE_OK, or what the change that is about to happen answers. */
static int change(void)
{
    state.count++;
    if (state.fault == FAULT_NONE || state.count < state.at)
        return SQLITE_OK;
    if (state.fault == FAULT_DIE)
        _exit(FAULT_EXIT);
    return state.fault == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int file_close(sqlite3_file *f)
{
    return real_of(f)->pMethods->xClose(real_of(f));
}

static int file_read(sqlite3_file *f, void *data, int size, sqlite3_int64 at)
{
    return real_of(f)->pMethods->xRead(real_of(f), data, size, at);
}

static int file_write(sqlite3_file *f, const void *data, int size, sqlite3_int64 at)
{
    int code = change();
    return code ? code : real_of(f)->pMethods->xWrite(real_of(f), data, size, at);
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    int code = change();
    return code ? code : real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int file_sync(sqlite3_file *f, int flags)
{
    int code = change();
    return code ? code : real_of(f)->pMethods->xSync(real_of(f), flags);
}

static int file_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return real_of(f)->pMethods->xFileSize(real_of(f), size);
}

static int file_lock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xLock(real_of(f), level);
}

static int file_unlock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static int file_reserved(sqlite3_file *f, int *ret_yes)
{
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), ret_yes);
}

static int file_control(sqlite3_file *f, int op, void *arg)
{
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static int file_sector(sqlite3_file *f)
{
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int file_traits(sqlite3_file *f)
{
    return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

static int file_shm_map(sqlite3_file *f, int page, int size, int extend,
                        void volatile **ret)
{
    return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, ret);
}

static int file_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
}

static void file_shm_barrier(sqlite3_file *f)
{
    real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int file_shm_unmap(sqlite3_file *f, int remove)
{
    return real_of(f)->pMethods->xShmUnmap(real_of(f), remove);
}

static const sqlite3_io_methods METHODS = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                    int *ret_flags)
{
    (void)vfs;
    struct fault_file *f = (struct fault_file *)file;
    f->real = (sqlite3_file *)(f + 1);
    int code = state.real->xOpen(state.real, name, f->real, flags, ret_flags);
    f->base.pMethods = f->real->pMethods ? &METHODS : NULL;
    return code;
}

void fault_vfs_register(void)
{
    state.real = sqlite3_vfs_find(NULL);
    state.vfs = *state.real;
    state.vfs.zName = "fault";
    state.vfs.szOsFile += (int)sizeof(struct fault_file);
    state.vfs.xOpen = vfs_open;
    (void)sqlite3_vfs_register(&state.vfs, 1);
}

void fault_vfs_set(enum fault fault, long n)
{
    state.fault = fault;
    state.at = n;
    state.count = 0;
}

long fault_vfs_count(void)
{
    return state.count;
}
