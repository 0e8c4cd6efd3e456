// A record: one entry of a topic's log. Plain data, immutable once it is published, shared by all readers.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::base {

// Its texts live as long as the headers that it is one of.
struct header {
  std::string_view name;
  std::string_view value;
  bool operator==(const header&) const = default;
};

// The headers of a record, in order, in one piece of memory: a record has a dozen short ones, and every process that
// reads the log has each of them in its hands.
class headers {
 public:
  class iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = header;
    using difference_type = std::ptrdiff_t;
    using pointer = const header*;
    using reference = header;

    iterator() = default;
    header operator*() const noexcept {
      const auto n = at_name();
      return {{at_ + 2 * size_bytes, n}, {at_ + 2 * size_bytes + n, at_value()}};
    }
    iterator& operator++() noexcept {
      at_ += 2 * size_bytes + at_name() + at_value();
      return *this;
    }
    iterator operator++(int) noexcept {
      const auto before = *this;
      ++*this;
      return before;
    }
    bool operator==(const iterator&) const = default;

   private:
    friend class headers;
    explicit iterator(const char* at) noexcept : at_(at) {}
    std::uint32_t at_name() const noexcept { return number(at_); }
    std::uint32_t at_value() const noexcept { return number(at_ + size_bytes); }
    static std::uint32_t number(const char* from) noexcept {
      std::uint32_t n = 0;
      std::memcpy(&n, from, size_bytes);
      return n;
    }
    const char* at_ = nullptr;
  };

  headers() = default;
  headers(std::initializer_list<header> all) {
    for (const auto& h : all) add(h.name, h.value);
  }

  // `bytes`: of all names and values; `count` of headers.
  void reserve(std::size_t count, std::size_t bytes) { bytes_.reserve(count * 2 * size_bytes + bytes); }
  // Names and values are shorter than 4 GiB.
  void add(std::string_view name, std::string_view value) {
    const std::uint32_t sizes[] = {static_cast<std::uint32_t>(name.size()), static_cast<std::uint32_t>(value.size())};
    static_assert(sizeof sizes == 2 * size_bytes);
    char text[sizeof sizes];
    std::memcpy(text, sizes, sizeof sizes);
    bytes_.append(text, sizeof text).append(name).append(value);
    ++size_;
  }

  // Gives the first header of that name this value, or adds one.
  void set(std::string_view name, std::string_view value) {
    bool found = false;
    headers all;
    all.reserve(size_ + 1, bytes_.size() + name.size() + value.size());
    for (const auto h : *this) {
      const bool is_it = !found && h.name == name;
      all.add(h.name, is_it ? value : h.value);
      found = found || is_it;
    }
    if (!found) all.add(name, value);
    *this = std::move(all);
  }
  template <class Predicate>
  void erase_if(Predicate gone) {
    headers kept;
    kept.reserve(size_, bytes_.size());
    for (const auto h : *this) {
      if (!gone(h)) kept.add(h.name, h.value);
    }
    *this = std::move(kept);
  }

  iterator begin() const noexcept { return iterator(bytes_.data()); }
  iterator end() const noexcept { return iterator(bytes_.data() + bytes_.size()); }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  // The memory that they take.
  std::size_t bytes() const noexcept { return bytes_.size(); }
  bool operator==(const headers&) const = default;

 private:
  static constexpr std::size_t size_bytes = sizeof(std::uint32_t);

  std::string bytes_;  // of each: the sizes of its name and value, then both
  std::size_t size_ = 0;
};

struct record {
  std::string topic;
  std::int32_t partition = -1;  // -1: the bus chooses it by the key (murmur2_random)
  std::int64_t offset = -1;     // set by the bus
  sys_time log_time{};          // set by the bus, in milliseconds (Kafka: LogAppendTime)
  std::string key;              // empty: no key
  class headers headers;
  std::string value;

  // The value of the first header with that name, which may be empty; nullopt: there is no such header.
  std::optional<std::string_view> header_value(std::string_view name) const noexcept {
    for (const auto h : headers) {
      if (h.name == name) return h.value;
    }
    return std::nullopt;
  }

  // The size that counts against the bound of a queue: key, headers and value, plus a fixed amount for the object.
  std::size_t bytes() const noexcept { return sizeof(record) + key.size() + headers.bytes() + value.size(); }
};

using record_ptr = std::shared_ptr<const record>;

}  // namespace streamdemo::base
