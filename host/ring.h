/* A doubly linked ring, embedded in what it links. Invariant: an element is in one ring
 * or alone (linked to itself), and can be taken out without knowing which ring it is in;
 * so whole rings can be joined in one step. */
#ifndef BERTH_HOST_RING_H
#define BERTH_HOST_RING_H

#include <stdbool.h>
#include <stddef.h>

struct ring {
    struct ring *prev;
    struct ring *next;
};

/* The struct of `type` whose member `member` is the element `link`. */
#define RING_OWNER(link, type, member)                                                   \
    ((type *)(void *)((char *)(link)-offsetof(type, member)))

static inline void ring_init(struct ring *r)
{
    r->prev = r;
    r->next = r;
}

static inline bool ring_is_empty(const struct ring *r)
{
    return r->next == r;
}

/* Put the lone element `link` before `place`; before a ring's head means at its end. */
static inline void ring_add_before(struct ring *place, struct ring *link)
{
    link->prev = place->prev;
    link->next = place;
    place->prev->next = link;
    place->prev = link;
}

static inline void ring_remove(struct ring *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    ring_init(link);
}

/* Move all of `from` to the end of `to`. */
static inline void ring_join(struct ring *to, struct ring *from)
{
    if (ring_is_empty(from))
        return;
    from->next->prev = to->prev;
    to->prev->next = from->next;
    from->prev->next = to;
    to->prev = from->prev;
    ring_init(from);
}

#endif
