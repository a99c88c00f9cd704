/* Locks the process in for good: no new privileges, and only the system calls that answering takes. */
#ifndef TENSOROP_SANDBOX_H
#define TENSOROP_SANDBOX_H

#include <stdbool.h>

/* False if the system has no such filter (a user-mode emulator): the process is not locked in then. Any system call
 * that is not allowed raises SIGSYS. */
bool sandbox_enter(void);

#endif
