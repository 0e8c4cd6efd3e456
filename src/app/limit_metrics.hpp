// Shows the settings that bound something as metrics, so that an alarm can compare what is used with what is allowed,
// whatever a process was started with.
#pragma once
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/config/settings.hpp>

namespace streamdemo::app {

void show_limits(const config::settings& s, base::metrics& m);

}  // namespace streamdemo::app
