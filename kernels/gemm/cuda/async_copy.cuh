/* Copies from global to shared memory that run beside the arithmetic (cp.async, sm_80). */
#ifndef TENSOROP_ASYNC_COPY_CUH
#define TENSOROP_ASYNC_COPY_CUH

/* The block's dynamic shared memory; swizzles by 128 bytes begin at multiples of 1024. */
__device__ inline void *shared_memory() {
  extern __shared__ __align__(1024) float4 tensorop_shared[];
  return tensorop_shared;
}

/* Copies SIZE bytes, of which only the first `bytes` are read: the rest becomes zero. */
template <int SIZE>
__device__ inline void async_copy(void *to, const void *from, int bytes) {
  const unsigned address = static_cast<unsigned>(__cvta_generic_to_shared(to));
  if constexpr (SIZE == 16) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(address), "l"(from), "r"(bytes));
  } else {
    asm volatile("cp.async.ca.shared.global [%0], [%1], %2, %3;" ::"r"(address), "l"(from), "n"(SIZE), "r"(bytes));
  }
}

template <int SIZE>
__device__ inline void async_copy(void *to, const void *from) {
  const unsigned address = static_cast<unsigned>(__cvta_generic_to_shared(to));
  if constexpr (SIZE == 16) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(address), "l"(from));
  } else {
    asm volatile("cp.async.ca.shared.global [%0], [%1], %2;" ::"r"(address), "l"(from), "n"(SIZE));
  }
}

__device__ inline void async_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }

/* Waits until at most PENDING of the thread's committed groups are unfinished. */
template <int PENDING>
__device__ inline void async_wait() {
  asm volatile("cp.async.wait_group %0;" ::"n"(PENDING) : "memory");
}

#endif
