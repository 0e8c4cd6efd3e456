// The buses that `compare buses` compares: each a value with its name, its settings, and what it promises. Pure.
#pragma once
#include <string>
#include <vector>

namespace streamdemo::compare {

struct tried_bus {
  std::string id;                     // in JSON: "memory", "journal", "kafka"
  std::string name;                   // in the reports
  std::vector<std::string> settings;  // as for --set, of every process of the service
  bool one_process = true;            // false: a gateway and processors of their own
  bool keeps_tasks = false;           // accepted tasks survive the death of every process of the service
};

tried_bus in_memory();
tried_bus with_journal();
// `brokers`: host:port,…; topics get as many replicas as there are brokers, three at the most.
tried_bus on_kafka(const std::string& brokers);

}  // namespace streamdemo::compare
