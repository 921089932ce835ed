#include "config.h"

#include "tests/state/fixture.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct folder {
    char base[64];
    char home[80];
};

int home_setup(void **state)
{
    struct folder *f = calloc(1, sizeof(*f));
    if (!f)
        return -1;
    /* In memory where there is such a place: nothing here is about slow disks. */
    const char *folder = access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(f->base, sizeof(f->base), "%s/berth-test-XXXXXX", folder);
    if (!mkdtemp(f->base))
        return -1;
    (void)snprintf(f->home, sizeof(f->home), "%s/home", f->base);
    *state = f->home;
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

int home_teardown(void **state)
{
    char *home = *state;
    struct folder *f = (void *)(home - offsetof(struct folder, home));
    int r = nftw(f->base, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(f);
    return r;
}

struct store *open_store(const char *home)
{
    struct store *s = NULL;
    struct berth_error err = BERTH_ERROR_INIT;
    if (store_open(home, &s, &err) < 0)
        give_up(err.message);
    return s;
}

struct store *open_store_with_subscription(const char *home)
{
    struct store *s = open_store(home);
    assert_int_equal(sql_run(s,
                             "INSERT INTO connection VALUES('c','c','x','k','{}',NULL,"
                             "NULL,0,'');"
                             "INSERT INTO subscription VALUES(1,'s','c','o','{}','','',0,"
                             "0,x'00',0,0,0,'')",
                             NULL),
                     0);
    return s;
}

char *path_in(const char *home, const char *name)
{
    struct text path;
    text_init(&path, PATH_MAX);
    text_add_format(&path, "%s/%s", home, name);
    return text_take(&path);
}

struct connection add_connection(struct store *s, const char *name, const char *key)
{
    struct connection c = {
        .name = strdup(name),
        .connector = strdup("azure-dps"),
        .kind = strdup("sharedAccessKey"),
        .fields = json_pack("{s:s}", "host", "dps.example"),
    };
    json_auto_t *secrets = json_pack("{s:s}", "key", key);
    struct berth_error err = BERTH_ERROR_INIT;
    if (connection_insert(s, &c, secrets, &err) < 0)
        give_up(err.message);
    return c;
}

void add_and_forget(struct store *s, const char *name, const char *key)
{
    struct connection c = add_connection(s, name, key);
    connection_release(&c);
}

void give_up(const char *sentence)
{
    print_message("# %s\n", sentence);
    _fail(__FILE__, __LINE__);
}

void assert_opens(struct store *s, const struct connection *c, const char *key)
{
    cleanup(text) struct text json;
    text_init_secret(&json, 65536);
    struct berth_error err = BERTH_ERROR_INIT;
    if (connection_credentials(s, c, &json, &err) < 0)
        give_up(err.message);
    assert_non_null(strstr(json.data, key));
}

int64_t count_rows(struct store *s, const char *statement)
{
    int64_t count = -1;
    assert_int_equal(sql_read_int(s, statement, &count, NULL), 0);
    return count;
}

void assert_message(const struct berth_error *err, const char *part)
{
    if (strstr(err->message, part))
        return;
    print_message("# '%s' is not in:\n", part);
    give_up(err->message);
}
