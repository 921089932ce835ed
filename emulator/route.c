#include "emulator/route.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "emulator/call.h"
#include "emulator/codec.h"
#include "emulator/rights.h"

#define SECRETS_RIGHT                                                                    \
    (CHOICE_SECRETS_RIGHT_IS_WRITE ? RIGHT_ENROLLMENT_WRITE : RIGHT_ENROLLMENT_READ)

static const struct operation OPERATIONS[] = {
    {"IndividualEnrollment_Query", "POST", "enrollments/query", RIGHT_ENROLLMENT_READ,
     KIND_ENROLLMENT, enrollment_query},
    {"IndividualEnrollment_RunBulkOperation", "POST", "enrollments",
     RIGHT_ENROLLMENT_WRITE, KIND_ENROLLMENT, enrollment_bulk},
    {"IndividualEnrollment_Get", "GET", "enrollments/{}", RIGHT_ENROLLMENT_READ,
     KIND_ENROLLMENT, enrollment_get},
    {"IndividualEnrollment_CreateOrUpdate", "PUT", "enrollments/{}",
     RIGHT_ENROLLMENT_WRITE, KIND_ENROLLMENT, enrollment_put},
    {"IndividualEnrollment_Delete", "DELETE", "enrollments/{}", RIGHT_ENROLLMENT_WRITE,
     KIND_ENROLLMENT, enrollment_delete},
    {"IndividualEnrollment_GetAttestationMechanism", "POST",
     "enrollments/{}/attestationmechanism", SECRETS_RIGHT, KIND_ENROLLMENT,
     enrollment_secrets},
    {"EnrollmentGroup_Query", "POST", "enrollmentGroups/query", RIGHT_ENROLLMENT_READ,
     KIND_GROUP, enrollment_query},
    {"EnrollmentGroup_RunBulkOperation", "POST", "enrollmentGroups",
     RIGHT_ENROLLMENT_WRITE, KIND_GROUP, enrollment_bulk},
    {"EnrollmentGroup_Get", "GET", "enrollmentGroups/{}", RIGHT_ENROLLMENT_READ,
     KIND_GROUP, enrollment_get},
    {"EnrollmentGroup_CreateOrUpdate", "PUT", "enrollmentGroups/{}",
     RIGHT_ENROLLMENT_WRITE, KIND_GROUP, enrollment_put},
    {"EnrollmentGroup_Delete", "DELETE", "enrollmentGroups/{}", RIGHT_ENROLLMENT_WRITE,
     KIND_GROUP, enrollment_delete},
    {"EnrollmentGroup_GetAttestationMechanism", "POST",
     "enrollmentGroups/{}/attestationmechanism", SECRETS_RIGHT, KIND_GROUP,
     enrollment_secrets},
    {"DeviceRegistrationState_Get", "GET", "registrations/{}", RIGHT_REGISTRATION_READ,
     KIND_REGISTRATION, registration_get},
    {"DeviceRegistrationState_Delete", "DELETE", "registrations/{}",
     RIGHT_REGISTRATION_WRITE, KIND_REGISTRATION, registration_delete},
    {"DeviceRegistrationState_Query", "POST", "registrations/{}/query",
     RIGHT_REGISTRATION_READ, KIND_REGISTRATION, registration_query},
    {"RuntimeRegistration_RegisterDevice", "PUT", "{}/registrations/{}/register", 0,
     KIND_REGISTRATION, device_register},
    {"RuntimeRegistration_OperationStatusLookup", "GET",
     "{}/registrations/{}/operations/{}", 0, KIND_REGISTRATION, device_operation},
    {"RuntimeRegistration_DeviceRegistrationStatusLookup", "POST", "{}/registrations/{}",
     0, KIND_REGISTRATION, device_status},
};

/* Decode one segment; one that is too long is cut, and then no valid id any more. */
static bool capture(char out[ROUTE_SEGMENT_SIZE], const char *segment, size_t len)
{
    return percent_decode(segment, len, out, ROUTE_SEGMENT_SIZE) != PERCENT_BROKEN;
}

/* Does the path have this shape? Captures on the way, and notes what lacks but ids. */
static bool shape_matches(const char *shape, const char *path, size_t path_len,
                          struct route *route)
{
    const char *end = path + path_len;
    size_t captured = 0;
    bool missing = false;

    while (*shape && path < end) {
        size_t shape_len = strcspn(shape, "/");
        const char *slash = memchr(path, '/', (size_t)(end - path));
        size_t len = (size_t)((slash ? slash : end) - path);

        if (!strncmp(shape, "{}", shape_len)) {
            missing = missing || len == 0;
            if (len && !capture(route->captured[captured++], path, len))
                return false;
        } else if (shape_len != len || strncasecmp(shape, path, len) != 0) {
            return false;
        }
        shape += shape_len + (shape[shape_len] == '/');
        path += len + (path + len < end);
    }
    missing = missing || !strcmp(shape, "{}");
    if (path < end || (*shape && strcmp(shape, "{}") != 0))
        return false;
    route->id_missing = route->id_missing || missing;
    return !missing;
}

/* Copy the value of api-version; later parameters of that name win. */
static void read_api_version(struct route *route, const char *query)
{
    static const char NAME[] = "api-version=";

    while (*query) {
        size_t len = strcspn(query, "&");

        if (!strncasecmp(query, NAME, strlen(NAME)))
            (void)snprintf(route->api_version, sizeof route->api_version, "%.*s",
                           (int)(len - strlen(NAME)), query + strlen(NAME));
        query += len + (query[len] == '&');
    }
}

static void add_allowed(struct route *route, const char *method)
{
    size_t len = strlen(route->allow);

    (void)snprintf(route->allow + len, sizeof route->allow - len, "%s%s", len ? ", " : "",
                   method);
}

int route_find(struct route *route, const char *method, const char *target,
               struct problem *p)
{
    size_t len = strcspn(target, "?"), i;

    memset(route, 0, sizeof *route);
    if (target[len] == '?')
        read_api_version(route, target + len + 1);
    if (*target == '/') {
        target++;
        len--;
    }
    if (len && target[len - 1] == '/')
        len--;
    if (percent_decode(target, len, route->path, sizeof route->path) < 0)
        *route->path = '\0'; /* no token is for it */
    for (i = 0; i < sizeof OPERATIONS / sizeof *OPERATIONS; i++) {
        if (!shape_matches(OPERATIONS[i].shape, target, len, route))
            continue;
        if (!strcmp(OPERATIONS[i].method, method)) {
            route->operation = &OPERATIONS[i];
            return 0;
        }
        add_allowed(route, OPERATIONS[i].method);
    }
    if (*route->allow)
        return problem_set(p, REFUSE_METHOD, "this path takes %s", route->allow);
    if (route->id_missing)
        return problem_set(p, REFUSE_METHOD, "the path lacks an id");
    return problem_set(p, REFUSE_UNKNOWN_PATH, "there is no operation at this path");
}
