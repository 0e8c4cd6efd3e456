// What a topic must be like for the promises of this program to hold, and what to do when one is not. Pure.
#pragma once
#include <streamdemo/bus/bus.hpp>

#include <map>

namespace streamdemo::bus::kafka {

// A topic's settings by Kafka's names.
using topic_settings = std::map<std::string, std::string>;

// How many bytes a batch of records may take on this topic; nullopt when the broker did not say.
std::optional<std::size_t> max_message_bytes(const topic_settings& found);

// What a topic is created with.
topic_settings settings_for(const topic_spec& spec, bool log_append_time);

// Error: invalid_argument.
result<void> check_partitions(const topic_spec& spec, std::int32_t partitions);
// `copies` are those of the partition that has the fewest, `found` the settings of an existing topic. Error:
// invalid_argument.
result<void> check_copies(const topic_spec& spec, std::int32_t copies, const topic_settings& found);
// What somebody may have chosen so, but had better know.
std::vector<std::string> remarks(const topic_spec& spec, std::int32_t copies, const topic_settings& found);
// `found` are the settings of an existing topic. Error: invalid_argument, naming the command that mends it.
result<void> check_settings(const topic_spec& spec, const topic_settings& found);

}  // namespace streamdemo::bus::kafka
