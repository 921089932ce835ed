#ifndef EMULATOR_CHOICES_H
#define EMULATOR_CHOICES_H
/* Everything the published definitions and documents of the service leave open, in one
 * place. Invariant: nothing else in the emulator decides such a thing, so what is learnt
 * of the real service is changed here alone.
 *
 * REFUSALS(X): X(name, HTTP status, errorCode, message). The HTTP statuses are
 * documented. Of the codes, 400000, 400004, 401002, 404201 and 404202 were seen; the
 * others are ours. */
#define REFUSALS(X)                                                                      \
    X(REFUSE_BAD_REQUEST, 400, 400004, "BadRequest")                                     \
    X(REFUSE_BAD_ID, 400, 400004, "Invalid RegistrationId")                              \
    X(REFUSE_BAD_GROUP_ID, 400, 400004, "Invalid EnrollmentGroupId")                     \
    X(REFUSE_API_VERSION, 400, 400004, "Unsupported API version")                        \
    X(REFUSE_BAD_TOKEN, 400, 400000, "Bad Request")                                      \
    X(REFUSE_UNAUTHORIZED, 401, 401002, "Unauthorized")                                  \
    X(REFUSE_CERTIFICATE, 401, 401002, "Invalid certificate")                            \
    X(REFUSE_NO_RIGHT, 401, 401002, "Unauthorized")                                      \
    X(REFUSE_UNKNOWN_PATH, 404, 404000, "Resource not found")                            \
    X(REFUSE_NO_ENROLLMENT, 404, 404201, "Enrollment not found")                         \
    X(REFUSE_NO_GROUP, 404, 404202, "Enrollment group not found")                        \
    X(REFUSE_NO_REGISTRATION, 404, 404202, "Registration not found")                     \
    X(REFUSE_NO_OPERATION, 404, 404203, "Operation not found")                           \
    X(REFUSE_METHOD, 405, 405000, "Method not allowed")                                  \
    X(REFUSE_EXISTS, 409, 409201, "Enrollment already exists")                           \
    X(REFUSE_GROUP_EXISTS, 409, 409202, "Enrollment group already exists")               \
    X(REFUSE_ETAG, 412, 412201, "Precondition failed")                                   \
    X(REFUSE_TOO_LARGE, 413, 413000, "Request entity too large")                         \
    X(REFUSE_MEDIA_TYPE, 415, 415000, "Unsupported media type")                          \
    X(REFUSE_THROTTLED, 429, 429001, "Too many requests")                                \
    X(REFUSE_INTERNAL, 500, 500000, "Internal server error")

/* The api-versions that are taken. */
#define API_VERSIONS                                                                     \
    "2018-04-01", "2018-09-01", "2018-11-01", "2019-03-31", "2021-06-01", "2021-10-01",  \
        "2026-11-01"

/* Up to this version an enrollment without reprovisionPolicy keeps its devices on their
 * hub; later ones get the policy updateHubAssignment and migrateDeviceData. */
#define CHOICE_STICKY_VERSION "2018-04-01"

enum {
    /* The right that POST .../attestationmechanism needs. */
    CHOICE_SECRETS_RIGHT_IS_WRITE = 1,
    /* PUT whose body names another id than its path: 400 (else the path wins). */
    CHOICE_REFUSE_ID_MISMATCH = 1,
    /* DELETE of an individual enrollment takes its registration record along. Group
     * deletion leaves the records: that is documented. */
    CHOICE_DELETE_ENROLLMENT_TAKES_REGISTRATION = 1,
    /* Members of a body that the definition does not name: ignored (else 400). */
    CHOICE_REFUSE_UNKNOWN_MEMBERS = 0,
    /* An individual enrollment may name the CA that signed its device's certificate, as
     * the definition allows (else only the device's own). */
    CHOICE_INDIVIDUAL_SIGNING_CERTIFICATES = 1,
    /* A continuation token is good only with the page size it was made for. */
    CHOICE_TOKEN_TIED_TO_PAGE_SIZE = 0,
    /* The audience of a token may leave out the port that the Host header has. */
    CHOICE_AUDIENCE_PORT_OPTIONAL = 1,
    /* A device token must say skn=registration when it has a skn. */
    CHOICE_DEVICE_SKN_CHECKED = 1,
    /* The registration id is folded to lower case before the device key of a group is
       derived. */
    CHOICE_FOLD_BEFORE_DERIVING = 0,

    /* Seconds a token is still taken after its expiry. Known for IoT Hub and the C# code.
     */
    CHOICE_CLOCK_SKEW_SECONDS = 300,
    /* Elements of a bulk operation (documented); more: 400. */
    CHOICE_BULK_MAX = 10,
    /* Page of a query when none is asked for, and the largest. */
    CHOICE_PAGE_SIZE = 100,
    /* Operations, and registrations of devices, in any 60 s (documented). */
    CHOICE_QUOTA = 1000,
    /* Polls of one device in any 10 s (documented). */
    CHOICE_QUOTA_POLLS = 5,
    /* Bytes of a request body. */
    CHOICE_BODY_MAX = 1024 * 1024,
};

/* errorCode and text of a registration that failed. */
#define CHOICE_NO_HUB_CODE 400208
#define CHOICE_NO_HUB_MESSAGE                                                            \
    "No IoT hub that the enrollment names is linked to the provisioning service"
#define CHOICE_CUSTOM_CODE 400207
#define CHOICE_CUSTOM_MESSAGE "Custom allocation failed with status code: 0"

#endif
