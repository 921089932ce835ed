/* Texts with {member} in them. Invariant: nothing is allocated; views are into the
 * template. */
#ifndef BERTH_HOST_MANIFEST_TEMPLATE_H
#define BERTH_HOST_MANIFEST_TEMPLATE_H

#include "berth_plugin.h"

enum template_part {
    TEMPLATE_END = 0,
    TEMPLATE_TEXT = 1,
    TEMPLATE_MEMBER = 2, /* the name between the braces */
    TEMPLATE_BROKEN = 3  /* a brace without its other, or no name between them */
};

/* No name is longer. */
#define TEMPLATE_MAX_NAME 63

/* Call each() with the name of each member, until it answers other than 0, which is
 * returned. 1: the template is broken, or a name is too long. */
int template_each_member(const char *text, int (*each)(void *ctx, const char *member),
                         void *ctx);

/* The part at *at, which moves past it. */
enum template_part template_next(const char **at, struct berth_str *ret_part);

#endif
