#ifndef EMULATOR_MOMENT_H
#define EMULATOR_MOMENT_H
/* Points in time. Invariant: a moment is microseconds since 1970 in UTC. */
#include <stdint.h>

enum { MOMENT_SIZE = 40, MOMENT_HTTP_SIZE = 40 };

#define MOMENT_SECOND INT64_C(1000000)

int64_t moment_now(void);
/* Write like the service: 2022-07-05T21:27:16.8123235Z, always seven digits; what is
 * before 1970 or behind 9999 becomes the beginning of 1970. */
void moment_format(int64_t us, char out[MOMENT_SIZE]);
/* Write as headers do: Tue, 05 Jul 2022 21:27:16 GMT. Empty when the year is beyond what
 * the C library knows. */
void moment_format_http(int64_t us, char out[MOMENT_HTTP_SIZE]);

#endif
