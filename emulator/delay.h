#ifndef EMULATOR_DELAY_H
#define EMULATOR_DELAY_H
/* Connections that wait without holding up a thread. Invariant: each one that was
 * suspended is resumed, when its time has come or when the delays are stopped. */
#include <stdbool.h>

struct MHD_Connection;
struct delay;

/* Start the thread that resumes; NULL when there is no memory, or no thread. */
struct delay *delay_new(void);
/* Suspend the connection for some time. False once stopped, or without memory: it is not
 * suspended. */
bool delay_add(struct delay *d, struct MHD_Connection *connection, int ms);
/* Resume all that wait and let nothing wait any more. */
void delay_stop(struct delay *d);
/* After delay_stop() and the end of all connections. */
void delay_free(struct delay *d);

#endif
