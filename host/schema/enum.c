/* `type` and `enum`. */
#include "host/schema/equal.h"
#include "host/schema/locate.h"
#include "host/schema/report.h"
#include "host/schema/type.h"
#include "host/suggest.h"

int check_type(struct check *x, const struct frame *f, const struct rule *rule)
{
    if (type_of(f->at->value) & rule->to.types)
        return VALID;
    return problem(x, f, "%t is expected here, not %v", rule->to.types);
}

/* The allowed string nearest to one that is not allowed; not for secrets, of which it
 * would tell. */
static int nearest(struct check *x, const struct frame *f, const struct rule *rule,
                   const char **ret_nearest)
{
    bool secret = false;
    const char *word = json_string_value(f->at->value);
    int r = x->mode == CHECK_REPORT ? place_is_secret(x, f->at, &secret) : 0;
    if (r < 0 || secret || !word || x->mode != CHECK_REPORT)
        return r;
    struct suggest s;
    suggest_init(&s, word);
    for (size_t i = 0; i < json_array_size(rule->value); i++) {
        const char *name = json_string_value(json_array_get(rule->value, i));
        if (name)
            suggest_offer(&s, name);
    }
    *ret_nearest = s.best;
    return 0;
}

int check_enum(struct check *x, const struct frame *f, const struct rule *rule)
{
    for (size_t i = 0; i < json_array_size(rule->value); i++) {
        int r = value_equal(x, f->at->value, json_array_get(rule->value, i));
        if (r < 0 || r == 1)
            return r < 0 ? r : VALID;
    }
    const char *meant = NULL;
    const json_t *allowed = rule->value;
    int r = nearest(x, f, rule, &meant);
    if (r < 0)
        return r;
    if (meant)
        return problem(x, f, "%v is not one of %l; did you mean %q?", allowed, meant);
    return problem(x, f, "%v is not one of %l", allowed);
}
