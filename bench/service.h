#ifndef BENCH_SERVICE_H
#define BENCH_SERVICE_H
/* Where the emulator listens and a token for it. Invariant: what service_read() filled in
 * is complete; nothing in it needs to be freed. */

enum { SERVICE_TEXT = 512 };

struct service {
    char base[SERVICE_TEXT];          /* https://host:port */
    char authorization[SERVICE_TEXT]; /* a whole header line, good for an hour */
    char ca_file[SERVICE_TEXT];
};

/* Read DIR/emulator.json and sign a token with the key of its connection string. -1 after
 * a sentence on stderr. */
int service_read(const char *dir, struct service *ret);

#endif
