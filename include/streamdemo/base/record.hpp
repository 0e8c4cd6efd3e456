// A record: one entry of a topic's log. Plain data, immutable once it is published, shared by all readers.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::base {

struct header {
  std::string name;
  std::string value;
  bool operator==(const header&) const = default;
};

struct record {
  std::string topic;
  std::int32_t partition = -1;  // -1: the bus chooses it by the key (murmur2_random)
  std::int64_t offset = -1;     // set by the bus
  sys_time log_time{};          // set by the bus, in milliseconds (Kafka: LogAppendTime)
  std::string key;              // empty: no key
  std::vector<header> headers;
  std::string value;

  // The value of the first header with that name, which may be empty; nullopt: there is no such header.
  std::optional<std::string_view> header_value(std::string_view name) const noexcept {
    for (const auto& h : headers) {
      if (h.name == name) return std::string_view{h.value};
    }
    return std::nullopt;
  }

  // The size that counts against the bound of a queue: key, headers and value, plus a fixed amount for the object.
  std::size_t bytes() const noexcept {
    std::size_t n = sizeof(record) + key.size() + value.size();
    for (const auto& h : headers) n += sizeof(header) + h.name.size() + h.value.size();
    return n;
  }
};

using record_ptr = std::shared_ptr<const record>;

}  // namespace streamdemo::base
