/* Calls a function and looks whether it kept the rules of the platform's calling convention.
 * One assembly file per architecture (abi_<arch>.S) holds all of this. */
#ifndef TENSOROP_ABI_H
#define TENSOROP_ABI_H

#include <stdint.h>

enum { ABI_ARGUMENTS = 6, ABI_RULES = 32 };

/* Names of the rules, ended by NULL. */
extern const char *const abi_rules[];

/* Once, before the first call and before the door is shut (sandbox.h). Bit i is set if rule i can be checked on this machine. */
uint32_t abi_init(void);

/* function(arguments...) with canaries in all registers it must keep. broken[i] != 0: rule i was broken. mode 1 enters
 * with unusual floating-point control bits, which must be kept too. Returns what the function returns. Not reentrant.
 */
uint64_t abi_call(void (*function)(void), const uint64_t arguments[ABI_ARGUMENTS], uint64_t broken[ABI_RULES],
                  int64_t mode);

#endif
