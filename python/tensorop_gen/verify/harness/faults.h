/* Turns a crash of candidate code into an answer. */
#ifndef TENSOROP_FAULTS_H
#define TENSOROP_FAULTS_H

#include <stdbool.h>

#include "slots.h"

/* From now on SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP and SIGSYS are answered, whereupon the process ends. */
void faults_install(const slots *all);

/* Whether the machine knows the instructions of a function without arguments. To be asked before faults_install(). */
bool faults_executes(void (*code)(void));

#endif
