// The specs of the topics that the settings name; every role creates the same. Pure.
#pragma once
#include <streamdemo/bus/bus.hpp>
#include <streamdemo/config/settings.hpp>

namespace streamdemo::app {

std::vector<bus::topic_spec> topics_of(const config::settings& settings);

}  // namespace streamdemo::app
