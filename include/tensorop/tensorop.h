/* TensorOp: everything the library offers. */
#ifndef TENSOROP_H
#define TENSOROP_H

#include "tensorop/cblas.h"
#include "tensorop/export.h"
#include "tensorop/sgemm.h"

#define TENSOROP_VERSION_MAJOR 0
#define TENSOROP_VERSION_MINOR 1
#define TENSOROP_VERSION_PATCH 0

#ifdef __cplusplus
extern "C" {
#endif

/* Version of the library that runs, "major.minor.patch". */
TENSOROP_API const char *tensorop_version(void);

/* Name of the target whose kernels run, chosen at load; TENSOROP_CORETYPE in the environment forces one. */
TENSOROP_API const char *tensorop_target_name(void);

/* The most threads that one call uses, the caller among them. At first TENSOROP_NUM_THREADS, else OMP_NUM_THREADS, else
 * the number of CPUs that the process may run on. A count below 1 restores that. Results do not depend on it. */
TENSOROP_API void tensorop_set_num_threads(int count);
TENSOROP_API int tensorop_get_num_threads(void);

#ifdef __cplusplus
}
#endif

#endif
