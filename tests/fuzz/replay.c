/* A main() for a fuzz target that is built without a fuzzer: plays each file of the
 * folders named in argv through LLVMFuzzerTestOneInput(). Options are passed over, so
 * that the command line is the same as for libFuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "sdk/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PATH_LENGTH = 4096 };

/* The buffer is exactly as long as the file, so that a sanitizer sees a read past it. */
static int play_file(const char *path)
{
    struct stat st;
    cleanup(fclose) FILE *file = fopen(path, "rbe");
    if (!file || fstat(fileno(file), &st) != 0)
        return -1;
    size_t size = (size_t)st.st_size;
    cleanup(free) uint8_t *data = malloc(size > 0 ? size : 1);
    if (!data || fread(data, 1, size, file) != size)
        return -1;
    return LLVMFuzzerTestOneInput(data, size);
}

static int play_folder(const char *folder, unsigned *count)
{
    DIR *dir = opendir(folder);
    int r = dir ? 0 : -1;
    const struct dirent *entry;
    while (r == 0 && (entry = readdir(dir))) {
        char path[PATH_LENGTH];
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        r = play_file(path);
        ++*count;
        if (r != 0)
            (void)fprintf(stderr, "%s: failed\n", path);
    }
    if (dir)
        (void)closedir(dir); /* it was only read */
    return r;
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-' && play_folder(argv[i], &count) != 0) {
            (void)fprintf(stderr, "%s: cannot be played\n", argv[i]);
            return 1;
        }
    }
    (void)printf("%u inputs\n", count);
    return count > 0 ? 0 : 1;
}
