#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/loader/loader_priv.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

#define ID_MAX 40

static int path_add(struct connector_path *path, struct berth_str folder,
                    struct berth_error *err)
{
    if (folder.len == 0)
        return 0;
    char **bigger = realloc(path->folders, (path->count + 1) * sizeof(*bigger));
    if (!bigger)
        return fail_no_memory(err);
    path->folders = bigger;
    bigger[path->count] = strndup(folder.ptr, folder.len);
    if (!bigger[path->count])
        return fail_no_memory(err);
    path->count++;
    return 0;
}

static int add_extra(struct connector_path *path, const char *extra,
                     struct berth_error *err)
{
    while (extra) {
        size_t len = strcspn(extra, ":");
        int r = path_add(path, (struct berth_str){extra, len}, err);
        if (r < 0)
            return r;
        extra = extra[len] ? extra + len + 1 : NULL;
    }
    return 0;
}

/* The folder of the program's own file; false when that cannot be told. */
static bool program_folder(char ret_folder[PATH_MAX])
{
    ssize_t len = readlink("/proc/self/exe", ret_folder, PATH_MAX - 1);
    if (len <= 0)
        return false;
    ret_folder[len] = '\0';
    char *slash = strrchr(ret_folder, '/');
    if (!slash)
        return false;
    *slash = '\0';
    return true;
}

static int add_joined(struct connector_path *path, struct berth_str first,
                      const char *second, struct berth_error *err)
{
    char folder[2 * PATH_MAX];
    int n = snprintf(folder, sizeof(folder), "%.*s%s", (int)first.len, first.ptr, second);
    return path_add(path, (struct berth_str){folder, (size_t)n}, err);
}

/* `connectors` beside the program, as in a folder where it was built, and the folder of
 * an installation that lies below another root (make install DESTDIR=...). */
static int add_beside(struct connector_path *path, struct berth_error *err)
{
    char program[PATH_MAX];
    if (!program_folder(program))
        return 0;
    struct berth_str folder = str_from(program);
    struct berth_str bin = STR(BERTH_BIN_DIR);
    int r = add_joined(path, folder, "/connectors", err);
    if (r < 0 || folder.len <= bin.len ||
        memcmp(str_end(folder) - bin.len, bin.ptr, bin.len) != 0)
        return r;
    return add_joined(path, (struct berth_str){folder.ptr, folder.len - bin.len},
                      BERTH_CONNECTOR_DIR, err);
}

int connector_path_init(struct connector_path *path, const char *extra,
                        struct berth_error *err)
{
    *path = (struct connector_path){0};
    int r = add_extra(path, extra, err);
    if (r == 0)
        r = add_beside(path, err);
    if (r == 0)
        r = path_add(path, str_from(BERTH_CONNECTOR_DIR), err);
    if (r < 0)
        connector_path_release(path);
    return r;
}

void connector_path_release(struct connector_path *path)
{
    for (size_t i = 0; i < path->count; i++)
        free(path->folders[i]);
    free(path->folders);
    *path = (struct connector_path){0};
}

bool connector_id_is_valid(const char *id)
{
    size_t len = strlen(id);
    if (len == 0 || len > ID_MAX || id[0] < 'a' || id[0] > 'z')
        return false;
    for (size_t i = 0; i < len; i++)
        if (!((id[i] >= 'a' && id[i] <= 'z') || (id[i] >= '0' && id[i] <= '9') ||
              (id[i] == '-' && id[i - 1] != '-' && i + 1 < len)))
            return false;
    return true;
}

static bool has_file(const char *folder, const char *id, const char *end)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof(path), "%s/%s.%s", folder, id, end);
    return n < (int)sizeof(path) && access(path, F_OK) == 0;
}

bool connector_is_in(const char *folder, const char *id)
{
    return has_file(folder, id, "json") && has_file(folder, id, "so");
}

bool connector_is_half_in(const char *folder, const char *id, bool *ret_manifest)
{
    *ret_manifest = has_file(folder, id, "json");
    return *ret_manifest != has_file(folder, id, "so");
}

/* Ids in the making; grows by one. */
struct id_list {
    char **ids;
    size_t count;
};

static void ids_release(struct id_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->ids[i]);
    free(list->ids);
}

static int ids_add(struct id_list *list, const char *id, struct berth_error *err)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->ids[i], id) == 0)
            return 0;
    char **bigger = realloc(list->ids, (list->count + 1) * sizeof(*bigger));
    if (!bigger)
        return fail_no_memory(err);
    list->ids = bigger;
    bigger[list->count] = strdup(id);
    if (!bigger[list->count])
        return fail_no_memory(err);
    list->count++;
    return 0;
}

/* The id in a file name that ends in ".json"; false when there is none. */
static bool id_of_file(const char *file, char ret_id[ID_MAX + 1])
{
    size_t len = strlen(file);
    if (len <= 5 || len - 5 > ID_MAX || strcmp(file + len - 5, ".json") != 0)
        return false;
    memcpy(ret_id, file, len - 5);
    ret_id[len - 5] = '\0';
    return connector_id_is_valid(ret_id);
}

/* A folder that is not there holds nothing. */
static int add_folder(struct id_list *list, const char *folder, struct berth_error *err)
{
    DIR *dir = opendir(folder);
    int r = 0;
    struct dirent *entry;
    while (r == 0 && dir && (entry = readdir(dir))) {
        char id[ID_MAX + 1];
        if (id_of_file(entry->d_name, id) && connector_is_in(folder, id))
            r = ids_add(list, id, err);
    }
    if (dir)
        (void)closedir(dir); /* only read from */
    return r;
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int connector_list(const struct connector_path *path, char ***ret_ids, size_t *ret_count,
                   struct berth_error *err)
{
    struct id_list list = {0};
    for (size_t i = 0; i < path->count; i++) {
        int r = add_folder(&list, path->folders[i], err);
        if (r < 0) {
            ids_release(&list);
            return r;
        }
    }
    if (list.count > 0)
        qsort(list.ids, list.count, sizeof(*list.ids), compare_ids);
    *ret_ids = list.ids;
    *ret_count = list.count;
    return 0;
}
