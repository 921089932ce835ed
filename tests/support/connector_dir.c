#include "config.h"

#include "tests/support/connector_dir.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void must(int ok, const char *what)
{
    if (ok)
        return;
    perror(what);
    abort();
}

void connector_dir_make(struct connector_dir *dir)
{
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(dir->path, sizeof(dir->path), "%s/berth-test-XXXXXX",
                   tmp && strlen(tmp) < 200 ? tmp : "/tmp");
    must(mkdtemp(dir->path) != NULL, dir->path);
}

const char *connector_dir_file(const struct connector_dir *dir, const char *name)
{
    static char paths[4][PATH_MAX];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    (void)snprintf(path, PATH_MAX, "%s/%s", dir->path, name);
    return path;
}

void connector_dir_remove(struct connector_dir *dir)
{
    DIR *d = opendir(dir->path);
    struct dirent *entry;
    while (d && (entry = readdir(d)))
        if (entry->d_name[0] != '.')
            (void)unlink(connector_dir_file(dir, entry->d_name));
    if (d)
        (void)closedir(d);
    must(rmdir(dir->path) == 0, dir->path);
}

char *test_read_file(const char *path, size_t *ret_len)
{
    FILE *f = fopen(path, "re");
    must(f != NULL, path);
    char *data = NULL;
    size_t len = 0;
    size_t n;
    do {
        data = realloc(data, len + 65537);
        must(data != NULL, path);
        n = fread(data + len, 1, 65536, f);
        len += n;
    } while (n > 0);
    data[len] = '\0';
    (void)fclose(f);
    if (ret_len)
        *ret_len = len;
    return data;
}

static void write_file(const char *path, const char *data, size_t len)
{
    FILE *f = fopen(path, "we");
    must(f && fwrite(data, 1, len, f) == len && fclose(f) == 0, path);
    must(chmod(path, 0644) == 0, path);
}

void connector_dir_add_object(const struct connector_dir *dir, const char *module,
                              const char *id)
{
    const char *build = getenv("BERTH_BUILDDIR");
    char from[PATH_MAX];
    char name[128];
    (void)snprintf(from, sizeof(from), "%s/tests/connectors/.libs/%s.so",
                   build ? build : ".", module);
    (void)snprintf(name, sizeof(name), "%s.so", id);
    size_t len;
    char *data = test_read_file(from, &len);
    write_file(connector_dir_file(dir, name), data, len);
    free(data);
}

static const char MANIFEST[] =
    "{\"manifestVersion\":1,\"id\":\"%s\",\"version\":\"%s\",\"abi\":{\"major\":1,"
    "\"minor\":%u},\"title\":\"Test\",\"summary\":\"For tests.\","
    "\"network\":{\"hosts\":[\"https://{host}\",\"https://{other}\"]},"
    "\"limits\":[{\"id\":\"service\",\"title\":\"All\",\"requests\":1000,\"seconds\":60},"
    "{\"id\":\"slow\",\"title\":\"Slow\",\"requests\":2,\"seconds\":1}],"
    "\"credentials\":{\"key\":{\"title\":\"Key\",\"permissions\":{},"
    "\"test\":{\"action\":\"test.run\"},\"schema\":{\"type\":\"object\","
    "\"required\":[\"host\"],\"additionalProperties\":false,\"properties\":{"
    "\"host\":{\"type\":\"string\",\"title\":\"Host\",\"x-secret\":false},"
    "\"other\":{\"type\":\"string\",\"title\":\"Other\",\"x-secret\":false},"
    "\"refuse\":{\"type\":\"string\",\"title\":\"Refuse\",\"x-secret\":false},"
    "\"primaryKey\":{\"type\":\"string\",\"title\":\"Key\",\"x-secret\":true}}}}},"
    "\"triggers\":{\"test.changed\":{\"title\":\"C\",\"description\":\"Changes.\","
    "\"mode\":\"poll\",\"poll\":{\"default\":60,\"min\":1},\"permissions\":[],"
    "\"start\":[\"now\"],\"change\":{\"detect\":\"snapshot\",\"key\":\"id\"},"
    "\"event\":{\"types\":[\"created\"],\"subject\":\"a/{key}\"},"
    "\"inputSchema\":{\"type\":\"object\"},\"outputSchema\":{\"type\":\"object\","
    "\"properties\":{\"id\":{\"type\":\"string\"}}},"
    "\"samples\":[{\"id\":\"a\"}]}},\"actions\":{\"test.run\":{\"title\":\"Run\","
    "\"description\":\"Run it.\",\"permissions\":[],\"steps\":[\"run\"],\"effects\":{"
    "\"readOnly\":true,\"destructive\":false,\"idempotent\":false},"
    "\"inputSchema\":{\"type\":\"object\"},\"outputSchema\":{}}}}";

void connector_dir_add_manifest(const struct connector_dir *dir, const char *id,
                                const char *version, unsigned abi_minor)
{
    char text[sizeof(MANIFEST) + 200];
    char name[128];
    int n = snprintf(text, sizeof(text), MANIFEST, id, version, abi_minor);
    (void)snprintf(name, sizeof(name), "%s.json", id);
    write_file(connector_dir_file(dir, name), text, (size_t)n);
}

void connector_dir_add(const struct connector_dir *dir, const char *module,
                       const char *id)
{
    connector_dir_add_object(dir, module, id);
    connector_dir_add_manifest(dir, id, "1.0.0", 0);
}
