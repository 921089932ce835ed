#include "tests/support/recorded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/file.h"
#include "tests/support/cmocka.h"

void recorded_load(struct text *t)
{
    const char *srcdir = getenv("BERTH_SRCDIR");
    char path[FILE_PATH_MAX];
    struct failure f;

    text_init(t, 1 << 20);
    (void)snprintf(path, sizeof path, "%s/tests/data/emulator/recorded.http",
                   srcdir ? srcdir : ".");
    assert_int_equal(file_read(path, t, &f), 0);
}

void recorded_play(int (*send)(void *ctx, char *request), void *ctx)
{
    struct text t;
    char *at, *next;
    int count = 0;

    recorded_load(&t);
    for (at = strstr(t.data, "=== "); at; at = next) {
        char *title = at + 4, *request = strchr(title, '\n');
        int status;

        next = strstr(title, "\n=== ");
        if (next)
            *next++ = '\0';
        *request++ = '\0';
        status = send(ctx, request);
        if (status != strtol(title, NULL, 10))
            print_error("%s: %d\n", title, status);
        assert_int_equal(status, strtol(title, NULL, 10));
        count++;
    }
    assert_int_equal(count, 37);
    text_release(&t);
}
