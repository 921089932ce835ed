/* The border's layout on 64-bit machines, pinned: a change here breaks every connector
 * that is out there. Fields are only ever appended. Compiled, never run. */
#include "berth_plugin.h"

#define PIN(type, field, at)                                                             \
    _Static_assert(offsetof(struct type, field) == (at), #type "." #field)
#define SIZE(type, bytes) _Static_assert(sizeof(struct type) == (bytes), #type)

#if UINTPTR_MAX == UINT64_MAX
SIZE(berth_str, 16);
PIN(berth_str, ptr, 0);
PIN(berth_str, len, 8);
SIZE(berth_pair, 32);
PIN(berth_pair, value, 16);
SIZE(berth_call, 8);

SIZE(berth_error, 720);
PIN(berth_error, http_status, 4);
PIN(berth_error, retry_after_ms, 8);
PIN(berth_error, code, 16);
PIN(berth_error, service_code, 80);
PIN(berth_error, request_id, 144);
PIN(berth_error, message, 208);

SIZE(berth_request, 112);
PIN(berth_request, kind, 4);
PIN(berth_request, tag, 8);
PIN(berth_request, method, 16);
PIN(berth_request, url, 32);
PIN(berth_request, headers, 48);
PIN(berth_request, header_count, 56);
PIN(berth_request, body, 64);
PIN(berth_request, flags, 80);
PIN(berth_request, delay_ms, 84);
PIN(berth_request, timeout_ms, 88);
PIN(berth_request, max_body, 92);
PIN(berth_request, limit, 96);

SIZE(berth_response, 88);
PIN(berth_response, kind, 4);
PIN(berth_response, tag, 8);
PIN(berth_response, status, 16);
PIN(berth_response, flags, 20);
PIN(berth_response, retry_after_ms, 24);
PIN(berth_response, headers, 32);
PIN(berth_response, header_count, 40);
PIN(berth_response, body, 48);
PIN(berth_response, failure, 64);
PIN(berth_response, attempts, 68);
PIN(berth_response, failure_text, 72);

SIZE(berth_item, 72);
PIN(berth_item, flags, 4);
PIN(berth_item, key, 8);
PIN(berth_item, version, 24);
PIN(berth_item, data, 40);
PIN(berth_item, scope, 56);

SIZE(berth_start, 64);
PIN(berth_start, flags, 4);
PIN(berth_start, operation, 8);
PIN(berth_start, input, 24);
PIN(berth_start, cursor, 40);
PIN(berth_start, page_size, 56);
PIN(berth_start, reserved, 60);

SIZE(berth_host, 88);
PIN(berth_host, abi_minor, 4);
PIN(berth_host, log, 8);
PIN(berth_host, now_ms, 16);
PIN(berth_host, item, 24);
PIN(berth_host, cursor, 32);
PIN(berth_host, complete, 40);
PIN(berth_host, part, 48);
PIN(berth_host, result, 56);
PIN(berth_host, extension, 64);
PIN(berth_host, known, 72);
PIN(berth_host, send, 80);

SIZE(berth_plugin, 80);
PIN(berth_plugin, min_host_minor, 4);
PIN(berth_plugin, id, 8);
PIN(berth_plugin, version, 16);
PIN(berth_plugin, open, 24);
PIN(berth_plugin, close, 32);
PIN(berth_plugin, begin, 40);
PIN(berth_plugin, next, 48);
PIN(berth_plugin, take, 56);
PIN(berth_plugin, end, 64);
PIN(berth_plugin, extension, 72);
#endif

_Static_assert(BERTH_OK == 0 && BERTH_E_INVALID == -1 && BERTH_E_AUTH == -2 &&
                   BERTH_E_NOT_FOUND == -3 && BERTH_E_CONFLICT == -4 &&
                   BERTH_E_THROTTLED == -5 && BERTH_E_UNAVAILABLE == -6 &&
                   BERTH_E_TIMEOUT == -7 && BERTH_E_CANCELED == -8 &&
                   BERTH_E_PROTOCOL == -9 && BERTH_E_NO_MEMORY == -10 &&
                   BERTH_E_UNSUPPORTED == -11 && BERTH_E_INTERNAL == -12,
               "enum berth_status");
_Static_assert(BERTH_HTTP == 0 && BERTH_TIMER == 1, "enum berth_kind");
_Static_assert(BERTH_REPEATABLE == 1 && BERTH_PRIVATE == 2 && BERTH_READ_ONLY == 4,
               "enum berth_request_flag");
_Static_assert(BERTH_FAILURE_RESOLVE == 1 && BERTH_FAILURE_CONNECT == 2 &&
                   BERTH_FAILURE_UNTRUSTED == 3 && BERTH_FAILURE_TLS == 4 &&
                   BERTH_FAILURE_CUT == 5 && BERTH_FAILURE_TIMEOUT == 6 &&
                   BERTH_FAILURE_TOO_LARGE == 7 && BERTH_FAILURE_OTHER == 8,
               "enum berth_failure");
_Static_assert(BERTH_UNCERTAIN == 1, "enum berth_response_flag");
_Static_assert(BERTH_ITEM_DELETED == 1 && BERTH_ITEM_QUIET == 2, "enum berth_item_flag");
_Static_assert(BERTH_NEXT_NONE == 0 && BERTH_NEXT_REQUEST == 1, "enum berth_next");
