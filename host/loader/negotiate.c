#include <string.h>

#include "host/loader/loader_priv.h"
#include "host/manifest.h"
#include "sdk/error.h"

/* The first version's table up to here; what follows may be missing. */
#define SHORTEST (offsetof(struct berth_plugin, end) + sizeof(void (*)(void)))

/* No table will ever be as long; a larger size is not a size. */
#define LONGEST 65536u

static int check_size(const struct berth_plugin *table, const char *file,
                      struct berth_error *err)
{
    if (table->size >= SHORTEST && table->size <= LONGEST)
        return 0;
    return fail(err, BERTH_E_INVALID,
                "%s: its table says that it is %u bytes long, which no version of the "
                "plugin ABI has; the file is damaged or is no connector",
                file, table->size);
}

static int check_minor(const struct berth_plugin *p, const struct manifest *m,
                       const char *file, struct berth_error *err)
{
    if (p->min_host_minor > BERTH_ABI_MINOR)
        return fail(err, BERTH_E_UNSUPPORTED,
                    "%s needs plugin ABI 1.%u and this host has 1.%u: the host is older; "
                    "install a newer berth or an older connector",
                    file, p->min_host_minor, BERTH_ABI_MINOR);
    if (p->min_host_minor != manifest_abi_minor(m))
        return fail(err, BERTH_E_INVALID,
                    "%s needs plugin ABI 1.%u and its manifest says 1.%u; install both "
                    "files from one release",
                    file, p->min_host_minor, manifest_abi_minor(m));
    return 0;
}

static int check_name(const char *what, const char *found, const char *expected,
                      const char *file, struct berth_error *err)
{
    if (!found)
        return fail(err, BERTH_E_INVALID,
                    "%s: its table has no %s; the file is damaged or is no connector",
                    file, what);
    if (strcmp(found, expected) == 0)
        return 0;
    return fail(err, BERTH_E_INVALID,
                "%s has %s '%.60s' and its manifest says '%s'; install both files from "
                "one release",
                file, what, found, expected);
}

static int check_functions(const struct berth_plugin *p, const char *file,
                           struct berth_error *err)
{
    const char *missing = !p->open    ? "open"
                          : !p->begin ? "begin"
                          : !p->next  ? "next"
                          : !p->take  ? "take"
                          : !p->end   ? "end"
                                      : NULL;
    if (!missing)
        return 0;
    return fail(err, BERTH_E_INVALID,
                "%s: its table has no %s(), which every connector needs; report it to "
                "whoever made the connector",
                file, missing);
}

int plugin_negotiate(const struct berth_plugin *table, const struct manifest *m,
                     const char *file, struct berth_plugin *ret_plugin,
                     struct berth_error *err)
{
    int r = check_size(table, file, err);
    if (r < 0)
        return r;
    struct berth_plugin p = {0};
    memcpy(&p, table, table->size < sizeof(p) ? table->size : sizeof(p));
    p.size = sizeof(p);
    r = check_minor(&p, m, file, err);
    if (r == 0)
        r = check_name("id", p.id, manifest_id(m), file, err);
    if (r == 0)
        r = check_name("version", p.version, manifest_version(m), file, err);
    if (r == 0)
        r = check_functions(&p, file, err);
    if (r < 0)
        return r;
    *ret_plugin = p;
    return 0;
}
