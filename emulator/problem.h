#ifndef EMULATOR_PROBLEM_H
#define EMULATOR_PROBLEM_H
/* Why something cannot be done. Invariant: the function that finds the problem writes its
 * sentence, once; no sentence holds a secret. */
#include "emulator/choices.h"

#define REFUSAL_NAME(name, status, code, message) name,
enum refusal { REFUSALS(REFUSAL_NAME) REFUSAL_COUNT };
#undef REFUSAL_NAME

struct problem {
    enum refusal refusal;
    char detail[300]; /* what exactly; may be empty */
};

/* Note the problem; always -1, so that a caller can return it. */
int problem_set(struct problem *p, enum refusal refusal, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

int refusal_status(enum refusal refusal);
int refusal_code(enum refusal refusal);
const char *refusal_message(enum refusal refusal);

#endif
