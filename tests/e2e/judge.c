/* Checks what a berth-emulator was asked and answered against the published definitions.
 * Reads its journal (with bodies) from stdin; the argument is the folder of service.json
 * and device.json. An answer obeys the schema of its operation and status, else that of
 * "default"; a request that was taken obeys that of its body. What a fault has hit, and
 * bodies that were not kept, are passed over. Two things are taken more widely than they
 * are written, as Microsoft's own SDK does: a twin's members may be of any type, and the
 * elements of a bulk deletion need no attestation. A line for each that does not obey,
 * and how many were looked at; exit status 1 when one does not, or when there was none.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/schema/schema.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/pointer.h"
#include "sdk/str.h"

enum { DOCUMENTS = 2, KNOWN_MAX = 256, POINTER_SIZE = 300 };

/* A schema that was compiled before; NULL: there is none at the pointer. */
struct known {
    char pointer[POINTER_SIZE];
    const json_t *document;
    struct schema *schema;
};

struct judge {
    json_t *documents[DOCUMENTS];
    struct known known[KNOWN_MAX];
    size_t known_count;
    size_t looked_at, wrong;
};

/* Where an operation is: its document, its place there, its definition. */
struct place {
    json_t *document;
    char pointer[POINTER_SIZE / 2];
    const json_t *definition;
};

static bool find_in(json_t *document, const char *id, struct place *ret)
{
    const char *path, *method;
    json_t *paths = json_object_get(document, "paths"), *methods, *operation;

    json_object_foreach(paths, path, methods)
    {
        json_object_foreach(methods, method, operation)
        {
            const char *name =
                json_string_value(json_object_get(operation, "operationId"));
            size_t used = 0;

            if (!name || strcmp(name, id) != 0)
                continue;
            ret->document = document;
            ret->definition = operation;
            used = (size_t)snprintf(ret->pointer, sizeof ret->pointer, "/paths/");
            for (; *path && used + 2 < sizeof ret->pointer; path++) {
                if (*path == '/')
                    ret->pointer[used++] = '~';
                ret->pointer[used++] = *path == '/' ? '1' : *path;
            }
            (void)snprintf(ret->pointer + used, sizeof ret->pointer - used, "/%s",
                           method);
            return true;
        }
    }
    return false;
}

static bool find_operation(const struct judge *j, const char *id, struct place *ret)
{
    size_t i;

    for (i = 0; i < DOCUMENTS; i++)
        if (find_in(j->documents[i], id, ret))
            return true;
    return false;
}

static const struct schema *compiled(struct judge *j, const struct place *place,
                                     const char *rest)
{
    struct known *known = &j->known[j->known_count];
    struct berth_error err = BERTH_ERROR_INIT;
    char pointer[POINTER_SIZE];
    size_t i;

    (void)snprintf(pointer, sizeof pointer, "%s/%s", place->pointer, rest);
    for (i = 0; i < j->known_count; i++)
        if (j->known[i].document == place->document &&
            !strcmp(j->known[i].pointer, pointer))
            return j->known[i].schema;
    if (j->known_count == KNOWN_MAX || !pointer_at(place->document, str_from(pointer)))
        return NULL;
    if (schema_new(place->document, pointer, SCHEMA_ALLOW_UNKNOWN, &known->schema, &err) <
        0) {
        (void)printf("# %s: %s\n", pointer, err.message);
        j->wrong++;
        return NULL;
    }
    memcpy(known->pointer, pointer, sizeof pointer);
    known->document = place->document;
    j->known_count++;
    return known->schema;
}

static void check(struct judge *j, const json_t *line, const struct schema *schema,
                  const char *what)
{
    struct berth_error err = BERTH_ERROR_INIT;
    const json_t *value = json_object_get(line, what);

    if (!value || !schema)
        return;
    j->looked_at++;
    if (schema_check(schema, value, NULL, &err) == 0)
        return;
    j->wrong++;
    (void)printf("# %s %s %s, %d: the %s: %s\n",
                 json_string_value(json_object_get(line, "operation")),
                 json_string_value(json_object_get(line, "method")),
                 json_string_value(json_object_get(line, "target")),
                 (int)json_integer_value(json_object_get(line, "status")), what,
                 err.message);
}

