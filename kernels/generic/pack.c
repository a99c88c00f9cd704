#include "generic.h"

static inline void pack(int64_t panel_width, int64_t width, int64_t k, const tensorop_src *src, float *panel) {
  for (int64_t p = 0; p < k; p++) {
    const float *const column = src->data + p * src->cs;
    for (int64_t i = 0; i < width; i++) panel[i] = column[i * src->rs];
    for (int64_t i = width; i < panel_width; i++) panel[i] = 0.0F;
    panel += panel_width;
  }
}

void tensorop_generic_pack_a(int64_t width, int64_t k, const tensorop_src *src, float *panel) {
  pack(TENSOROP_GENERIC_MR, width, k, src, panel);
}

void tensorop_generic_pack_b(int64_t width, int64_t k, const tensorop_src *src, float *panel) {
  pack(TENSOROP_GENERIC_NR, width, k, src, panel);
}
