/* Opening what will be trusted as code. Invariant: what is opened belongs to root or the
 * user, and nobody else can write to it, nor to the folder that names it, nor to the
 * folder that a link leads to; so nobody else could have put it there. */
#ifndef BERTH_LOADER_SAFE_FILE_H
#define BERTH_LOADER_SAFE_FILE_H

#include "berth_plugin.h"

/* Open `folder`/`name` for reading and look at what was opened, not at what the name may
 * mean a moment later. Symbolic links are followed. BERTH_E_NOT_FOUND when there is none;
 * BERTH_E_AUTH when it is not safe, with the file and the remedy. */
int safe_file_open(const char *folder, const char *name, int *ret_fd,
                   struct berth_error *err);

#endif
