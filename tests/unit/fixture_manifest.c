#include "tests/unit/fixture_manifest.h"

#include <stdlib.h>
#include <string.h>

#include "sdk/error.h"
#include "sdk/text.h"
#include "tests/support/cmocka.h"

char *fixture_path(const char *file)
{
    const char *root = getenv("BERTH_SRCDIR");
    struct text path;
    text_init(&path, 4096);
    text_add(&path, root ? root : ".");
    text_add(&path, "/");
    text_add(&path, file);
    char *result = text_take(&path);
    assert_non_null(result);
    return result;
}

struct manifest *fixture_manifest(const char *file)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct manifest *m = NULL;
    char *path = fixture_path(file);
    int r = manifest_read(path, &m, &err);
    if (r == 0)
        r = manifest_check_all(m, &err);
    free(path);
    assert_string_equal(err.message, "");
    assert_int_equal(r, 0);
    return m;
}

json_t *fixture_json(const char *text)
{
    char *copy = strdup(text);
    assert_non_null(copy);
    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    json_t *value = json_loads(copy, JSON_DECODE_ANY, NULL);
    free(copy);
    assert_non_null(value);
    return value;
}
