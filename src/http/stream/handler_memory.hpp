// Room for one pending operation inside the object that waits for it: Asio's handler is allocated here, so a waiting
// session needs no block of its own on the heap. A second operation at the same time, or a larger one, goes to the
// heap.
#pragma once
#include <cstddef>
#include <new>

namespace streamdemo::http {

template <std::size_t Size>
class handler_memory {
 public:
  void* allocate(std::size_t n) {
    if (used_ || n > Size) return ::operator new(n);
    used_ = true;
    return room_;
  }
  void deallocate(void* p) noexcept {
    if (p == room_) {
      used_ = false;
    } else {
      ::operator delete(p);
    }
  }

 private:
  alignas(void*) std::byte room_[Size];  // no operation of Asio holds more than pointers and numbers
  bool used_ = false;
};

// What Asio asks a handler for (associated_allocator). The memory outlives the operation.
template <class T, std::size_t Size>
class handler_allocator {
 public:
  using value_type = T;
  explicit handler_allocator(handler_memory<Size>& m) noexcept : memory_(&m) {}
  template <class U>
  handler_allocator(const handler_allocator<U, Size>& other) noexcept : memory_(other.memory_) {}
  template <class U>
  struct rebind {
    using other = handler_allocator<U, Size>;
  };

  T* allocate(std::size_t n) { return static_cast<T*>(memory_->allocate(n * sizeof(T))); }
  void deallocate(T* p, std::size_t) noexcept { memory_->deallocate(p); }
  bool operator==(const handler_allocator&) const noexcept = default;

 private:
  template <class, std::size_t>
  friend class handler_allocator;
  handler_memory<Size>* memory_;
};

}  // namespace streamdemo::http
