#include <fmt/format.h>

#include <algorithm>

#include "compare/buses/bus_report.hpp"

namespace streamdemo::compare {

namespace {

template <class Row>
const Row* first_on(const std::vector<Row>& rows, std::string_view bus) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.bus == bus; });
  return found == rows.end() ? nullptr : &*found;
}

bool has_price(const bus_row* r) {
  return r != nullptr && r->accept_ms && r->delay_ms && r->results_per_second;
}

std::string price(const bus_row& r) {
  return fmt::format("a task is accepted after {} ms and a result arrives after {} ms, {} small results a second",
                     number(r.accept_ms->p50), number(r.delay_ms->p50), number(*r.results_per_second));
}

void prices(std::vector<std::string>& to, const bus_report& r) {
  const auto* memory = first_on(r.rows, "memory");
  const auto* journal = first_on(r.rows, "journal");
  const auto* kafka = first_on(r.rows, "kafka");
  if (!has_price(memory) || !has_price(journal)) return;
  auto line = fmt::format("The price of durability (medians): in memory only {}; with the journal {}", price(*memory),
                          price(*journal));
  if (has_price(kafka)) line += fmt::format("; on Kafka with one processor {}", price(*kafka));
  to.push_back(line + ".");
}

std::string unfinished(const kill_row& k) {
  return fmt::format("{} of {} tasks finished, {} were unknown afterwards", k.finished, k.tasks, k.unknown_after);
}

void kills(std::vector<std::string>& to, const bus_report& r) {
  if (const auto* memory = first_on(r.kills, "memory")) {
    to.push_back(fmt::format("kill -9 of the only process, in memory only: {}.", unfinished(*memory)));
  }
  const auto* journal = first_on(r.kills, "journal");
  if (journal != nullptr && journal->ready_s) {
    auto line = fmt::format("kill -9 of the only process, with the journal: {}. It was ready again after {} s",
                            unfinished(*journal), number(*journal->ready_s));
    if (journal->next_attempt_s) {
      line += fmt::format(", and the tasks that ran went on {} s after the kill (median)",
                          number(journal->next_attempt_s->p50));
    }
    to.push_back(line + ".");
  }
  if (const auto* kafka = first_on(r.kills, "kafka"); kafka != nullptr && kafka->next_attempt_s) {
    to.push_back(
        fmt::format("kill -9 of one processor of two, on Kafka: {}. The tasks that ran on it went on "
                    "{} s after the kill (median).",
                    unfinished(*kafka), number(kafka->next_attempt_s->p50)));
  }
}

}  // namespace

std::vector<std::string> verdicts(const bus_report& r) {
  std::vector<std::string> out;
  prices(out, r);
  kills(out, r);
  return out;
}

}  // namespace streamdemo::compare
