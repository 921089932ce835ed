/* Reading a case file. Invariant: an unknown member is an error, so that a misspelt
 * expectation cannot pass. */
#ifndef BERTH_CASES_CASE_FILE_H
#define BERTH_CASES_CASE_FILE_H

#include "cases/play.h"

struct case_folder {
    const char *manifest; /* file name */
};

/* Read a case, the config.json of the folder above its own, and the manifest. *file must
 * be released also when this fails. */
int case_file_read(struct case_file *file, const struct case_folder *folder,
                   const char *path, struct berth_error *err);
void case_file_release(struct case_file *file);

#endif
