// Translates the settings to the options of what the task service consists of. Pure.
#pragma once
#include <streamdemo/config/settings.hpp>

#include "gateway/tasks/placement/task_placer.hpp"
#include "gateway/tasks/task_records.hpp"

namespace streamdemo::gateway {

task_records::topics topics_of(const config::settings& s);
// Its seed is a new random one at each call.
placement::options placement_options(const config::settings& s);

}  // namespace streamdemo::gateway
