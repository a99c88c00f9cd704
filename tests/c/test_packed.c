/* Operands packed beforehand: either side, layouts, transposes, any number of threads. */
#include <math.h>

#include "check.h"
#include "matrix.h"

static const int64_t shapes[][3] = {{1, 1, 1},   {5, 7, 11},    {48, 24, 64},   {63, 65, 67},
                                    {130, 4, 9}, {3, 200, 300}, {200, 100, 40}, {97, 101, 520}};

static matrix call(const product *p, bool pack_a) {
  const matrix *const fixed = pack_a ? &p->a : &p->b, *const other = pack_a ? &p->b : &p->a;
  matrix c = matrix_copy(&p->c);
  tensorop_packed *const packed =
      tensorop_sgemm_pack(c.layout, pack_a ? TENSOROP_A : TENSOROP_B, pack_a ? p->transa : p->transb,
                          pack_a ? p->m : p->k, pack_a ? p->k : p->n, fixed->data, fixed->ld);
  CHECK(packed != NULL, "not packed");
  const int status = tensorop_sgemm_packed(packed, pack_a ? p->transb : p->transa, pack_a ? p->n : p->m, p->alpha,
                                           other->data, other->ld, p->beta, c.data, c.ld);
  CHECK(status == 0, "status %d", status);
  tensorop_packed_free(packed);
  return c;
}

static void check_one(CBLAS_LAYOUT layout, int t, const int64_t *s, float beta, bool pack_a) {
  uint64_t seed = 11;
  product p = product_make(layout, t & 1 ? CblasTrans : CblasNoTrans, t & 2 ? CblasTrans : CblasNoTrans, s[0], s[1],
                           s[2], 0.7F, beta, t, UNIFORM, &seed);
  tensorop_set_num_threads(1);
  matrix alone = call(&p, pack_a);
  const double ratio = product_ratio(&p, &alone);
  CHECK(ratio <= ratio_limit(p.k), "ratio %g: layout %d trans %d m %d n %d k %d packed %c", ratio, layout, t, (int)p.m,
        (int)p.n, (int)p.k, pack_a ? 'A' : 'B');
  for (int threads = 2; threads <= 3; threads++) {
    tensorop_set_num_threads(threads);
    matrix shared = call(&p, pack_a);
    CHECK(matrix_same_bits(&alone, &shared), "%d threads: m %d n %d k %d", threads, (int)p.m, (int)p.n, (int)p.k);
    matrix_free(&shared);
  }
  matrix_free(&alone);
  product_free(&p);
}

/* No elements, no reads: alpha 0 and empty operands. */
static void check_empty(void) {
  float c[4] = {NAN, NAN, NAN, NAN};
  tensorop_packed *const packed = tensorop_sgemm_pack(CblasRowMajor, TENSOROP_B, CblasNoTrans, 0, 2, NULL, 2);
  CHECK(packed && tensorop_sgemm_packed(packed, CblasNoTrans, 2, 1.0F, NULL, 1, 0.0F, c, 2) == 0, "k = 0");
  CHECK(c[0] == 0.0F && c[1] == 0.0F && c[2] == 0.0F && c[3] == 0.0F, "k = 0 must store zeros");
  tensorop_packed_free(packed);
  tensorop_packed_free(NULL);
}

int main(void) {
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    for (int i = 0; i < 16; i++) {
      check_one(i & 1 ? CblasRowMajor : CblasColMajor, i >> 2, shapes[s], i & 1 ? 0.0F : 1.3F, i & 2);
    }
  }
  check_empty();
  return finish();
}
