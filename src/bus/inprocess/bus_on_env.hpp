// The bus with a journal on other files than the system's: tests pass an environment that loses what was not synced, or
// refuses to write.
#pragma once
#include <streamdemo/bus/inprocess.hpp>

namespace rocksdb {
class Env;
}

namespace streamdemo::bus::inprocess {

// As make_journaled_bus(). `env` must outlive the bus; nullptr: the system's files.
result<std::unique_ptr<bus>> make_bus_on_env(const journal_options& o, rocksdb::Env* env, const base::clock& clock,
                                             base::metrics& metrics, const base::logger& log);

}  // namespace streamdemo::bus::inprocess
