/* What must hold for the whole process before anything else happens in it: the standard
 * descriptors are taken, no core is dumped and nobody else of the same user looks into
 * its memory, keys of TLS sessions are not written to a file, and what JSON held is wiped
 * when freed.
 * Invariant: called once, before the first use of jansson. */
#ifndef BERTH_CLI_PROCESS_H
#define BERTH_CLI_PROCESS_H

void process_prepare(void);

#endif
