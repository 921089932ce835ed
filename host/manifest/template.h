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

/* The part at *at, which moves past it. */
enum template_part template_next(const char **at, struct berth_str *ret_part);

#endif
