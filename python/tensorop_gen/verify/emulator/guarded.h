// Memory in which a stray access shows.
#ifndef GUARDED_H
#define GUARDED_H

#include <sys/mman.h>

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <cstring>

// Elements that end, but for `slack` of them, at a page that cannot be touched; all NaN at first.
template <class Element>
class Guarded {
  static constexpr size_t PAGE = 4096;

 public:
  Guarded(size_t count, size_t slack)
      : count_(count), pages_(((count + slack) * sizeof(Element) + PAGE - 1) / PAGE * PAGE) {
    memory_ =
        static_cast<char *>(mmap(nullptr, pages_ + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (memory_ == MAP_FAILED) abort();
    memset(memory_, 0xff, pages_);
    mprotect(memory_ + pages_, PAGE, PROT_NONE);
    data_ = reinterpret_cast<Element *>(memory_ + pages_) - count - slack;
  }
  ~Guarded() { munmap(memory_, pages_ + PAGE); }
  Guarded(const Guarded &) = delete;
  Guarded &operator=(const Guarded &) = delete;
  Element *data() { return data_; }
  // All of it, with what lies before the data and behind it.
  char *memory() { return memory_; }
  size_t bytes() const { return pages_; }
  // Whether everything before the data and all that `inside` does not claim is still NaN.
  template <class Inside>
  bool untouched(Inside inside) const {
    for (const Element *x = reinterpret_cast<Element *>(memory_); x < data_; ++x) {
      if (!std::isnan(static_cast<float>(*x))) return false;
    }
    for (size_t i = 0; i < count_; ++i) {
      if (!inside(i) && !std::isnan(static_cast<float>(data_[i]))) return false;
    }
    return true;
  }

 private:
  size_t count_, pages_;
  char *memory_;
  Element *data_;
};

#endif
