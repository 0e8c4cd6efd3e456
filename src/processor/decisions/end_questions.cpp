#include "processor/decisions/end_questions.hpp"

namespace streamdemo::processor {

void end_questions::ask(std::uint64_t token) {
  asking_ = token;
  asked_.swap(unasked_);
}

std::optional<std::vector<end_questions::question>> end_questions::answer(std::uint64_t token) {
  if (asking_ != token) return std::nullopt;
  asking_ = 0;
  return std::exchange(asked_, {});
}

std::optional<std::string> end_questions::reached(std::int64_t position) {
  if (held_.empty() || held_.front().first > position) return std::nullopt;
  auto task = std::move(held_.front().second);
  held_.pop_front();
  return task;
}

void end_questions::clear() {
  held_.clear();
  asked_.clear();
  unasked_.clear();
}

}  // namespace streamdemo::processor
