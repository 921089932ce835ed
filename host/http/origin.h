/* The origins that a connection may send to. Invariant: a url that origins_check()
 * accepts is plain enough that every parser finds the same host in it. */
#ifndef BERTH_HTTP_ORIGIN_H
#define BERTH_HTTP_ORIGIN_H

#include <stddef.h>

#include "berth_plugin.h"

struct origin {
    char *text; /* as it was given, without a slash at the end */
    size_t text_len;
    char *authority; /* lower case "host:port"; the scheme is always https */
};

struct origins {
    struct origin *list;
    size_t count;
};

/* Add "https://host", "https://host:port", with or without a slash at the end.
 * BERTH_E_INVALID when it is anything else. */
int origins_add(struct origins *o, struct berth_str origin, struct berth_error *err);
void origins_release(struct origins *o);

/* Is the url (https, no user, no fragment, only printable ASCII) of one of the origins?
 * BERTH_E_INTERNAL with a sentence, because asking for another is a connector's bug. */
int origins_check(const struct origins *o, struct berth_str url, struct berth_error *err);

#endif
