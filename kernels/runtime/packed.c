/* Operands packed once for many products. */
#include <stdlib.h>

#include "arguments.h"
#include "dispatch.h"
#include "workspace.h"

struct tensorop_packed {
  const tensorop_instance *instance;
  CBLAS_LAYOUT layout;
  bool is_a; /* of the canonical product, whose operands a row-major caller sees swapped */
  int64_t width, k; /* m or n of the canonical product, and k */
  float *panels;
};

static int pack_position(CBLAS_LAYOUT layout, tensorop_operand operand, int trans, int64_t rows, int64_t columns,
                         int64_t ldx) {
  if (tensorop_bad_layout(layout)) return 1;
  if (operand != TENSOROP_A && operand != TENSOROP_B) return 2;
  if (trans < 0) return 3;
  if (rows < 0) return 4;
  if (columns < 0) return 5;
  const bool rows_contiguous = (layout == CblasRowMajor) != (trans == 1);
  if (tensorop_bad_ld(ldx, rows_contiguous ? columns : rows)) return 7;
  return 0;
}

/* Panels begin at cache lines, as kernels expect. */
static float *allocate_panels(size_t floats) {
  const size_t line = 64, bytes = floats * sizeof(float);
  return aligned_alloc(line, (bytes / line + 1) * line);
}

static tensorop_packed *make(const tensorop_packed *head) {
  tensorop_packed *const packed = malloc(sizeof *packed);
  float *const panels = allocate_panels(head->instance->packed_size(head->is_a ? 'A' : 'B', head->width, head->k));
  if (!packed || !panels) {
    free(packed);
    free(panels);
    return NULL;
  }
  *packed = *head;
  packed->panels = panels;
  return packed;
}

tensorop_packed *tensorop_sgemm_pack(CBLAS_LAYOUT layout, tensorop_operand operand, CBLAS_TRANSPOSE transpose,
                                     int64_t rows, int64_t columns, const float *x, int64_t ldx) {
  const int trans = tensorop_trans_of_enum(transpose);
  const int position = pack_position(layout, operand, trans, rows, columns, ldx);
  if (position) {
    tensorop_report("tensorop_sgemm_pack", position, position);
    return NULL;
  }
  const bool row_major = layout == CblasRowMajor;
  const tensorop_packed head = {.instance = tensorop_active(),
                                .layout = layout,
                                .is_a = (operand == TENSOROP_A) != row_major,
                                .width = operand == TENSOROP_A ? rows : columns,
                                .k = operand == TENSOROP_A ? columns : rows};
  tensorop_packed *const packed = make(&head);
  if (packed && rows && columns) {
    /* As column-major X^T where the caller is row-major; PACK wants the side that is not k first. */
    const tensorop_src op = tensorop_op(x, trans, ldx);
    const tensorop_src src = head.is_a ? op : (tensorop_src){x, op.cs, op.rs};
    head.instance->pack(head.is_a ? 'A' : 'B', head.width, head.k, &src, packed->panels);
  }
  return packed;
}

void tensorop_packed_free(tensorop_packed *packed) {
  if (packed) free(packed->panels);
  free(packed);
}

static int packed_position(const tensorop_packed *p, int trans, int64_t extent, int64_t ldx, int64_t ldc) {
  if (!p) return 1;
  if (trans < 0) return 2;
  if (extent < 0) return 3;
  const bool x_is_extent_by_k = (p->is_a ? 1 : 0) == trans; /* as stored, column-major */
  if (tensorop_bad_ld(ldx, x_is_extent_by_k ? extent : p->k)) return 6;
  if (tensorop_bad_ld(ldc, p->is_a ? p->width : extent)) return 9;
  return 0;
}

int tensorop_sgemm_packed(const tensorop_packed *packed, CBLAS_TRANSPOSE transpose, int64_t extent, float alpha,
                          const float *x, int64_t ldx, float beta, float *c, int64_t ldc) {
  const int trans = tensorop_trans_of_enum(transpose);
  const int position = packed_position(packed, trans, extent, ldx, ldc);
  if (position) {
    tensorop_report("tensorop_sgemm_packed", position, position);
    return -1;
  }
  const size_t bytes =
      packed->instance->workspace; /* the portable kernels, which need none, cannot read these panels */
  if (bytes && !tensorop_workspace(bytes)) return -1;
  tensorop_gemm call = {.k = packed->k, .alpha = alpha, .beta = beta, .c = c, .ldc = ldc};
  if (packed->is_a) {
    call.m = call.packed_m = packed->width;
    call.n = extent;
    call.packed_a = packed->panels;
    call.b = tensorop_op(x, trans, ldx);
  } else {
    call.m = extent;
    call.n = call.packed_n = packed->width;
    call.a = tensorop_op(x, trans, ldx);
    call.packed_b = packed->panels;
  }
  tensorop_gemm_run(&call, packed->layout == CblasRowMajor);
  return 0;
}
