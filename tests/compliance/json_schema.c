/* Plays the published JSON-Schema-Test-Suite (the folder in BERTH_JSON_SCHEMA_SUITE,
 * which has draft2020-12/ in it). A case passes when the schema compiles and the verdict
 * is the suite's. Cases that are not claimed are listed, with the reason, in
 * json-schema-unclaimed.txt: one that is not listed must pass, one that is must not. */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/schema/schema.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"
#include "sdk/text.h"

enum { PATH_LENGTH = 4096, FILES_MAX = 256 };

/* "file | group | case | reason"; "*" stands for every group or case. */
struct unclaimed {
    char *file, *group, *name;
};

struct suite {
    char *root;
    char *files[FILES_MAX]; /* relative to the root */
    size_t file_count;
    struct unclaimed *unclaimed;
    size_t unclaimed_count;
};

struct counts {
    size_t passed, unclaimed, wrong;
};

/* Where we are. */
struct at {
    const struct suite *suite;
    const char *file;
    const char *group;
    struct counts *counts;
};

static int compare_text(const void *a, const void *b)
{
    const char *const *one = a, *const *other = b;
    return strcmp(*one, *other);
}

static void list_folder(struct suite *suite, const char *folder)
{
    char path[PATH_LENGTH];
    (void)snprintf(path, sizeof(path), "%s/%s", suite->root, folder);
    DIR *dir = opendir(path);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir)) && suite->file_count < FILES_MAX) {
        if (!str_ends_with_fold(str_from(entry->d_name), STR(".json")))
            continue;
        (void)snprintf(path, sizeof(path), "%s%s", folder, entry->d_name);
        suite->files[suite->file_count++] = strdup(path);
    }
    if (dir)
        (void)closedir(dir); /* it was only read */
}

static char *next_field(char **rest)
{
    char *field = *rest;
    char *end = field ? strstr(field, " | ") : NULL;
    *rest = end ? end + 3 : NULL;
    if (end)
        *end = '\0';
    return field ? strdup(field) : NULL;
}

static bool read_unclaimed(struct suite *suite, const char *path)
{
    cleanup(fclose) FILE *file = fopen(path, "re");
    char line[PATH_LENGTH];
    if (!file)
        return false;
    while (fgets(line, sizeof(line), file)) {
        char *rest = line;
        if (*line == '#' || *line == '\n')
            continue;
        suite->unclaimed = realloc(suite->unclaimed, (suite->unclaimed_count + 1) *
                                                         sizeof(*suite->unclaimed));
        if (!suite->unclaimed)
            return false;
        struct unclaimed *u = &suite->unclaimed[suite->unclaimed_count++];
        *u = (struct unclaimed){next_field(&rest), next_field(&rest), next_field(&rest)};
        if (!u->file || !u->group || !u->name || !rest) {
            (void)printf("# not \"file | group | case | reason\": %s\n", line);
            return false;
        }
    }
    return true;
}

static void suite_release(struct suite *suite)
{
    for (size_t i = 0; i < suite->file_count; i++)
        free(suite->files[i]);
    for (size_t i = 0; i < suite->unclaimed_count; i++) {
        free(suite->unclaimed[i].file);
        free(suite->unclaimed[i].group);
        free(suite->unclaimed[i].name);
    }
    free(suite->unclaimed);
    free(suite->root);
}

static bool covers(const char *entry, const char *name)
{
    return strcmp(entry, "*") == 0 || strcmp(entry, name) == 0;
}

/* Is a case listed, by itself (`whole` is false) or as a part of a whole group? */
static bool is_listed(const struct at *at, const char *name, bool whole)
{
    for (size_t i = 0; i < at->suite->unclaimed_count; i++) {
        const struct unclaimed *u = &at->suite->unclaimed[i];
        if (strcmp(u->file, at->file) == 0 && covers(u->group, at->group) &&
            (whole ? strcmp(u->name, "*") == 0 : strcmp(u->name, name) == 0))
            return true;
    }
    return false;
}

static void wrong(const struct at *at, const char *name, const char *why)
{
    at->counts->wrong++;
    (void)printf("# %s | %s | %s: %s\n", at->file, at->group, name, why);
}

/* Did the case come out as the suite says? */
static bool play_case(const struct schema *schema, const json_t *test,
                      struct berth_error *err)
{
    if (!schema)
        return false;
    int r = schema_check(schema, json_object_get(test, "data"), NULL, err);
    bool valid = json_is_true(json_object_get(test, "valid"));
    return r == (valid ? 0 : BERTH_E_INVALID);
}

