#include "emulator.h"

#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

namespace emulated {

dim3 thread, block, grid;

namespace {

constexpr size_t STACK = 256 << 10, PAGE = 4096, MOST_EXCHANGED = 32;
constexpr int MOST_IDLE = 10000;

struct Copy {
  void *to;
  const void *from;
  int size, bytes;
};

struct Fiber {
  ucontext_t context;
  std::unique_ptr<char[]> stack{new char[STACK]};
  std::vector<Copy> open;                // not yet committed
  std::deque<std::vector<Copy>> groups;  // committed, oldest first
  bool done = false, paused = false;
  int exchanges = 0;
};

std::vector<Fiber> fibers;
std::vector<int> order;  // in which they run
std::mt19937 shuffler;
ucontext_t scheduler;
Fiber *current;
const std::function<void()> *body;
const char *fault;
int pausing;  // threads that wait for something else than a barrier of all
std::vector<char *> shared_ends;  // of each block of the cluster
size_t shared_bytes, shared_room;     // the latter with what makes its beginning a multiple of 1024
int block_threads, block_rank;
unsigned first_block;  // of the cluster
std::vector<char> exchanged[2];  // by turns, so that one barrier an exchange will do

void entry() {
  (*body)();
  current->done = true;
  swapcontext(&current->context, &scheduler);
}

// To the next barrier, or to the end. The threads run in another order each time: nothing may depend on it.
int pass() {
  int waiting = 0;
  pausing = 0;
  std::shuffle(order.begin(), order.end(), shuffler);
  for (const int number : order) {
    current = &fibers[number];
    if (current->done) continue;
    current->paused = false;
    block_rank = number / block_threads;
    thread = {static_cast<unsigned>(number % block_threads), 0, 0};
    block.x = first_block + static_cast<unsigned>(block_rank);
    swapcontext(&scheduler, &current->context);
    waiting += !current->done && !current->paused;
    pausing += current->paused;
  }
  return waiting;
}

void run_cluster() {
  for (char *end : shared_ends) memset(end - shared_room, 0xff, shared_room);
  for (Fiber &fiber : fibers) {
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack.get();
    fiber.context.uc_stack.ss_size = STACK;
    makecontext(&fiber.context, entry, 0);
    fiber.done = false;
    fiber.open.clear(), fiber.groups.clear();
  }
  int idle = 0;  // passes in which nobody came anywhere
  for (int waiting = 1; (waiting || pausing) && !fault;) {
    const int before = pausing;
    waiting = pass();
    if (waiting && waiting != static_cast<int>(fibers.size())) fault = "a barrier that some threads never reach";
    idle = pausing == before ? idle + 1 : 0;
    if (idle > MOST_IDLE) fault = "threads wait for each other";
  }
}

// Memory of whole pages before one that cannot be touched; returns its end.
char *map_guarded(size_t pages) {
  char *memory =
      static_cast<char *>(mmap(nullptr, pages + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  mprotect(memory + pages, PAGE, PROT_NONE);
  return memory + pages;
}

}  // namespace

const char *run(dim3 size, int threads, size_t shared, const std::function<void()> &kernel, int cluster) {
  fibers.resize(threads * cluster), order.resize(fibers.size()), grid = size, block_threads = threads;
  for (auto &slots : exchanged) slots.resize(fibers.size() * MOST_EXCHANGED);
  std::iota(order.begin(), order.end(), 0);
  body = &kernel, fault = nullptr, shared_bytes = shared;
  shared_room = (shared + 1023) / 1024 * 1024;
  const size_t pages = (shared_room + PAGE - 1) / PAGE * PAGE;
  shared_ends.clear();
  for (int i = 0; i < cluster; ++i) shared_ends.push_back(map_guarded(pages));
  for (block.z = 0; block.z < grid.z; ++block.z) {
    for (block.y = 0; block.y < grid.y; ++block.y) {
      for (first_block = 0; first_block < grid.x && !fault; first_block += cluster) run_cluster();
    }
  }
  for (char *end : shared_ends) munmap(end - pages, pages + PAGE);
  return fault;
}

void fail(const char *what) { fault = what; }

void pause() {
  current->paused = true;
  swapcontext(&current->context, &scheduler);
}

void barrier() { swapcontext(&current->context, &scheduler); }

const void *exchange_bytes(const void *mine, size_t size) {
  char *const slots = exchanged[current->exchanges++ % 2].data() + (current - fibers.data()) / 32 * 32 * MOST_EXCHANGED;
  memcpy(slots + thread.x % 32 * size, mine, size);
  barrier();
  return slots;
}

int rank() { return block_rank; }

void *shared_memory(int block_of_cluster) { return shared_ends[block_of_cluster] - shared_room; }

void *shared_memory() { return shared_memory(block_rank); }

void copy(void *to, const void *from, int size, int bytes) {
  const uintptr_t low = reinterpret_cast<uintptr_t>(shared_memory()), at = reinterpret_cast<uintptr_t>(to);
  if (at < low || at + size > low + shared_bytes) fault = "a copy past the end of shared memory";
  if (at % size || (bytes && reinterpret_cast<uintptr_t>(from) % size)) fault = "a misaligned copy";
  if (bytes < 0 || bytes > size) fault = "a copy of more bytes than its size";
  if (fault) return;
  memset(to, 0xff, size);
  current->open.push_back({to, from, size, bytes});
}

void commit() {
  current->groups.push_back(std::move(current->open));
  current->open.clear();
}

void wait(int pending) {
  while (static_cast<int>(current->groups.size()) > pending) {
    for (const Copy &copy : current->groups.front()) {
      memset(copy.to, 0, copy.size);
      memcpy(copy.to, copy.from, copy.bytes);
    }
    current->groups.pop_front();
  }
}

}  // namespace emulated

#ifdef EMULATE_TENSOR_CORES
uint32_t __cvta_generic_to_shared(const void *pointer) {
  return static_cast<uint32_t>(static_cast<const char *>(pointer) - static_cast<char *>(emulated::shared_memory()));
}
#endif
