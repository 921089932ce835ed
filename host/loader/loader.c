#include "host/loader.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/file.h"
#include "host/loader/loader_priv.h"
#include "host/loader/safe_file.h"
#include "host/manifest.h"
#include "host/suggest.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"
#include "sdk/text.h"

struct connector {
    struct manifest *manifest;
    char *file;
    int fd; /* stays open: its number is in the name by which the object was loaded */
    void *object;
    struct berth_plugin plugin;
};

typedef const struct berth_plugin *plugin_entry(const struct berth_host *host,
                                                struct berth_error *err);

/* Somebody forgot one of the two files, or misspelled it. */
static const char *find_half(const struct connector_path *path, const char *id,
                             bool *ret_manifest)
{
    for (size_t i = 0; i < path->count && connector_id_is_valid(id); i++)
        if (connector_is_half_in(path->folders[i], id, ret_manifest))
            return path->folders[i];
    return NULL;
}

static int not_found(const struct connector_path *path, const char *id,
                     struct berth_error *err)
{
    bool manifest = false;
    const char *half = find_half(path, id, &manifest);
    if (half)
        return fail(err, BERTH_E_NOT_FOUND,
                    "connector '%.50s' needs two files in one folder: %.300s/%.50s.%s is "
                    "there, and %.50s.%s is missing beside it",
                    id, half, id, manifest ? "json" : "so", id, manifest ? "so" : "json");
    struct text folders;
    text_init(&folders, 350);
    for (size_t i = 0; i < path->count; i++) {
        text_add(&folders, i > 0 ? ", " : "");
        text_add(&folders, path->folders[i]);
    }
    char **ids = NULL;
    size_t count = 0;
    (void)connector_list(path, &ids, &count, NULL); /* only for the hint */
    const char *near = suggest_nearest(id, (const char *const *)ids, count);
    int r =
        fail(err, BERTH_E_NOT_FOUND, "there is no connector '%.50s' in %s%s%s%s", id,
             folders.len > 0 ? folders.data : "any folder",
             near ? "; did you mean '" : "; 'berth connector list' shows those there are",
             near ? near : "", near ? "'?" : "");
    for (size_t i = 0; i < count; i++)
        free(ids[i]);
    free(ids);
    text_release(&folders);
    return r;
}

static const char *find_folder(const struct connector_path *path, const char *id)
{
    if (!connector_id_is_valid(id))
        return NULL;
    for (size_t i = 0; i < path->count; i++)
        if (connector_is_in(path->folders[i], id))
            return path->folders[i];
    return NULL;
}

/* The manifest says where credentials may be sent, so it has to be as safe as code. */
static int read_manifest(const char *folder, const char *id,
                         struct manifest **ret_manifest, struct berth_error *err)
{
    char name[64];
    char path[PATH_MAX];
    (void)snprintf(name, sizeof(name), "%s.json", id);
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    cleanup(close) int fd = -1;
    int r = safe_file_open(folder, name, &fd, err);
    if (r < 0)
        return r;
    cleanup(text) struct text text;
    text_init(&text, MANIFEST_MAX_BYTES);
    r = file_read_opened(path, fd, MANIFEST_MAX_BYTES, &text, err);
    if (r < 0)
        return r;
    struct manifest *m = NULL;
    r = manifest_parse(path, text_str(&text), &m, err);
    if (r < 0)
        return r;
    if (strcmp(manifest_id(m), id) != 0) {
        r = fail(err, BERTH_E_INVALID, "%s says that its id is '%s'; rename the file",
                 path, manifest_id(m));
        manifest_free(m);
        return r;
    }
    *ret_manifest = m;
    return 0;
}

int connector_manifest(const struct connector_path *path, const char *id,
                       struct manifest **ret_manifest, struct berth_error *err)
{
    const char *folder = find_folder(path, id);
    if (!folder)
        return not_found(path, id, err);
    return read_manifest(folder, id, ret_manifest, err);
}

/* A name that means the very file that was opened and looked at, whatever happens to its
 * path meanwhile. With the process's number debuggers can follow it, too; where /proc is
 * another namespace's that number is wrong, and "self" is right. */
