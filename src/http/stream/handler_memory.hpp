// Memory for one pending Asio operation inside the object that waits, so that a waiting session needs no allocation of
// its own. A second operation at the same time, or a larger one, is allocated on the heap.
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
  alignas(void*) std::byte room_[Size];  // pointer alignment is enough for every operation of Asio
  bool used_ = false;
};

// The allocator that Asio takes from a handler (associated_allocator). The memory must outlive the operation.
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
