#include <stdlib.h>

#include "host/cli/cli.h"

static const char *environment(const char *name)
{
    return getenv(name);
}

int main(int argc, char **argv)
{
    struct cli_start start = {
        .argc = argc,
        .argv = (const char *const *)argv,
        .env = environment,
    };
    return cli_run(&start);
}