static void object_name(int fd, char *ret_name, size_t size)
{
    struct stat opened, named;
    (void)snprintf(ret_name, size, "/proc/%ld/fd/%d", (long)getpid(), fd);
    if (fstat(fd, &opened) < 0 || stat(ret_name, &named) < 0 ||
        opened.st_dev != named.st_dev || opened.st_ino != named.st_ino)
        (void)snprintf(ret_name, size, "/proc/self/fd/%d", fd);
}

static int find_entry(struct connector *c, plugin_entry **ret_entry,
                      struct berth_error *err)
{
    void *symbol = dlsym(c->object, BERTH_PLUGIN_SYMBOL);
    if (symbol) {
        memcpy(ret_entry, &symbol, sizeof(symbol)); /* ISO C has no cast for this */
        return 0;
    }
    if (dlsym(c->object, "berth_plugin_v2"))
        return fail(
            err, BERTH_E_UNSUPPORTED,
            "%s speaks plugin ABI 2 and this host 1: the host is older; install a "
            "newer berth or an older connector",
            c->file);
    return fail(err, BERTH_E_INVALID,
                "%s has no symbol " BERTH_PLUGIN_SYMBOL
                ", so it is no connector for this host; install the one that belongs to "
                "the manifest beside it",
                c->file);
}

static int negotiate(struct connector *c, const struct berth_host *services,
                     struct berth_error *err)
{
    plugin_entry *entry = NULL;
    int r = find_entry(c, &entry, err);
    if (r < 0)
        return r;
    struct berth_error own = BERTH_ERROR_INIT;
    const struct berth_plugin *table = entry(services, &own);
    if (!table) {
        error_terminate(&own);
        return fail(err, BERTH_E_UNSUPPORTED, "%s will not work with this host: %s",
                    c->file, own.message[0] ? own.message : "it gives no reason");
    }
    return plugin_negotiate(table, c->manifest, c->file, &c->plugin, err);
}

static int load_object(struct connector *c, const char *folder, const char *id,
                       const struct berth_host *services, struct berth_error *err)
{
    char name[64];
    (void)snprintf(name, sizeof(name), "%s.so", id);
    int r = safe_file_open(folder, name, &c->fd, err);
    if (r < 0)
        return r;
    object_name(c->fd, name, sizeof(name));
    c->object = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!c->object) {
        const char *why = dlerror();
        size_t own = why ? strlen(name) : 0; /* it begins with a name of our making */
        if (own > 0 && strncmp(why, name, own) == 0 && strncmp(why + own, ": ", 2) == 0)
            why += own + 2;
        return fail(err, BERTH_E_INVALID, "%s cannot be loaded: %s", c->file,
                    why ? why : "no reason is given");
    }
    return negotiate(c, services, err);
}

static int load(struct connector *c, const char *folder, const char *id,
                const struct berth_host *services, struct berth_error *err)
{
    struct text file;
    text_init(&file, PATH_MAX);
    text_add(&file, folder);
    text_add(&file, "/");
    text_add(&file, id);
    text_add(&file, ".so");
    c->file = text_take(&file);
    text_release(&file);
    if (!c->file)
        return fail_no_memory(err);
    int r = read_manifest(folder, id, &c->manifest, err);
    return r < 0 ? r : load_object(c, folder, id, services, err);
}

int connector_load(const struct connector_path *path, const char *id,
                   const struct berth_host *services, struct connector **ret_connector,
                   struct berth_error *err)
{
    const char *folder = find_folder(path, id);
    if (!folder)
        return not_found(path, id, err);
    struct connector *c = calloc(1, sizeof(*c));
    if (!c)
        return fail_no_memory(err);
    c->fd = -1;
    int r = load(c, folder, id, services, err);
    if (r < 0) {
        connector_free(c);
        return r;
    }
    *ret_connector = c;
    return 0;
}

void connector_free(struct connector *c)
{
    if (!c)
        return;
    if (c->object)
        (void)dlclose(c->object); /* nothing to be done when it stays */
    if (c->fd >= 0)
        (void)close(c->fd); /* only read from */
    manifest_free(c->manifest);
    free(c->file);
    free(c);
}

const struct manifest *connector_manifest_of(const struct connector *c)
{
    return c->manifest;
}

const char *connector_file(const struct connector *c)
{
    return c->file;
}

const struct berth_plugin *connector_plugin(const struct connector *c)
{
    return &c->plugin;
}
