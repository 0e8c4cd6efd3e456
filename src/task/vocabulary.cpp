#include <algorithm>
#include <array>
#include <streamdemo/task/vocabulary.hpp>
#include <utility>

namespace streamdemo::task {

namespace {

struct type_name {
  message_type type;
  std::string_view ce;
};

constexpr std::array type_names{
    type_name{message_type::submitted, "streamdemo.task.submitted"},
    type_name{message_type::accepted, "streamdemo.task.accepted"},
    type_name{message_type::started, "streamdemo.task.started"},
    type_name{message_type::result, "streamdemo.task.result"},
    type_name{message_type::progress, "streamdemo.task.progress"},
    type_name{message_type::log, "streamdemo.task.log"},
    type_name{message_type::ended, "streamdemo.task.ended"},
    type_name{message_type::released, "streamdemo.task.released"},
    type_name{message_type::deleted, "streamdemo.task.deleted"},
    type_name{message_type::alive, "streamdemo.processor.alive"},
};

constexpr std::array<std::string_view, 6> reserved_kinds{"stream", "tasks", "kinds", "results", "artifacts", "session"};

}  // namespace

std::string_view ce_type(message_type type) noexcept {
  for (const auto& n : type_names) {
    if (n.type == type) return n.ce;
  }
  return {};
}

std::string_view to_string(message_type type) noexcept {
  const auto full = ce_type(type);
  return full.substr(full.rfind('.') + 1);
}

std::optional<message_type> parse_ce_type(std::string_view text) noexcept {
  for (const auto& n : type_names) {
    if (n.ce == text) return n.type;
  }
  return std::nullopt;
}

std::string_view to_string(status s) noexcept {
  switch (s) {
    case status::queued:
      return "queued";
    case status::running:
      return "running";
    case status::succeeded:
      return "succeeded";
    case status::failed:
      return "failed";
    case status::canceled:
      return "canceled";
    case status::expired:
      return "expired";
  }
  return {};
}

std::optional<status> parse_end(std::string_view text) noexcept {
  for (const auto s : {status::succeeded, status::failed, status::canceled, status::expired}) {
    if (to_string(s) == text) return s;
  }
  return std::nullopt;
}

bool is_kind(std::string_view text) noexcept {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), plain) &&
         std::find(reserved_kinds.begin(), reserved_kinds.end(), text) == reserved_kinds.end();
}

}  // namespace streamdemo::task
