// The settings with which a librdkafka producer accepts every record that this program may publish, and keeps the
// contract of the bus. Pure.
#pragma once
#include "bus/kafka/client.hpp"

namespace streamdemo::bus::kafka {

// The configured limit on the bytes of one batch of records.
std::size_t batch_bytes(const kafka_options& o);

// How many requests of a connection to a broker are under way at once, by how long one takes (nullopt: not known).
int requests_in_flight(std::optional<base::microseconds> round_trip);
// Whether it is what the user says instead.
bool user_sets_requests_in_flight(const kafka_options& o);

// How long a record waits for others of its partition, where they are many.
inline constexpr base::milliseconds usual_linger{2};
// Whether the user says how long each waits.
bool user_sets_linger(const kafka_options& o);

// The user may override these.
std::vector<setting> producer_defaults(const kafka_options& o, std::optional<base::microseconds> round_trip,
                                       base::milliseconds linger = usual_linger);
// Nobody may override these. `timeout`: when the library gives a record up; nullopt: never.
std::vector<setting> producer_fixed(const kafka_options& o, std::optional<base::milliseconds> timeout,
                                    std::size_t batch_bytes);

}  // namespace streamdemo::bus::kafka
