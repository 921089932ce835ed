/* The folder and the files that only this user may touch. Invariant: what passes here is
 * owned by root or by the user and cannot be changed by anybody else. */
#ifndef BERTH_STORE_HOME_H
#define BERTH_STORE_HOME_H

#include "berth_plugin.h"

/* The folder in the home with a file for each subscription, locked while it polls. */
#define HOME_LOCKS "locks"

/* Makes the folder (mode 0700) and those above it that are missing. BERTH_E_INVALID when
 * it is no folder, belongs to someone else or is writable by others. */
int home_prepare(const char *path, struct berth_error *err);

/* A file that only its owner may read and write: made empty with mode 0600 when it is
 * missing, else only looked at and never opened (closing a file drops the locks that this
 * process has on it elsewhere). */
int home_prepare_file(const char *path, struct berth_error *err);

/* The same look at a file that must be there: BERTH_E_NOT_FOUND when it is missing. */
int home_check_file(const char *path, struct berth_error *err);

/* Opens such a file for reading: a descriptor that belongs to the caller.
 * BERTH_E_NOT_FOUND when it is missing. */
int home_open_file(const char *path, struct berth_error *err);

/* Makes what was created, renamed or removed in the folder last. */
int home_sync(const char *folder, struct berth_error *err);

/* Waits until this process has the home to itself (flock on the folder): a descriptor
 * that belongs to the caller; closing it lets go. */
int home_lock(const char *folder, struct berth_error *err);

/* The same without waiting: negative when another process has it. */
int home_try_lock(const char *folder);

/* "folder/name", belongs to the caller; null: out of memory. */
char *home_path(const char *folder, const char *name);

#endif
