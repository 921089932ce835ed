#ifndef EMULATOR_OPTIONS_H
#define EMULATOR_OPTIONS_H
/* The command line. Invariant: what is taken is complete and within its bounds, so what
 * fails later is no wrong use. */
#include "emulator/emu.h"
#include "emulator/http.h"

/* So many find a place among the keys, even if each has a new name. */
enum { OPTIONS_POLICIES_MAX = POLICY_MAX - POLICY_COUNT };

struct options {
    struct emu_options emu;
    struct http_options http;
    const char *dir;
    const char *id_scope; /* in place of the folder's; NULL: that */
    struct policy policies[OPTIONS_POLICIES_MAX]; /* with their keys: wiped in the end */
    size_t policy_count;
    size_t clock_at; /* seconds since 1970 at the start; 0: as it is */
    char *hubs;      /* a copy that emu.hubs points into */
    size_t enrollments;
    size_t groups;
    size_t devices_per_group;
    size_t devices;       /* that register on their own; 0: none */
    double register_rate; /* of theirs, a second */
    struct fault_rule *faults;
    size_t fault_count;
    int exit_after_s; /* 0: runs on */
    bool exit_with_parent;
};

enum options_result { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_WRONG };

/* Read the arguments. OPTIONS_DONE after --help or --version, OPTIONS_WRONG after a
 * sentence on stderr. */
enum options_result options_read(struct options *options, int argc, char **argv);
/* Wipe and free. */
void options_release(struct options *options);

#endif
