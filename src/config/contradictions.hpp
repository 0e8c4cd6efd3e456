// Finds settings that are valid one by one but contradict each other. Pure, thread-safe.
#pragma once
#include <streamdemo/config/settings.hpp>

#include <string>
#include <vector>

namespace streamdemo::config {

struct contradiction {
  std::vector<std::string> keys;  // the settings that contradict each other
  std::string what;               // what to change, with their values
};

std::vector<contradiction> contradictions(const settings& s);

}  // namespace streamdemo::config
