#include "gateway/api/stream/stream_message.hpp"

#include <fmt/format.h>

#include <streamdemo/base/id.hpp>
#include <streamdemo/base/shown.hpp>

#include <algorithm>
#include <array>
#include <span>

#include <streamdemo/base/json_members.hpp>
#include "gateway/api/stream/cursor.hpp"
#include "gateway/api/submit/submit_request.hpp"

namespace streamdemo::gateway {

namespace {

using stream_action = stream_message::action;

// In the order of the enumeration.
constexpr std::array<std::string_view, 5> action_names{"submit", "subscribe", "unsubscribe", "cancel", "authenticate"};
constexpr std::array<std::string_view, 7> of_submit{"ref",   "action",          "kind",       "payload",
                                                    "after", "idempotency_key", "deadline_ms"};
constexpr std::array<std::string_view, 4> of_subscribe{"ref", "action", "request_id", "after"};
constexpr std::array<std::string_view, 3> of_authenticate{"ref", "action", "token"};
constexpr std::array<std::string_view, 3> of_others{"ref", "action", "request_id"};
constexpr std::size_t max_ref_bytes = 128;

// The members of a message, found in one pass. If a name occurs twice, the first one counts.
class members {
 public:
  explicit members(std::string_view text) {
    base::each_member(text, [this](std::string_view name, std::string_view value) {
      const auto i = index_of(name);
      auto& place = i < names.size() ? values_[i] : stranger_;
      if (!place) place = i < names.size() ? value : name;
      return true;
    });
  }

  std::optional<std::string_view> operator[](std::string_view name) const { return values_[index_of(name)]; }

  // The first name in the message that is not in `known`; nullopt if there is none.
  std::optional<std::string_view> unknown(std::span<const std::string_view> known) const {
    auto first = stranger_;
    auto name = stranger_;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!values_[i] || std::ranges::find(known, names[i]) != known.end()) continue;
      if (first && first->data() < values_[i]->data()) continue;
      first = values_[i];
      name = names[i];
    }
    return name;
  }

 private:
  // The members of all actions.
  static constexpr std::array<std::string_view, 9> names{
      "ref", "action", "kind", "payload", "after", "idempotency_key", "deadline_ms", "request_id", "token"};
  static std::size_t index_of(std::string_view name) noexcept {
    return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
  }

  std::array<std::optional<std::string_view>, names.size()> values_;
  std::optional<std::string_view> stranger_;  // the first name that no action knows
};

std::optional<std::string> text_of(std::optional<std::string_view> json) {
  return json ? base::text_of_json_string(*json) : std::nullopt;
}

std::optional<stream_action> action_of(const members& all) {
  const auto name = text_of(all["action"]);
  for (std::size_t i = 0; name && i < action_names.size(); ++i) {
    if (action_names[i] == *name) return static_cast<stream_action>(i);
  }
  return std::nullopt;
}

bool is_ref(std::string_view json) {
  const char c = json.front();
  return json.size() <= max_ref_bytes && (c == '"' || c == '-' || (c >= '0' && c <= '9'));
}

std::span<const std::string_view> members_of(stream_action a) noexcept {
  if (a == stream_action::submit) return of_submit;
  if (a == stream_action::subscribe) return of_subscribe;
  if (a == stream_action::authenticate) return of_authenticate;
  return of_others;
}

// A misspelt member must not be ignored silently: the task would run with defaults.
std::optional<refusal> refuse_unknown(const members& all, stream_action a) {
  const auto known = members_of(a);
  const auto name = all.unknown(known);
  if (!name) return std::nullopt;
  return refusal{
      problem::bad_request,
      fmt::format("{} has no member \"{}\", but: {}", to_string(a), base::shown(*name), fmt::join(known, ", ")),
      {}};
}

checked<std::int64_t> cursor_of(const members& all) {
  const auto after = all["after"];
  if (!after) return 0;
  const auto cursor = parse_cursor(*after);
  if (!cursor) return refusal{problem::bad_cursor, "\"after\" must be a whole number from 0", {}};
  return *cursor;
}

std::optional<refusal> fill_submission(stream_message& m, const members& all, base::milliseconds max_deadline) {
  auto kind = text_of(all["kind"]);
  if (!kind) return refusal{problem::bad_request, "\"kind\" must name the kind of task to submit", {}};
  m.kind = std::move(*kind);
  if (const auto key = all["idempotency_key"]) {
    auto checked = checked_key(text_of(key).value_or(std::string{}));
    if (!checked) return checked.error();
    m.key = std::move(*checked);
  }
  if (const auto deadline = all["deadline_ms"]) {
    const auto parsed = parse_deadline(*deadline, max_deadline);
    if (!parsed) return parsed.error();
    m.deadline = *parsed;
  }
  auto payload = payload_of_json(std::string(all["payload"].value_or(std::string_view{})));
  if (!payload) return payload.error();
  m.payload = std::move(*payload);
  return std::nullopt;
}

std::optional<refusal> fill(stream_message& m, const members& all, base::milliseconds max_deadline) {
  if (auto unknown = refuse_unknown(all, m.what)) return unknown;
  const auto after = cursor_of(all);
  if (!after) return after.error();
  m.after = *after;
  if (m.what == stream_action::submit) return fill_submission(m, all, max_deadline);
  if (m.what == stream_action::authenticate) {
    auto token = text_of(all["token"]);
    if (!token) return refusal{problem::bad_request, "\"token\" must be a key or token, as a string", {}};
    m.token = std::move(*token);
    return std::nullopt;
  }
  auto id = text_of(all["request_id"]);
  if (!id) return refusal{problem::bad_request, "\"request_id\" must be the id of a task", {}};
  if (!base::is_id(*id)) return refusal{problem::unknown_task, "\"" + *id + "\" is no task id", {}};
  m.request_id = std::move(*id);
  return std::nullopt;
}

}  // namespace

std::string_view to_string(stream_action a) noexcept {
  return action_names[static_cast<std::size_t>(a)];
}

boost::system::result<stream_message, bad_stream_message> parse_stream_message(std::string_view text,
                                                                               base::milliseconds max_deadline) {
  if (!base::is_json_object(text)) {
    return bad_stream_message{{problem::bad_json, "each message must be one JSON object", {}}, {}, {}, {}};
  }
  const members all(text);
  const auto ref = all["ref"];
  if (ref && !is_ref(*ref)) {
    return bad_stream_message{
        {problem::bad_request, "\"ref\" must be a string or a number of at most 128 bytes", {}}, {}, {}, {}};
  }
  stream_message m;
  m.ref = std::string(ref.value_or(std::string_view{}));
  const auto what = action_of(all);
  if (!what) {
    return bad_stream_message{
        {problem::bad_request,
         "\"action\" must be \"submit\", \"subscribe\", \"unsubscribe\", \"cancel\" or \"authenticate\"",
         {}},
        {},
        std::move(m.ref),
        {}};
  }
  m.what = *what;
  if (auto why = fill(m, all, max_deadline)) {
    return bad_stream_message{std::move(*why), to_string(m.what), std::move(m.ref), std::move(m.request_id)};
  }
  return m;
}

}  // namespace streamdemo::gateway
