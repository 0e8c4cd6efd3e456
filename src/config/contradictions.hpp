// Settings that are good one by one and cannot hold together. Pure, thread-safe.
#pragma once
#include <streamdemo/config/settings.hpp>

#include <string>
#include <vector>

namespace streamdemo::config {

struct contradiction {
  std::vector<std::string> keys;  // the settings that take part
  std::string what;               // which of them must be what, with their values
};

std::vector<contradiction> contradictions(const settings& s);

}  // namespace streamdemo::config
