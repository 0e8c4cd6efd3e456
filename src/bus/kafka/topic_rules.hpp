// The requirements on a topic for this program's guarantees to hold, and what to do if it does not meet them. Pure.
#pragma once
#include <streamdemo/bus/bus.hpp>

#include <map>

namespace streamdemo::bus::kafka {

// A topic's settings, by Kafka's names for them.
using topic_settings = std::map<std::string, std::string>;

// How many bytes a batch of records may have on this topic; nullopt: the broker did not say.
std::optional<std::size_t> max_message_bytes(const topic_settings& found);

// The settings with which to create a topic.
topic_settings settings_for(const topic_spec& spec, bool log_append_time);

// Error: invalid_argument.
result<void> check_partitions(const topic_spec& spec, std::int32_t partitions);
// `copies`: those of the partition with the fewest; `found`: the settings of an existing topic. Error:
// invalid_argument.
result<void> check_copies(const topic_spec& spec, std::int32_t copies, const topic_settings& found);
// Warnings about settings that may be intended, but that the operator should know of.
std::vector<std::string> remarks(const topic_spec& spec, std::int32_t copies, const topic_settings& found);
// `found`: the settings of an existing topic. Error: invalid_argument, with the command that fixes it.
result<void> check_settings(const topic_spec& spec, const topic_settings& found);

}  // namespace streamdemo::bus::kafka
