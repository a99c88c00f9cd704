/* Commands turned into calls of the candidate's instance. */
#ifndef TENSOROP_CALLS_H
#define TENSOROP_CALLS_H

#include <stdbool.h>

#include "instance.h"
#include "protocol.h"
#include "slots.h"

/* Compiled with the candidate: its instance. */
extern const tensorop_instance *const tensorop_candidate;

/* First element of an operand, in the arena or in the private copy. */
float *calls_operand(const slots *all, const command *c, slot s, int private_copy);

tensorop_gemm calls_gemm(const slots *all, const command *c, int private_copy);

bool calls_has_kernel(int32_t op);

/* One call under the eyes of abi.h; the answer holds what it returned, or the rule it broke. */
void calls_checked(const slots *all, const command *c, answer *a);

#endif
