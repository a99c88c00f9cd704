// The calls of cuBLAS that are timed, found at run time: nothing of it is needed to build.
#ifndef BENCH_CUBLAS_H
#define BENCH_CUBLAS_H

#include <dlfcn.h>

#include "verify.cuh"

class Cublas {
 public:
  explicit Cublas(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) fprintf(stderr, "%s\n", dlerror()), exit(1);
    using Create = int (*)(void **);
    gemm_ = reinterpret_cast<Gemm>(dlsym(library, "cublasGemmEx"));
    const auto create = reinterpret_cast<Create>(dlsym(library, "cublasCreate_v2"));
    version_ = reinterpret_cast<Version>(dlsym(library, "cublasGetVersion_v2"));
    if (!gemm_ || !create || create(&handle_)) fprintf(stderr, "%s cannot be used\n", path), exit(1);
  }

  // 13000 for 13.0.0, say; 0 where it does not tell.
  int version() const {
    int found = 0;
    if (version_) version_(handle_, &found);
    return found;
  }

  void operator()(const Product &p, const Matrix &a, const Matrix &b, const Matrix &c) const {
    constexpr int TYPE[] = {0, 0, 2, 14};       // CUDA_R_32F, CUDA_R_16F, CUDA_R_16BF
    constexpr int COMPUTE[] = {68, 77, 68, 68};  // CUBLAS_COMPUTE_32F, _FAST_TF32
    const int type = TYPE[p.operands];
    const int status = gemm_(handle_, p.op_a, p.op_b, int(p.m), int(p.n), int(p.k), &p.alpha, a.data(), type, int(a.ld),
                             b.data(), type, int(b.ld), &p.beta, c.data(), type, int(c.ld), COMPUTE[p.operands], -1);
    if (status) fprintf(stderr, "cublasGemmEx: status %d\n", status), exit(1);
  }

 private:
  using Gemm = int (*)(void *, int, int, int, int, int, const void *, const void *, int, int, const void *, int, int,
                       const void *, void *, int, int, int, int);
  using Version = int (*)(void *, int *);
  Gemm gemm_ = nullptr;
  Version version_ = nullptr;
  void *handle_ = nullptr;
};

#endif
