// A record: one unit on the bus. Plain data, immutable once published, shared between all who read it.
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
  std::int32_t partition = -1;  // -1: the bus picks it by key (murmur2_random)
  std::int64_t offset = -1;     // given by the bus
  sys_time log_time{};          // given by the bus, milliseconds (Kafka: LogAppendTime)
  std::string key;              // empty: none
  std::vector<header> headers;
  std::string value;

  // The first header of that name, or nothing. A header may be there with an empty value.
  std::optional<std::string_view> header_value(std::string_view name) const noexcept {
    for (const auto& h : headers) {
      if (h.name == name) return std::string_view{h.value};
    }
    return std::nullopt;
  }

  // What it costs a bounded queue: all bytes of key, headers and value, and a fixed amount for itself.
  std::size_t bytes() const noexcept {
    std::size_t n = sizeof(record) + key.size() + value.size();
    for (const auto& h : headers) n += sizeof(header) + h.name.size() + h.value.size();
    return n;
  }
};

using record_ptr = std::shared_ptr<const record>;

}  // namespace streamdemo::base
