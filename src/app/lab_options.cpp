#include "app/lab_options.hpp"

#include <CLI/CLI.hpp>

namespace streamdemo::app {

namespace {

void add_outputs(CLI::App& to, compare::outputs& out) {
  to.add_option("--json", out.json, "Write all numbers as JSON to this file; - is standard output");
  to.add_option("--html", out.html, "Write the report as one page with pictures to this file");
}

}  // namespace

void add_lab(CLI::App& cli, lab_options& o) {
  auto& t = o.transports;
  o.compare = cli.add_subcommand("compare", "Measure what polling costs and what streaming gives, on the same task");
  o.compare->footer(
      "Without --url a server is started for it. Exit code 0: all was measured; 1: something was not, and the\n"
      "report says what; 2: the options are wrong; 130: you stopped it.");
  o.compare->add_option("--url", t.url, "Of a running server, http://host:port");
  o.compare->add_option("--tls-url", t.tls_url, "Of a proxy with TLS in front of it, https://host:port: measured, too");
  o.compare->add_flag("--insecure", t.insecure, "Take the proxy's certificate as it is");
  o.compare->add_option("--pid", t.pid, "Process id of the server at --url: for its CPU")->check(CLI::PositiveNumber);
  o.compare->add_option("--proxy-pid", t.proxy_pid, "Process id of the proxy: for its CPU, child processes included")
      ->check(CLI::PositiveNumber);
  o.compare->add_option("--clients", t.clients, "Clients at once in the second part; 1 leaves it out")
      ->capture_default_str()
      ->check(CLI::Range(1, 5000));
  o.compare
      ->add_option("--rounds", t.rounds, "That many clients are measured in; of CPU times and delays the least count")
      ->capture_default_str()
      ->check(CLI::Range(1, 20));
  o.compare->add_option("--memory-clients", t.memory_clients, "Clients that wait while memory is measured; 0: not")
      ->capture_default_str()
      ->check(CLI::Range(0, 10000));
  o.compare->add_option("--results", t.results, "Results of each task")
      ->capture_default_str()
      ->check(CLI::Range(1, 10000));
  o.compare->add_option("--interval-ms", t.interval_ms, "Between two results")
      ->capture_default_str()
      ->check(CLI::Range(0, 60000));
  o.compare->add_option("--payload-bytes", t.payload_bytes, "Of filler in each result")
      ->capture_default_str()
      ->check(CLI::Range(0, 500000));
  o.compare->add_option("--transports", t.transports, "Only these, separated by commas");
  add_outputs(*o.compare, t.out);

  o.buses =
      o.compare->add_subcommand("buses", "Measure the in-process bus, in memory and with its journal, against Kafka");
  o.buses->add_option("--brokers", o.bus.brokers, "host:port, … of a Kafka cluster (./dev kafka up starts one)")
      ->envname("STREAMDEMO_KAFKA_BROKERS");
  o.buses->add_option("--tasks", o.bus.tasks, "Tasks that run when their worker is killed")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  o.buses->add_option("--parts", o.bus.parts, "Only these of price,kill,latency")
      ->delimiter(',')
      ->check(CLI::IsMember({"price", "kill", "latency"}));
  add_outputs(*o.buses, o.bus.out);
}

}  // namespace streamdemo::app
