#include "host/suggest.h"

#include <stdbool.h>
#include <string.h>

enum { WORD_MAX = 63, FAR = WORD_MAX + 1 };

/* A word as it is compared: lower case, without '-' and '_'. */
struct folded {
    char text[WORD_MAX];
    size_t len;
};

static bool fold(struct folded *f, const char *word)
{
    f->len = 0;
    for (; *word; word++) {
        if (*word == '-' || *word == '_')
            continue;
        if (f->len == WORD_MAX)
            return false;
        char c = *word;
        f->text[f->len++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    return f->len > 0;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edit distance with swaps of neighbours (optimal string alignment), by three rows of the
 * usual table. */
static size_t edit_distance(const struct folded *a, const struct folded *b)
{
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    memset(rows, 0, sizeof(rows));
    for (size_t j = 0; j <= b->len; j++)
        last[j] = j;
    for (size_t i = 1; i <= a->len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b->len; j++) {
            size_t change = a->text[i - 1] == b->text[j - 1] ? 0 : 1;
            size_t cost = least(last[j - 1] + change, least(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a->text[i - 1] == b->text[j - 2] &&
                a->text[i - 2] == b->text[j - 1])
                cost = least(cost, before[j - 2] + 1);
            row[j] = cost;
        }
        size_t *spare = before;
        before = last;
        last = row;
        row = spare;
    }
    return last[b->len];
}

/* How far apart, or FAR: a third of the letters may differ, and a beginning of three
 * letters or more is as good as one mistake. */
static size_t distance_between(const char *word, const char *name)
{
    struct folded a, b;
    if (!fold(&a, word) || !fold(&b, name))
        return FAR;
    size_t distance = edit_distance(&a, &b);
    size_t allowed = least(a.len, b.len) < 3 ? 1 : (a.len + 2) / 3;
    if (distance <= allowed && distance < b.len && distance < a.len)
        return distance;
    if (a.len >= 3 && a.len < b.len && memcmp(a.text, b.text, a.len) == 0)
        return 1;
    return FAR;
}

void suggest_init(struct suggest *s, const char *word)
{
    *s = (struct suggest){.word = word, .distance = FAR};
}

void suggest_offer(struct suggest *s, const char *name)
{
    size_t distance = distance_between(s->word, name);
    if (distance < s->distance) {
        s->distance = distance;
        s->best = name;
    }
}

const char *suggest_nearest(const char *word, const char *const *names, size_t count)
{
    struct suggest s;
    suggest_init(&s, word);
    for (size_t i = 0; i < count; i++)
        suggest_offer(&s, names[i]);
    return s.best;
}
