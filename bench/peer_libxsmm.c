/* LIBXSMM has its version in a header only; this object goes into the shared library that is made of its archive. */
#include <libxsmm_version.h>

__attribute__((visibility("default"))) const char *libxsmm_version(void);
const char *libxsmm_version(void) { return LIBXSMM_CONFIG_VERSION; }
