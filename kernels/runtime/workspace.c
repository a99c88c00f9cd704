#define _GNU_SOURCE
#include "workspace.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>

static const size_t LARGE_PAGE = (size_t)2 << 20;

typedef struct buffer {
  float *data;
  size_t bytes;
} buffer;

/* Initial-exec: one instruction to reach, no call into the loader. */
static _Thread_local buffer own __attribute__((tls_model("initial-exec")));
static pthread_key_t at_thread_end;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int key_error;

static void release(void *argument) {
  buffer *const b = argument;
  munmap(b->data, b->bytes);
  *b = (buffer){NULL, 0};
}

static void make_key(void) { key_error = pthread_key_create(&at_thread_end, release); }

static void *map_pages(size_t bytes) {
  void *const data = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return data == MAP_FAILED ? NULL : data;
}

/* Of whole large pages from half of one on. */
static size_t mapped_bytes(size_t bytes) {
  return bytes < LARGE_PAGE / 2 ? bytes : (bytes + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
}

float *tensorop_map(size_t bytes) {
  const size_t keep = mapped_bytes(bytes);
  if (keep < LARGE_PAGE) return map_pages(keep);
  char *const data = map_pages(keep + LARGE_PAGE);
  if (!data) return NULL;
  const size_t skip = -(uintptr_t)data % LARGE_PAGE;
  if (skip) munmap(data, skip);
  munmap(data + skip + keep, LARGE_PAGE - skip);
  madvise(data + skip, keep, MADV_HUGEPAGE);
  return (float *)(void *)(data + skip);
}

float *tensorop_workspace(size_t bytes) {
  if (__builtin_expect(own.data != NULL, 1)) return own.data;
  pthread_once(&once, make_key);
  if (key_error) return NULL;
  float *const data = tensorop_map(bytes);
  if (!data) return NULL;
  own = (buffer){data, mapped_bytes(bytes)};
  if (pthread_setspecific(at_thread_end, &own) != 0) release(&own);
  return own.data;
}
