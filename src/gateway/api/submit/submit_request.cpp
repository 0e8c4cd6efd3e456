#include "gateway/api/submit/submit_request.hpp"

#include <streamdemo/base/json.hpp>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <charconv>

#include <streamdemo/base/json_members.hpp>
#include "gateway/api/submit/body_type.hpp"

namespace streamdemo::gateway {

namespace {

// A tree is built, because the value decides what a processor will read.
bool names_only_the_sample(std::string_view object) {
  boost::json::error_code ec;
  const auto value = boost::json::parse(object, ec);
  if (ec || !value.is_object() || value.get_object().contains("upload")) return false;
  const auto* source = value.get_object().if_contains("source");
  return source != nullptr && source->is_string() && source->get_string() == "sample";
}

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

checked<std::string> json_payload(std::string_view kind, std::string body) {
  if (!body.empty() && !base::is_json_object(body)) return no_object();
  return payload_of_json(kind, std::move(body));
}

checked<std::string> payload_of_json(std::string_view kind, std::string json) {
  if (json.empty() && kind != video_kind) return std::string("{}");
  if (!base::begins_an_object(json)) return no_object();
  if (kind == video_kind && !names_only_the_sample(json)) {
    return refusal{problem::bad_json,
                   "JSON for process-video names its input by \"source\":\"sample\"; to process a video of your own, "
                   "send the file itself as the body",
                   {}};
  }
  return json;
}

checked<submit_message> parse_submit_message(std::string_view kind, std::string_view text) {
  if (!base::is_json_object(text)) return refusal{problem::bad_json, "the message must be one JSON object", {}};
  submit_message m;
  if (const auto value = base::member_value(text, "idempotency_key")) {
    // Keys are printable ASCII: one that needs escapes would not be taken anyway.
    const bool plain = value->size() >= 2 && value->front() == '"' && value->find('\\') == std::string_view::npos;
    auto key = checked_key(plain ? value->substr(1, value->size() - 2) : std::string_view{});
    if (!key) return key.error();
    m.key = std::move(*key);
    m.payload = base::without_member(text, "idempotency_key");
  } else {
    m.payload = std::string(text);
  }
  auto payload = payload_of_json(kind, std::move(m.payload));
  if (!payload) return payload.error();
  m.payload = std::move(*payload);
  return m;
}

checked<upload_options> parse_upload_options(const http::request& r) {
  upload_options o;
  for (const auto& [name, value] : r.query) {
    if (name == "deadline_ms") continue;
    o.members += ",\"";
    if (name == "clip_seconds") {
      const bool number = !value.empty() && value[0] >= '0' && value[0] <= '9' && base::is_json(value);
      if (!number) return refusal{problem::bad_option, "clip_seconds must be a number", {}};
      o.members += name + "\":" + value;
    } else if (name == "copy") {
      if (value != "true" && value != "false") return refusal{problem::bad_option, "copy must be true or false", {}};
      o.members += name + "\":" + value;
    } else if ((name == "size" || name == "preset") && base::is_utf8(value)) {
      o.members += name + "\":" + base::json_string(value);
    } else {
      return refusal{
          problem::bad_option,
          "the options of an upload are clip_seconds, size, preset, copy and deadline_ms; one of yours is another",
          {}};
    }
  }
  return o;
}

std::string upload_payload(std::string_view name, const upload_options& o) {
  return "{\"source\":\"upload\",\"upload\":" + base::json_string(name) + o.members + "}";
}

}  // namespace streamdemo::gateway
