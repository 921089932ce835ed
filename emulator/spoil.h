#ifndef EMULATOR_SPOIL_H
#define EMULATOR_SPOIL_H
/* What a fault does to an answer. Invariant: an answer that no fault hits is never
 * touched. */
struct call;
struct fault;

/* Replace the answer by the error that the fault asks for. */
void spoil_refuse(struct call *c, const struct fault *fault);
/* Spoil the answer and note what shall happen to it on its way out. */
void spoil_answer(struct call *c, const struct fault *fault);

#endif
