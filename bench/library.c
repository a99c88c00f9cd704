#include "library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112 };

typedef void (*cblas32)(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *,
                        int);
typedef void (*cblas64)(int, int, int, int64_t, int64_t, int64_t, float, const float *, int64_t, const float *, int64_t,
                        float, float *, int64_t);
typedef int (*dnnl)(char, char, int64_t, int64_t, int64_t, float, const float *, int64_t, const float *, int64_t, float,
                    float *, int64_t);
typedef void (*fortran)(const char *, const char *, const int *, const int *, const int *, const float *, const float *,
                        const int *, const float *, const int *, const float *, float *, const int *);

static void repeat_cblas32(const library *const lib, const problem *const p, const long calls) {
  const cblas32 sgemm = (cblas32)lib->sgemm;
  const int ta = p->trans_a == 'T' ? TRANS : NO_TRANS;
  const int tb = p->trans_b == 'T' ? TRANS : NO_TRANS;
  for (long i = 0; i < calls; i++) {
    sgemm(ROW_MAJOR, ta, tb, (int)p->m, (int)p->n, (int)p->k, 1.0F, p->a, (int)p->lda, p->b, (int)p->ldb, 0.0F, p->c,
          (int)p->ldc);
  }
}

static void repeat_cblas64(const library *const lib, const problem *const p, const long calls) {
  const cblas64 sgemm = (cblas64)lib->sgemm;
  const int ta = p->trans_a == 'T' ? TRANS : NO_TRANS;
  const int tb = p->trans_b == 'T' ? TRANS : NO_TRANS;
  for (long i = 0; i < calls; i++) {
    sgemm(ROW_MAJOR, ta, tb, p->m, p->n, p->k, 1.0F, p->a, p->lda, p->b, p->ldb, 0.0F, p->c, p->ldc);
  }
}

static void repeat_dnnl(const library *const lib, const problem *const p, const long calls) {
  const dnnl sgemm = (dnnl)lib->sgemm;
  for (long i = 0; i < calls; i++) {
    sgemm(p->trans_a, p->trans_b, p->m, p->n, p->k, 1.0F, p->a, p->lda, p->b, p->ldb, 0.0F, p->c, p->ldc);
  }
}

/* Column-major with 32-bit integers: the row-major product is the transposed one with its operands swapped. */
static void repeat_fortran(const library *const lib, const problem *const p, const long calls) {
  const fortran sgemm = (fortran)lib->sgemm;
  const int m = (int)p->m, n = (int)p->n, k = (int)p->k;
  const int lda = (int)p->lda, ldb = (int)p->ldb, ldc = (int)p->ldc;
  const float alpha = 1.0F, beta = 0.0F;
  for (long i = 0; i < calls; i++) {
    sgemm(&p->trans_b, &p->trans_a, &n, &m, &k, &alpha, p->b, &ldb, p->a, &lda, &beta, p->c, &ldc);
  }
}

/* The names in use, first match wins. A library's own interface stands before the BLAS names it may also export. */
static const struct {
  const char *symbol;
  void (*repeat)(const library *, const problem *, long);
} entries[] = {
    {"dnnl_sgemm", repeat_dnnl},           {"libxsmm_sgemm", repeat_fortran},  {"cblas_sgemm", repeat_cblas32},
    {"scipy_cblas_sgemm", repeat_cblas32}, {"cblas_sgemm64_", repeat_cblas64}, {"scipy_cblas_sgemm64_", repeat_cblas64},
    {"cblas_sgemm_64", repeat_cblas64},    {"sgemm_", repeat_fortran},
};

/* ISO C has no conversion from dlsym's object pointer to a function pointer; POSIX says the bits are the same. */
static void (*function(const library *const lib, const char *const name))(void) {
  void (*found)(void) = NULL;
  void *const address = dlsym(lib->handle, name);
  memcpy(&found, &address, sizeof found);
  return found;
}

const char *library_open(library *const lib, const char *const path) {
  lib->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!lib->handle) {
    return dlerror();
  }
  for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
    lib->sgemm = function(lib, entries[i].symbol);
    if (lib->sgemm) {
      lib->symbol = entries[i].symbol;
      lib->repeat = entries[i].repeat;
      return NULL;
    }
  }
  return "it exports no sgemm under a known name (cblas_sgemm, sgemm_, dnnl_sgemm, libxsmm_sgemm, …)";
}

static const char *text_of(const library *const lib, const char *const name) {
  const char *(*const ask)(void) = (const char *(*)(void))function(lib, name);
  return ask ? ask() : "";
}

static const char *openblas_text(const library *const lib, const char *const what) {
  char name[64];
  snprintf(name, sizeof name, "openblas_get_%s", what);
  const char *const plain = text_of(lib, name);
  snprintf(name, sizeof name, "scipy_openblas_get_%s", what);
  return *plain ? plain : text_of(lib, name);
}

static int mkl_text(const library *const lib, char *const text, const size_t size) {
  typedef struct {
    int major, minor, update;
    const char *status, *build, *processor, *platform;
  } version;
  void (*const ask)(version *) = (void (*)(version *))function(lib, "mkl_get_version");
  if (!ask) {
    return 0;
  }
  version v = {0};
  ask(&v);
  snprintf(text, size, "MKL %d.%d update %d, build %s, for %s", v.major, v.minor, v.update, v.build, v.processor);
  return 1;
}

static int dnnl_text(const library *const lib, char *const text, const size_t size) {
  typedef struct {
    int major, minor, patch;
    const char *hash;
    unsigned cpu_runtime, gpu_runtime;
  } version;
  const version *(*const ask)(void) = (const version *(*)(void))function(lib, "dnnl_version");
  if (!ask) {
    return 0;
  }
  int (*const isa)(void) = (int (*)(void))function(lib, "dnnl_get_effective_cpu_isa");
  const version *const v = ask();
  snprintf(text, size, "oneDNN %d.%d.%d runtime %#x isa %#x", v->major, v->minor, v->patch, v->cpu_runtime,
           isa ? (unsigned)isa() : 0U);
  return 1;
}

void library_identity(const library *const lib, char *const text, const size_t size) {
  *text = '\0';
  if (function(lib, "tensorop_version")) {
    snprintf(text, size, "TensorOp %s target %s", text_of(lib, "tensorop_version"),
             text_of(lib, "tensorop_target_name"));
  } else if (*openblas_text(lib, "config")) {
    snprintf(text, size, "%s core %s", openblas_text(lib, "config"), openblas_text(lib, "corename"));
  } else if (function(lib, "libxsmm_version")) {
    snprintf(text, size, "LIBXSMM %s target %s", text_of(lib, "libxsmm_version"),
             text_of(lib, "libxsmm_get_target_arch"));
  } else if (!mkl_text(lib, text, size)) {
    dnnl_text(lib, text, size);
  }
  text[strcspn(text, "\n")] = '\0';
}
