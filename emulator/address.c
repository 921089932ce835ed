#include "emulator/address.h"

#include <netdb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "emulator/file.h"

enum { HOST_SIZE = 256 };

/* getaddrinfo() would cut a larger one to 16 bits. */
static bool port_good(const char *s)
{
    size_t digits = strspn(s, "0123456789");

    return digits && !s[digits] && digits <= 5 && strtoul(s, NULL, 10) <= 65535;
}

const char *address_problem(const char *address)
{
    const char *colon = strrchr(address, ':');

    if (!colon || colon == address || colon - address >= HOST_SIZE)
        return "is not ADDRESS:PORT";
    return port_good(colon + 1) ? NULL : "needs a port that is a number up to 65535";
}

int address_resolve(const char *address, struct addrinfo **ret, struct failure *f)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    const char *wrong = address_problem(address), *port, *from = address;
    char host[HOST_SIZE];
    size_t len;
    int r;

    if (wrong)
        return failure_set(f, "--listen: '%.200s' %s", address, wrong);
    port = strrchr(address, ':') + 1;
    len = (size_t)(port - 1 - address);
    if (from[0] == '[' && from[len - 1] == ']') {
        from++;
        len -= 2;
    }
    memcpy(host, from, len);
    host[len] = '\0';
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    r = getaddrinfo(host, port, &hints, ret);
    if (r != 0)
        return failure_set(f, "--listen: '%.200s': %s", address, gai_strerror(r));
    return 0;
}
