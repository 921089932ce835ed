#ifndef EMULATOR_ADDRESS_H
#define EMULATOR_ADDRESS_H
/* Where to listen, written ADDRESS:PORT, with brackets around an IPv6 address. Invariant:
 * whether the text has this form is told without asking anybody for the address. */
struct addrinfo;
struct failure;

/* NULL when the text has this form; else what is wrong with it. */
const char *address_problem(const char *address);
/* Look it up; freeaddrinfo() the result. -1 with a sentence. */
int address_resolve(const char *address, struct addrinfo **ret, struct failure *f);

#endif
