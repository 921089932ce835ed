/* Error bodies from strangers: two bytes of status, then the body. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sdk/answer.h"
#include "sdk/cleanup.h"
#include "sdk/reader.h"
#include "sdk/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text, size_t size)
{
    size_t len = strnlen(text, size);
    if (len == size)
        abort();
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct answer_rules RULES = {
        .code = "/errorCode", .message = "/message", .request_id = "/trackingId"};
    static const struct answer_subject SUBJECT = {
        {"Read it", 7}, "GET", {"https://h/a?b", 13}, false};
    if (size < 2)
        return 0;
    struct berth_pair header = {STR("x-ms-request-id"),
                                {(const char *)data + 2, size - 2}};
    struct berth_response res = {
        .size = sizeof(res),
        .status = 300 + (data[0] << 8 | data[1]) % 300,
        .headers = &header,
        .header_count = 1,
        .body = {(const char *)data + 2, size - 2},
    };
    struct berth_error err = BERTH_ERROR_INIT;
    int r = answer_fail(&RULES, &SUBJECT, &res, &err);
    if (r != answer_class(res.status) || err.http_status != res.status)
        abort();
    check_text(err.message, sizeof(err.message));
    check_text(err.service_code, sizeof(err.service_code));
    check_text(err.request_id, sizeof(err.request_id));
    return strncmp(err.message, "Read it: GET /a: HTTP ", 22) == 0 ? 0 : (abort(), 0);
}
