/* cmocka and what it wants before itself. Invariant: it has no fail(), which is
 * sdk/error.h's, and no skip(): cmocka 1.1.5 writes "not ok # SKIP", a failure. */
#ifndef BERTH_TEST_CMOCKA_H
#define BERTH_TEST_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#undef fail
#undef fail_msg
#undef skip
#define fail_msg(...)                                                                    \
    (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#endif