static void judge(const struct at *at, const json_t *test, const struct schema *schema,
                  const char *reason, bool *group_fails)
{
    struct berth_error err = BERTH_ERROR_INIT;
    const char *name = json_string_value(json_object_get(test, "description"));
    bool passed = play_case(schema, test, &err);
    bool whole = is_listed(at, name, true);
    bool listed = is_listed(at, name, false);
    *group_fails = *group_fails || !passed;
    at->counts->passed += passed;
    at->counts->unclaimed += whole || listed;
    if (listed && passed)
        wrong(at, name, "passes, but is listed as unclaimed");
    if (!listed && !whole && !passed)
        wrong(at, name, schema ? (*err.message ? err.message : "was accepted") : reason);
}

static void play_group(const struct at *at, const json_t *group)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct schema *schema = NULL;
    bool formats = strncmp(at->file, "optional/format", 15) == 0;
    unsigned flags = SCHEMA_ALLOW_UNKNOWN | (formats ? 0 : SCHEMA_FORMAT_ANNOTATES);
    if (schema_new(json_object_get(group, "schema"), "", flags, &schema, &err) < 0)
        schema = NULL; /* then err says why, and no case can pass */
    bool fails = false;
    const json_t *tests = json_object_get(group, "tests");
    for (size_t i = 0; i < json_array_size(tests); i++)
        judge(at, json_array_get(tests, i), schema, err.message, &fails);
    if (!fails && is_listed(at, "", true))
        wrong(at, "*", "all of it passes, but it is listed as unclaimed");
    schema_free(schema);
}

/* Numbers that are too large for an integer are read as reals; only then are all. */
static json_t *load(const char *path)
{
    json_error_t error;
    json_t *groups = json_load_file(path, JSON_ALLOW_NUL, &error);
    return groups
               ? groups
               : json_load_file(path, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);
}

static bool play_file(const struct suite *suite, const char *file, struct counts *total)
{
    char path[PATH_LENGTH];
    struct counts counts = {0, 0, 0};
    (void)snprintf(path, sizeof(path), "%s/%s", suite->root, file);
    json_auto_t *groups = load(path);
    if (!groups) {
        (void)printf("# %s cannot be read as JSON\n", path);
        return false;
    }
    for (size_t i = 0; i < json_array_size(groups); i++) {
        const json_t *group = json_array_get(groups, i);
        struct at at = {suite, file,
                        json_string_value(json_object_get(group, "description")),
                        &counts};
        play_group(&at, group);
    }
    (void)printf("# %s: %zu passed, %zu unclaimed, %zu wrong\n", file, counts.passed,
                 counts.unclaimed, counts.wrong);
    total->passed += counts.passed;
    total->unclaimed += counts.unclaimed;
    total->wrong += counts.wrong;
    return counts.wrong == 0;
}

static int play(const struct suite *suite)
{
    struct counts total = {0, 0, 0};
    (void)printf("1..%zu\n", suite->file_count);
    for (size_t i = 0; i < suite->file_count; i++) {
        bool good = play_file(suite, suite->files[i], &total);
        (void)printf("%s %zu - %s\n", good ? "ok" : "not ok", i + 1, suite->files[i]);
    }
    (void)printf("# in all: %zu passed, %zu unclaimed, %zu wrong\n", total.passed,
                 total.unclaimed, total.wrong);
    return total.wrong == 0 ? 0 : 1;
}

int main(void)
{
    const char *folder = getenv("BERTH_JSON_SCHEMA_SUITE");
    const char *source = getenv("BERTH_SRCDIR");
    char path[PATH_LENGTH];
    struct suite suite = {.root = NULL};
    if (!folder || !*folder) {
        (void)printf("1..0 # SKIP BERTH_JSON_SCHEMA_SUITE does not name the published "
                     "JSON-Schema-Test-Suite\n");
        return 0;
    }
    (void)snprintf(path, sizeof(path), "%s/draft2020-12", folder);
    suite.root = strdup(path);
    list_folder(&suite, "");
    list_folder(&suite, "optional/");
    list_folder(&suite, "optional/format/");
    qsort(suite.files, suite.file_count, sizeof(suite.files[0]), compare_text);
    (void)snprintf(path, sizeof(path), "%s/tests/compliance/json-schema-unclaimed.txt",
                   source ? source : ".");
    int r = 1;
    if (!read_unclaimed(&suite, path))
        (void)printf("Bail out! %s cannot be read\n", path);
    else if (suite.file_count == 0)
        (void)printf("Bail out! no tests in %s\n", suite.root);
    else
        r = play(&suite);
    suite_release(&suite);
    return r;
}
