/* SQLite's file layer with faults: the process dies, or the disk is full or broken, at
 * the n-th change of a file. Invariant: until the fault, and for reading, it is the usual
 * one.
 */
#ifndef TESTS_STATE_FAULT_VFS_H
#define TESTS_STATE_FAULT_VFS_H

enum fault { FAULT_NONE, FAULT_DIE, FAULT_FULL, FAULT_BROKEN };

enum { FAULT_EXIT = 77 };

/* Make it the default; called once. */
void fault_vfs_register(void);

/* From now on: the fault happens at the n-th write, sync or truncation (1 is the next),
 * and those but FAULT_DIE at each one after it. */
void fault_vfs_set(enum fault fault, long n);

/* Changes counted since fault_vfs_set(). */
long fault_vfs_count(void);

#endif
