/* Turns a crash of candidate code into an answer. */
#ifndef TENSOROP_FAULTS_H
#define TENSOROP_FAULTS_H

#include "slots.h"

/* From now on SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP and SIGSYS are answered, whereupon the process ends. */
void faults_install(const slots *all);

#endif
