// A request of a task that somebody may have begun is judged only once its partition of `response` was read up to the
// end that existed when the request came.
// This asks for those ends: one question to the bus at a time, which answers for every request that came before it was
// asked, and then holds each request back until its end is reached. Pure; of one partition.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace streamdemo::processor {

class end_questions {
 public:
  struct question {
    std::uint64_t number;
    std::string task;
  };

  // This task needs an end that is asked for from now on. `number` is the caller's, to recognize the answer.
  void add(std::uint64_t number, std::string task) { unasked_.push_back({number, std::move(task)}); }

  bool is_asking() const noexcept { return asking_ != 0; }
  bool has_unasked() const noexcept { return !unasked_.empty(); }
  // The bus is asked now. `token`, never 0, comes back with the answer.
  void ask(std::uint64_t token);
  // The questions that this answers; nullopt if it is not the answer to the last ask().
  std::optional<std::vector<question>> answer(std::uint64_t token);

  // Holds a task back until `end` is reached. No `end` is lower than one before.
  void hold(std::int64_t end, std::string task) { held_.emplace_back(end, std::move(task)); }
  // The next task whose end is at or before `position`.
  std::optional<std::string> reached(std::int64_t position);

  // The partition is read anew: drops all questions. An answer that is still on its way then answers none.
  void clear();

 private:
  std::uint64_t asking_ = 0;  // the token of the unanswered question; 0: none
  std::vector<question> unasked_;
  std::vector<question> asked_;
  std::deque<std::pair<std::int64_t, std::string>> held_;  // ascending
};

}  // namespace streamdemo::processor