static void check_answer(struct judge *j, const json_t *line, const struct place *place)
{
    json_int_t status = json_integer_value(json_object_get(line, "status"));
    json_int_t bytes = json_integer_value(json_object_get(line, "responseBytes"));
    const json_t *responses = json_object_get(place->definition, "responses");
    char name[24], rest[60];

    (void)snprintf(name, sizeof name, "%d", (int)status);
    if (!json_object_get(responses, name))
        (void)snprintf(name, sizeof name, "default");
    (void)snprintf(rest, sizeof rest, "responses/%s/schema", name);
    if (compiled(j, place, rest)) {
        check(j, line, compiled(j, place, rest), "response");
        return;
    }
    j->looked_at++;
    if (bytes || !json_object_get(responses, name)) {
        j->wrong++;
        (void)printf("# %s: %d is not defined with a body\n", place->pointer,
                     (int)status);
    }
}

static bool is_bulk_deletion(const json_t *line)
{
    const char *mode =
        json_string_value(json_object_get(json_object_get(line, "request"), "mode"));

    return mode && !strcmp(mode, "delete");
}

static void check_request(struct judge *j, const json_t *line, const struct place *place)
{
    const json_t *parameters = json_object_get(place->definition, "parameters");
    char rest[60];
    size_t i;

    if (json_integer_value(json_object_get(line, "status")) >= 400 ||
        is_bulk_deletion(line))
        return;
    for (i = 0; i < json_array_size(parameters); i++) {
        const char *in =
            json_string_value(json_object_get(json_array_get(parameters, i), "in"));

        if (!in || strcmp(in, "body") != 0)
            continue;
        (void)snprintf(rest, sizeof rest, "parameters/%zu/schema", i);
        check(j, line, compiled(j, place, rest), "request");
    }
}

static void judge_line(struct judge *j, const char *text, size_t len)
{
    json_t *line = json_loadb(text, len, 0, NULL);
    const char *operation = json_string_value(json_object_get(line, "operation"));
    struct place place;

    if (!line) {
        j->wrong++;
        (void)printf("# a line is no JSON: %.60s\n", text);
    } else if (operation && !json_integer_value(json_object_get(line, "fault"))) {
        if (find_operation(j, operation, &place)) {
            check_answer(j, line, &place);
            check_request(j, line, &place);
        } else {
            j->wrong++;
            (void)printf("# there is no operation %s\n", operation);
        }
    }
    json_decref(line);
}

static void widen_twins(json_t *document)
{
    json_t *twin =
        json_object_get(json_object_get(document, "definitions"), "TwinCollection");

    if (twin)
        (void)json_object_set_new(twin, "additionalProperties", json_true());
}

static bool load(struct judge *j, const char *folder)
{
    static const char *const NAMES[DOCUMENTS] = {"service.json", "device.json"};
    char path[4096];
    size_t i;

    for (i = 0; i < DOCUMENTS; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, NAMES[i]);
        j->documents[i] = json_load_file(path, 0, NULL);
        if (!j->documents[i]) {
            (void)printf("# %s cannot be read\n", path);
            return false;
        }
        widen_twins(j->documents[i]);
    }
    return true;
}

int main(int argc, char **argv)
{
    static struct judge j;
    char *line = NULL;
    size_t size = 0, i;
    ssize_t n;
    bool loaded = argc == 2 && load(&j, argv[1]);

    while (loaded && (n = getline(&line, &size, stdin)) > 0)
        judge_line(&j, line, (size_t)n);
    free(line);
    for (i = 0; i < j.known_count; i++)
        schema_free(j.known[i].schema);
    for (i = 0; i < DOCUMENTS; i++)
        json_decref(j.documents[i]);
    (void)printf("# %zu bodies looked at, %zu do not obey\n", j.looked_at, j.wrong);
    return loaded && j.looked_at && !j.wrong ? 0 : 1;
}
