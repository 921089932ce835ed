#ifndef EMULATOR_KEYS_H
#define EMULATOR_KEYS_H
/* The shared access policies, the id scope and the key that seals continuation tokens.
 * Invariant: made at random once, then kept in the folder's keys.json (mode 0600), so
 * that they are the same after a restart. */
#include <stdbool.h>
#include <stddef.h>

#include "emulator/codec.h"
#include "emulator/ident.h"

struct failure;

enum {
    POLICY_COUNT = 9, /* that there always are */
    POLICY_MAX = 32,
    POLICY_NAME_SIZE = 65,
    ID_SCOPE_SIZE = ID_SCOPE_MAX + 1
};

struct policy {
    char name[POLICY_NAME_SIZE];
    unsigned rights;
    char primary[KEY_TEXT_SIZE];
    char secondary[KEY_TEXT_SIZE];
};

struct keys {
    char id_scope[ID_SCOPE_SIZE];
    char token_key[KEY_TEXT_SIZE];
    char admin_token[KEY_TEXT_SIZE];    /* of the emulator's own API */
    struct policy policies[POLICY_MAX]; /* the first has all rights */
    size_t policy_count;
};

/* New random keys for every policy, only in memory. -1 when there is no randomness. */
int keys_init(struct keys *keys, struct failure *f);
/* Read the folder's keys; make and write what is missing. -1 with a sentence when the
 * file is damaged or cannot be read or written. */
int keys_load(struct keys *keys, const char *dir, struct failure *f);
/* Read a policy as NAME:RIGHTS:@FILE says: RIGHTS is `all` or the service's names parted
 * by commas; the file's first line is the primary key in base64, its second, when there
 * is one, the secondary. -1 with a sentence. */
int policy_read(struct policy *policy, const char *spec, struct failure *f);
/* Add a copy of the policy, or replace the one of its name; not kept in keys.json. False
 * when there are POLICY_MAX already. */
bool keys_add_policy(struct keys *keys, const struct policy *policy);
/* Wipe them. */
void keys_release(struct keys *keys);
/* The policy of that name, in whatever case; NULL when there is none. */
const struct policy *keys_policy(const struct keys *keys, const char *name);

#endif
