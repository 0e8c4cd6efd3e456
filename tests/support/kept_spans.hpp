// A tracer that keeps what it gets. Records a trace if its parent is recorded, and all that begin here.
#pragma once
#include <streamdemo/tracing/tracer.hpp>

#include <algorithm>
#include <stdexcept>

#include "tracing/attribute.hpp"

namespace streamdemo::test {

class kept_spans final : public tracing::tracer {
 public:
  explicit kept_spans(std::string bus = "kafka") : bus_(std::move(bus)) {}

  tracing::span_ptr begin(std::string& traceparent, tracing::span_kind kind, base::sys_time at) override {
    const auto parent = tracing::parse_traceparent(traceparent);
    if (parent && !parent->sampled()) return nullptr;
    auto s = std::make_unique<tracing::span>();
    s->context.trace.fill(0xaa);
    s->context.flags = tracing::trace_context::sampled_flag;
    if (parent) s->context.trace = parent->trace;
    if (parent) s->parent = parent->span;
    s->context.span.back() = ++number_;
    s->kind = kind;
    s->begin = at;
    traceparent = tracing::format(s->context);
    return s;
  }
  void end(tracing::span_ptr s, base::sys_time at) noexcept override {
    if (!s) return;
    s->end = at;
    all.push_back(std::move(*s));
  }
  std::string_view bus() const noexcept override { return bus_; }

  // The only one of that name.
  const tracing::span& only(std::string_view name) const {
    const auto named = [&](const auto& s) { return s.name == name; };
    if (std::count_if(all.begin(), all.end(), named) != 1)
      throw std::runtime_error("not one span " + std::string(name));
    return *std::find_if(all.begin(), all.end(), named);
  }

  std::vector<tracing::span> all;  // those that have ended

 private:
  const std::string bus_;
  std::uint8_t number_ = 0;
};

// Its text, or its number as text; empty: it has none of that name.
inline std::string value_of(const tracing::span& s, std::string_view key) {
  return tracing::attribute_in(s.attributes.view(), key);
}

inline constexpr std::string_view sampled_parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
inline constexpr std::string_view unsampled_parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

}  // namespace streamdemo::test
