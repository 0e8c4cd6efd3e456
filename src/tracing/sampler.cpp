#include "tracing/sampler.hpp"

namespace streamdemo::tracing {

namespace {

constexpr std::uint64_t all = std::uint64_t{1} << 63U;

std::uint64_t bound_of(const options& o) noexcept {
  switch (o.root) {
    case sampling::always:
      return all;
    case sampling::never:
      return 0;
    case sampling::by_ratio:
      break;
  }
  return static_cast<std::uint64_t>(o.ratio * static_cast<double>(all));
}

// The last eight bytes, without the lowest bit: what the SDKs of Go, Java and C++ compare.
std::uint64_t value_of(const trace_id& trace) noexcept {
  std::uint64_t v = 0;
  for (std::size_t i = 8; i < trace.size(); ++i) v = v << 8U | trace[i];
  return v >> 1U;
}

}  // namespace

sampler::sampler(const options& o) noexcept : follows_parent_(o.follows_parent), below_(bound_of(o)) {}

bool sampler::samples(const trace_id& trace, const trace_context* parent) const noexcept {
  if (parent != nullptr && follows_parent_) return parent->sampled();
  return value_of(trace) < below_;
}

}  // namespace streamdemo::tracing
