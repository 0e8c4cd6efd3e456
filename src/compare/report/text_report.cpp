#include "compare/report/text_report.hpp"

#include <fmt/format.h>

#include <map>

#include "compare/report/client_files.hpp"
#include "compare/report/table.hpp"
#include "compare/report/verdict.hpp"

namespace streamdemo::compare {

namespace {

std::string lines_of(method m) {
  const auto* client = client_for(m);
  return client != nullptr ? fmt::format("{}", count_lines(client->bytes)) : not_measured;
}

std::string memory_of_waiters(const report& r) {
  const section* with = nullptr;
  for (const auto& s : r.sections) {
    for (const auto& m : s.rows) {
      if (m.bytes_per_waiter) with = &s;
    }
    if (with != nullptr) break;
  }
  if (with == nullptr) return {};
  table t({"a client that waits", "server memory, B"});
  for (const auto& m : with->rows) {
    if (m.transport.method != method::nobody) t.add({m.transport.label, cell(m.bytes_per_waiter)});
  }
  return fmt::format("\n{} clients that wait for a result\n\n", r.waiters) + t.text();
}

std::string ratio_table(const report& r) {
  const auto ratios = r.ratios();
  if (ratios.empty()) return {};
  const std::vector<std::string> columns{"requests", "bytes on the wire", "median delay", "server CPU"};
  table t({"so many times SSE's", columns[0], columns[1], columns[2], columns[3]});
  std::map<std::string, std::map<std::string, double>> values;
  std::vector<std::string> order;
  for (const auto& one : ratios) {
    if (!values.contains(one.over)) order.push_back(one.over);
    values[one.over][one.what] = one.value;
  }
  for (const auto& label : order) {
    std::vector<std::string> row{label};
    for (const auto& what : columns) {
      row.push_back(values[label].contains(what) ? number(values[label][what]) : not_measured);
    }
    t.add(std::move(row));
  }
  return "\n" + t.text();
}

}  // namespace

table_rows felt_table(const section& s) {
  table t({"what the user feels, ms", "first result", "delay p50", "p90", "p99", "max", "got everything"});
  for (const auto& m : s.rows) {
    if (m.transport.method == method::nobody) continue;
    const auto first = m.first_ms ? std::optional(m.first_ms->p50) : std::nullopt;
    const auto delay = [&](double summary::* which) {
      return m.delay_ms ? number((*m.delay_ms).*which) : not_measured;
    };
    t.add({m.transport.label, cell(first), delay(&summary::p50), delay(&summary::p90), delay(&summary::p99),
           delay(&summary::max), fmt::format("{} of {}", m.complete, m.clients)});
  }
  return t.rows();
}

table_rows cost_table(const section& s) {
  const bool proxy = s.find("nobody") != nullptr && s.find("nobody")->proxy_cpu_us.has_value();
  std::vector<std::string> head{"what it costs", "requests", "empty",         "connections",   "sent B",
                                "received B",    "packets",  "server µs/res", "client µs/res", "client lines"};
  if (proxy) head.push_back("proxy µs/res");
  table t(head);
  for (const auto& m : s.rows) {
    std::vector<std::string> row{m.transport.label,
                                 count(m.requests),
                                 count(m.empty_answers),
                                 count(m.wire.connections),
                                 count(m.wire.bytes_sent),
                                 count(m.wire.bytes_received),
                                 count(m.wire.segments_sent + m.wire.segments_received),
                                 cell(m.server_cpu_us),
                                 cell(m.client_cpu_us),
                                 lines_of(m.transport.method)};
    if (proxy) row.push_back(cell(m.proxy_cpu_us));
    t.add(std::move(row));
  }
  return t.rows();
}

std::string calibration_line(const calibration& c) {
  if (c.samples().empty()) return "The machine was not watched.";
  const auto said = fmt::format("A fixed piece of work, timed {} times between the measurements, varied by {:.1f} %",
                                c.samples().size(), c.spread() * 100);
  return said + (c.noisy() ? ": this machine was too noisy; do not compare these numbers with those of another run."
                           : ": the machine was quiet.");
}

std::vector<std::string> how_measured(const report& r) {
  std::vector<std::string> out;
  if (r.sections.empty()) return out;
  const auto& shape = r.sections.front().shape;
  const auto filler = shape.payload_bytes > 0 ? fmt::format(" and {} bytes of payload", shape.payload_bytes) : "";
  out.push_back(fmt::format(
      "Each client follows a task of its own: {} results, one every {} ms, each with a progress event beside "
      "it{}. It is submitted on another connection, which is not in these numbers.",
      shape.results, shape.interval_ms, filler));
  if (shape.interval_ms > 0)
    out.push_back("Many clients start so that no two of them get a result at the same moment.");
  out.push_back(
      "First result: from the submission, median of the clients. Delay: from the `time` in a result to its arrival, by "
      "the same clock. Empty: answers without news.");
  out.push_back(
      "Bytes: TCP payload as the kernel counted it on the client's sockets (TCP_INFO), so heads, frames and TLS "
      "records are in it, the heads of TCP and IP are not. Packets: TCP segments both ways, bare acknowledgements "
      "included, until the client closes.");
  out.push_back(
      "CPU: user and kernel time of all threads per delivered result; the row 'nobody listens' is the same task "
      "without a reader. The clients are this program's own. Client lines: of the smallest JavaScript client that "
      "loses nothing while the server is away (src/compare/report/clients).");
  out.push_back(
      "Many clients are measured in several rounds, because what else runs on a machine only adds to a time: of each "
      "CPU time the least counts, and the delays are those of the round with the least median. Everything else is of "
      "the first round.");
  if (r.waiters > 0) {
    out.push_back(
        "Memory: growth of the server's anonymous memory; the kernel's socket buffers are not in it. Each row has a "
        "server of its own.");
  }
  return out;
}

std::string closing_lines(const calibration& c, const machine& m, const std::vector<std::string>& problems) {
  auto out = fmt::format("\n{}\n{}, {} cores, {}, streamdemo {}, {}\n", calibration_line(c), m.processor, m.cores,
                         m.system, m.version, m.date);
  for (const auto& p : problems) out += fmt::format("NOT MEASURED: {}\n", p);
  return out;
}

std::string text_report(const report& r) {
  std::string out;
  for (const auto& s : r.sections) {
    out += fmt::format("\n{} ({})\n\n{}\n{}", s.title, s.place, table::of(felt_table(s)).text(),
                       table::of(cost_table(s)).text());
  }
  out += memory_of_waiters(r) + ratio_table(r) + "\n";
  for (const auto& line : verdicts(r)) out += line + "\n";
  out += "\n";
  for (const auto& line : how_measured(r)) out += line + "\n";
  return out + closing_lines(r.calibration, r.machine, r.problems);
}

}  // namespace streamdemo::compare
