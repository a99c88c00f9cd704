/* Buffers for packed operands. */
#ifndef TENSOROP_WORKSPACE_H
#define TENSOROP_WORKSPACE_H

#include <stddef.h>

/* This thread's buffer, page-aligned, made at the first call and kept until the thread ends. `bytes` is the same in
 * every call of a process. NULL where memory is short. */
float *tensorop_workspace(size_t bytes);

/* A buffer of its own, of large pages where it is large enough for them; NULL where memory is short. */
float *tensorop_map(size_t bytes);

#endif
