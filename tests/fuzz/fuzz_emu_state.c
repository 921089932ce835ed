/* The emulator's state file: the input is one. What is taken can be saved and taken
 * again; what is refused leaves the store as it was. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emulator/emu.h"
#include "emulator/file.h"
#include "emulator/generate.h"
#include "emulator/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void start(struct emu *emu)
{
    struct emu_options options;
    struct failure failure;
    struct keys keys;

    emu_options_init(&options);
    if (keys_init(&keys, &failure) < 0 || emu_init(emu, &options, &keys) < 0 ||
        generate_groups(emu, 1, 2) < 0)
        abort();
}

/* Take the bytes as a file. */
static int load(struct emu *emu, const uint8_t *data, size_t size, struct failure *f)
{
    char path[64] = "/tmp/berth-fuzz-state.XXXXXX";
    int fd = mkstemp(path), r;

    if (fd < 0 || unlink(path) < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    r = state_load(emu, path, f);
    (void)close(fd); /* nothing else is in it */
    return r;
}

/* Save what was taken, and take it again. */
static void save_and_load(struct emu *emu)
{
    char path[64] = "/tmp/berth-fuzz-state.XXXXXX";
    size_t registrations = emu->store.registrations.count;
    struct failure failure;
    int fd = mkstemp(path);

    if (fd < 0 || close(fd) < 0 || state_save(emu, path, &failure) < 0 ||
        state_load(emu, path, &failure) < 0 || unlink(path) < 0 ||
        emu->store.registrations.count != registrations)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct failure failure = {""};
    struct emu emu;

    start(&emu);
    if (load(&emu, data, size, &failure) == 0)
        save_and_load(&emu);
    else if (!*failure.text || emu.store.registrations.count != 2)
        abort();
    emu_release(&emu);
    return 0;
}
