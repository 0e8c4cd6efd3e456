// The settings of a librdkafka producer, so that it takes every record that this program may publish, and keeps what
// the bus promises. Pure.
#pragma once
#include "bus/kafka/client.hpp"

namespace streamdemo::bus::kafka {

// What the records of one request may take together, as far as the options say.
std::size_t batch_bytes(const kafka_options& o);

// The user may set others.
std::vector<setting> producer_defaults(const kafka_options& o);
// `timeout`: after which the library gives a record up; nullopt: never.
std::vector<setting> producer_fixed(const kafka_options& o, std::optional<base::milliseconds> timeout,
                                    std::size_t batch_bytes);

}  // namespace streamdemo::bus::kafka
