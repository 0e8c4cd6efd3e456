// Decides which traces are recorded, as the samplers of OpenTelemetry do, so that every program with the same ratio
// decides alike on the same trace. Pure, thread-safe.
#pragma once
#include <streamdemo/tracing/options.hpp>
#include <streamdemo/tracing/trace_context.hpp>

namespace streamdemo::tracing {

class sampler {
 public:
  explicit sampler(const options& o) noexcept;

  // `parent`: nullptr, if the trace begins here.
  bool samples(const trace_id& trace, const trace_context* parent) const noexcept;

 private:
  const bool follows_parent_;
  std::uint64_t below_;  // of 2^63
};

}  // namespace streamdemo::tracing
