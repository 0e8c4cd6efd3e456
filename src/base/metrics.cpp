#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>
#include <streamdemo/base/metrics.hpp>

namespace streamdemo::base {

struct metrics::state {
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
};

metrics::metrics() : state_(std::make_unique<state>()) {}
metrics::~metrics() = default;

base::counter& metrics::counter(const std::string& name, const std::string& help, const labels& l) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(state_->registry).Add(l);
}

base::gauge& metrics::gauge(const std::string& name, const std::string& help, const labels& l) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(state_->registry).Add(l);
}

base::histogram& metrics::histogram(const std::string& name, const std::string& help,
                                    const std::vector<double>& buckets, const labels& l) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(state_->registry).Add(l, buckets);
}

void metrics::remove_gauge(const std::string& name, const std::string& help, const labels& l) {
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(state_->registry);
  family.Remove(&family.Add(l));
}

std::string metrics::expose() const {
  return prometheus::TextSerializer{}.Serialize(state_->registry.Collect());
}

}  // namespace streamdemo::base
