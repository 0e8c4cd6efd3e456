#include "compare/report/html/html_report.hpp"

#include <fmt/format.h>

#include "compare/report/client_files.hpp"
#include "compare/report/html/page.hpp"
#include "compare/report/html/pictures.hpp"
#include "compare/report/text_report.hpp"
#include "compare/report/verdict.hpp"

namespace streamdemo::compare {

namespace {

std::string problems(const std::vector<std::string>& all) {
  std::string out;
  for (const auto& p : all) out += fmt::format("<p class=\"bad\">Not measured: {}</p>\n", html::escape(p));
  return out;
}

std::string foot(const machine& m, const calibration& c, const std::string& command) {
  return html::paragraph(calibration_line(c)) +
         html::paragraph(
             fmt::format("{}, {} cores, {}, streamdemo {}, {}", m.processor, m.cores, m.system, m.version, m.date)) +
         "<pre>" + html::escape(command) + "</pre>\n";
}

std::string clients() {
  std::string out;
  for (const auto& f : embedded_files()) {
    out += html::details(fmt::format("{}: {} lines", f.name, count_lines(f.bytes)), f.bytes);
  }
  return out;
}

void add(std::string& to, std::string_view title, std::string_view what, const std::string& picture) {
  if (picture.empty()) return;
  to += html::heading(title) + html::paragraph(what) + picture;
}

std::string section_html(const section& s) {
  std::string out;
  const bool one = !s.rows.empty() && s.rows.front().clients == 1;
  const auto title = [&](const char* what) { return fmt::format("{}: {}", s.title, what); };
  if (one) {
    add(out, title("when results arrive"), "Each lane is the same task. At the right: when the first result was there.",
        html::timeline(s));
  }
  add(out, title("the delay of each result"), "From the moment a result exists to the client. The axis is logarithmic.",
      html::delays(s));
  add(out, title("requests"), "After the submission, all clients together.", html::request_bars(s));
  add(out, title("bytes"), "As the kernel counted them on the clients' sockets, heads and frames included.",
      html::byte_bars(s));
  if (!one) add(out, title("CPU for one delivered result"), "User and kernel time.", html::cpu_bars(s));
  out += html::heading(title("all numbers"));
  out += html::table(felt_table(s)) + html::table(cost_table(s));
  return out;
}

}  // namespace

std::string html_report(const report& r) {
  std::string body;
  for (const auto& line : verdicts(r)) body += "<p class=\"lead\">" + html::escape(line) + "</p>\n";
  body += problems(r.problems);
  if (r.calibration.noisy())
    body += fmt::format("<p class=\"bad\">{}</p>\n", html::escape(calibration_line(r.calibration)));
  for (const auto& s : r.sections) body += section_html(s);
  add(body, fmt::format("Memory of the server for a client that waits ({} clients)", r.waiters),
      "The kernel's socket buffers are not in it.", html::memory_bars(r));
  body += html::heading("What a client needs") +
          html::paragraph("The smallest clients that lose nothing while the server is away for a while.") + clients();
  body += html::heading("How it was measured");
  for (const auto& line : how_measured(r)) body += html::paragraph(line);
  body += foot(r.machine, r.calibration, r.command_line);
  return html::page("Polling or streaming? The same task over every transport", body);
}

std::string html_report(const bus_report& r) {
  std::string body;
  for (const auto& line : verdicts(r)) body += "<p class=\"lead\">" + html::escape(line) + "</p>\n";
  body += problems(r.problems);
  const auto picture = [&](std::string_view title, std::string_view unit, auto value) {
    std::vector<html::bar_row> rows;
    for (const auto& row : r.rows) {
      if (const std::optional<double> v = value(row)) {
        rows.push_back({row.name, "flow", fmt::format("{} {}", number(*v), unit), *v, 0});
      }
    }
    add(body, title, "", html::bars(rows, {}, {}));
  };
  picture("Delay of a result, median", "ms",
          [](const bus_row& b) { return b.delay_ms ? std::optional(b.delay_ms->p50) : std::nullopt; });
  picture("Until a task is accepted, median", "ms",
          [](const bus_row& b) { return b.accept_ms ? std::optional(b.accept_ms->p50) : std::nullopt; });
  picture("Small results per second", "/s", [](const bus_row& b) { return b.results_per_second; });
  picture("Tasks that wait, per second", "/s", [](const bus_row& b) { return b.waiting_tasks_per_second; });
  picture("Tasks that burn CPU, per second", "/s", [](const bus_row& b) { return b.burning_tasks_per_second; });
  std::vector<html::bar_row> kills;
  for (const auto& k : r.kills) {
    kills.push_back({k.name,
                     {},
                     fmt::format("{} of {}", k.finished, k.tasks),
                     static_cast<double>(k.finished),
                     static_cast<double>(k.tasks - k.finished)});
  }
  if (!kills.empty()) {
    add(body, "Tasks that finish although their worker is killed with -9", "",
        html::legend({{"flow", "finished"}, {"empty", "not"}}) + html::bars(kills, "flow", "empty"));
  }
  body += html::heading("All numbers");
  for (const auto& t : tables(r)) body += html::table(t);
  body += html::heading("How it was measured");
  for (const auto& line : how_measured(r)) body += html::paragraph(line);
  body += foot(r.machine, r.calibration, r.command_line);
  return html::page("In memory, with a journal, or Kafka? The same work on each bus", body);
}

}  // namespace streamdemo::compare
