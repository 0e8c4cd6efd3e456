// Translates the settings to the options of each module. Pure.
#pragma once
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/bus/inprocess.hpp>
#include <streamdemo/bus/kafka.hpp>
#include <streamdemo/config/settings.hpp>
#include <streamdemo/management/management.hpp>
#include <streamdemo/processor/processor.hpp>

namespace streamdemo::app {

bus::kafka_options kafka_options(const config::settings& s);
bus::journal_options journal_options(const config::settings& s);
artifacts::options artifact_options(const config::settings& s, int descriptors_below);
management::options management_options(const config::settings& s, std::string token, int descriptors_below);
// Its request topics: the common one, and the ones for single kinds that have a command.
processor::options processor_options(const config::settings& s, std::string source);

}  // namespace streamdemo::app
