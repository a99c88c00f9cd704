/* A program that TVM built, as a BLAS of one shape: cblas_sgemm, row-major, no transposes, alpha = 1, beta = 0. MODULE
 * (its shared library), M, K and N are given on the compiler's command line. Operands are those of the caller, so that
 * whatever TVM packs is packed within the call. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tvm/ffi/c_api.h>

enum { ROW_MAJOR = 101, NO_TRANS = 111 };

void cblas_sgemm(int order, int trans_a, int trans_b, int m, int n, int k, float alpha, const float *a, int lda,
                 const float *b, int ldb, float beta, float *c, int ldc);

static TVMFFIObjectHandle product;

static void failed(const char *const what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static TVMFFIAny called(const TVMFFIObjectHandle function, TVMFFIAny *const arguments, const int count) {
  TVMFFIAny result = {.type_index = kTVMFFINone};
  if (TVMFFIFunctionCall(function, arguments, count, &result) != 0) {
    TVMFFIObjectHandle error = NULL;
    TVMFFIErrorMoveFromRaised(&error);
    failed(((const TVMFFIErrorCell *)((const TVMFFIObject *)error + 1))->message.data);
  }
  return result;
}

static TVMFFIObjectHandle global(const char *const name) {
  const TVMFFIByteArray text = {.data = name, .size = strlen(name)};
  TVMFFIObjectHandle function = NULL;
  if (TVMFFIFunctionGetGlobal(&text, &function) != 0 || !function) {
    failed("TVM's runtime cannot load modules");
  }
  return function;
}

__attribute__((constructor)) static void load(void) {
  TVMFFIAny path = {.type_index = kTVMFFIRawStr, .v_c_str = MODULE};
  TVMFFIAny wanted[] = {called(global("ffi.ModuleLoadFromFile"), &path, 1),
                        {.type_index = kTVMFFIRawStr, .v_c_str = "main"},
                        {.type_index = kTVMFFIBool, .v_int64 = 0}};
  const TVMFFIAny found = called(global("ffi.ModuleGetFunction"), wanted, 3);
  if (found.type_index != kTVMFFIFunction) {
    failed("TVM's module has no function main");
  }
  product = found.v_obj;
}

static DLTensor matrix(const float *const values, int64_t *const shape) {
  return (DLTensor){.data = (void *)values,
                    .device = {.device_type = kDLCPU, .device_id = 0},
                    .ndim = 2,
                    .dtype = {.code = kDLFloat, .bits = 32, .lanes = 1},
                    .shape = shape,
                    .strides = shape + 2};
}

void cblas_sgemm(const int order, const int trans_a, const int trans_b, const int m, const int n, const int k,
                 const float alpha, const float *const a, const int lda, const float *const b, const int ldb,
                 const float beta, float *const c, const int ldc) {
  if (order != ROW_MAJOR || trans_a != NO_TRANS || trans_b != NO_TRANS || m != M || n != N || k != K || lda != K ||
      ldb != N || ldc != N || alpha != 1.0F || beta != 0.0F) {
    failed("this program of TVM's knows one shape only");
  }
  int64_t shapes[3][4] = {{M, K, K, 1}, {K, N, N, 1}, {M, N, N, 1}}; /* with strides */
  DLTensor tensors[] = {matrix(a, shapes[0]), matrix(b, shapes[1]), matrix(c, shapes[2])};
  TVMFFIAny arguments[3];
  for (int i = 0; i < 3; i++) {
    arguments[i] = (TVMFFIAny){.type_index = kTVMFFIDLTensorPtr, .v_ptr = &tensors[i]};
  }
  called(product, arguments, 3);
}
