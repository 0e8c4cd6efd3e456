// Metrics for Prometheus (prometheus-cpp's core). Thread-safe. A series lives as long as its `metrics` object, unless
// it is removed. The same name and labels always give the same series. Names: streamdemo_<thing>[_<unit>][_total].
#pragma once
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace streamdemo::base {

using counter = prometheus::Counter;
using gauge = prometheus::Gauge;
using histogram = prometheus::Histogram;
using labels = std::map<std::string, std::string>;

class metrics {
 public:
  metrics();
  ~metrics();
  base::counter& counter(const std::string& name, const std::string& help, const labels& l = {});
  base::gauge& gauge(const std::string& name, const std::string& help, const labels& l = {});
  base::histogram& histogram(const std::string& name, const std::string& help, const std::vector<double>& buckets,
                             const labels& l = {});

  // Removes the series of something that no longer exists. References to it become invalid.
  void remove_gauge(const std::string& name, const std::string& help, const labels& l);

  // All series in Prometheus' text exposition format 0.0.4.
  std::string expose() const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace streamdemo::base
