#include "gateway/api/submit/submit_request.hpp"

#include <streamdemo/base/json.hpp>

#include <algorithm>
#include <charconv>

#include <streamdemo/base/json_members.hpp>

namespace streamdemo::gateway {

namespace {

refusal no_object() {
  return {problem::bad_json, "the body must be one JSON object (RFC 8259, UTF-8, at most 64 deep)", {}};
}

}  // namespace

checked<std::optional<base::milliseconds>> deadline_option(const http::request& r, base::milliseconds max) {
  const auto text = r.query_value("deadline_ms");
  if (!text) return std::optional<base::milliseconds>{};
  const auto deadline = parse_deadline(*text, max);
  if (!deadline) return deadline.error();
  return std::optional(*deadline);
}

checked<base::milliseconds> parse_deadline(std::string_view text, base::milliseconds max) {
  std::int64_t n = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (ec != std::errc{} || end != text.data() + text.size() || n < 1 || n > max.count()) {
    return refusal{
        problem::bad_option,
        "deadline_ms must be a whole number from 1 to " + std::to_string(max.count()) + " (tasks.max_deadline_ms)",
        {}};
  }
  return base::milliseconds(n);
}

checked<std::string> checked_key(std::string_view key) {
  const auto printable = [](char c) { return c >= 0x20 && c < 0x7f; };
  if (key.empty() || key.size() > 255 || !std::all_of(key.begin(), key.end(), printable)) {
    return refusal{problem::bad_option, "an idempotency key is 1 to 255 printable ASCII characters", {}};
  }
  return std::string(key);
}

checked<std::string> idempotency_key(const http::request& r) {
  if (!r.has_header("Idempotency-Key")) return std::string{};
  return checked_key(r.header("Idempotency-Key"));
}

std::optional<refusal> wrong_input(const kind_info& kind, std::string_view payload) {
  if (!kind.input) return std::nullopt;
  const auto v = kind.input->check(payload);
  if (!v) return std::nullopt;
  return refusal{problem::invalid_input, to_sentence(*v), "\"pointer\":" + base::json_string(v->pointer)};
}

checked<std::string> json_payload(const kind_info& kind, std::string body) {
  if (!body.empty() && !base::is_json_object(body)) return no_object();
  auto payload = payload_of_json(std::move(body));
  if (!payload) return payload;
  if (auto wrong = wrong_input(kind, *payload)) return *std::move(wrong);
  return payload;
}

checked<std::string> payload_of_json(std::string json) {
  if (json.empty()) return std::string("{}");
  if (!base::begins_an_object(json)) return no_object();
  return json;
}

checked<submit_message> parse_submit_message(const kind_info& kind, std::string_view text) {
  if (!base::is_json_object(text)) return refusal{problem::bad_json, "the message must be one JSON object", {}};
  submit_message m;
  if (const auto value = base::member_value(text, "idempotency_key")) {
    auto key = checked_key(base::text_of_json_string(*value).value_or(std::string{}));
    if (!key) return key.error();
    m.key = std::move(*key);
    m.payload = base::without_member(text, "idempotency_key");
  } else {
    m.payload = std::string(text);
  }
  if (auto wrong = wrong_input(kind, m.payload)) return *std::move(wrong);
  return m;
}

checked<upload_options> parse_upload_options(const upload_input& upload, const http::request& r) {
  upload_options o;
  for (const auto& [name, value] : r.query) {
    if (name == "deadline_ms") continue;
    if (!base::is_utf8(name) || !base::is_utf8(value)) {
      return refusal{problem::bad_option, "the options of an upload must be UTF-8", {}};
    }
    o.members += "," + base::json_string(name) + ":" + upload.options.member_of_text(name, value);
  }
  const auto object = "{" + (o.members.empty() ? o.members : o.members.substr(1)) + "}";
  if (const auto v = upload.options.check(object)) {
    // The pointer of an option is a slash and its name.
    const auto where = v->pointer.empty() ? "the query" : "the option " + v->pointer.substr(1);
    return refusal{problem::bad_option, where + " " + v->sentence, "\"pointer\":" + base::json_string(v->pointer)};
  }
  return o;
}

std::string upload_payload(std::string_view name, const upload_options& o) {
  return "{\"source\":\"upload\",\"upload\":" + base::json_string(name) + o.members + "}";
}

}  // namespace streamdemo::gateway
