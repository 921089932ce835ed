/* Retry-After and HTTP dates: whatever a service sends, the wait is absent or within its
 * bounds. */
#include <stdint.h>
#include <stdlib.h>

#include "host/http/retry_after.h"
#include "sdk/http_date.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* The part after a line break is the Date header. */
    struct berth_str value = {(const char *)data, size};
    struct berth_str date = {0};
    for (size_t i = 0; i < size; i++) {
        if (data[i] != '\n')
            continue;
        value.len = i;
        date = (struct berth_str){(const char *)data + i + 1, size - i - 1};
        break;
    }
    int64_t wait = retry_after_parse(value, date, 1795192411000);
    if (wait < -1 || wait > RETRY_AFTER_MAX_MS)
        abort();
    int64_t then = http_date_parse(value);
    if (then < -1 || then > 253402300800)
        abort();
    return 0;
}
