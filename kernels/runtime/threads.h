/* How many threads a call may use. */
#ifndef TENSOROP_THREADS_H
#define TENSOROP_THREADS_H

#include "tensorop/tensorop.h"

enum { TENSOROP_MAX_THREADS = 512 };

/* What the threads build (pthread, OpenMP, none) takes where neither caller nor environment says: at least 1. */
int tensorop_default_threads(void);

#endif
