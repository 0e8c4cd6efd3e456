#include <streamdemo/base/json.hpp>
#include <streamdemo/base/text.hpp>
#include <streamdemo/task/event.hpp>
#include <streamdemo/task/media_type.hpp>

#include <algorithm>
#include <charconv>

namespace streamdemo::task {

namespace {

// Whether `text` begins with `with`, ignoring case.
bool begins(std::string_view text, std::string_view with) {
  return base::same_word(text.substr(0, with.size()), with);
}
bool ends(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && base::same_word(text.substr(text.size() - with.size()), with);
}

// Appends `"data":…` or `"content_type":…,"data_base64":…`.
void append_payload(std::string& out, std::string_view content_type, std::string_view payload) {
  if (payload.empty()) {
    out += "\"data\":null";
  } else if (says_json(content_type) && base::is_json(payload)) {
    out += "\"data\":";
    const auto begin = out.size();
    out += payload;
    // In valid JSON raw line breaks occur only between tokens. Replace them, because one would end the SSE line.
    for (std::size_t i = begin; i < out.size(); ++i) {
      if (out[i] == '\n' || out[i] == '\r') out[i] = ' ';
    }
  } else if ((says_json(content_type) || begins(content_type, "text/")) && base::is_utf8(payload)) {
    out += "\"data\":";
    base::append_json_string(out, payload);
  } else {
    out += "\"content_type\":";
    base::append_json_string(out, base::is_utf8(content_type) ? content_type : "application/octet-stream");
    out += ",\"data_base64\":\"";
    out += base::base64(payload);
    out += '"';
  }
}

// Appends texts in one step: there are thirty of them in an event.
template <class... Text>
void append(std::string& out, const Text&... texts) {
  const auto begin = out.size();
  out.resize(begin + (std::string_view(texts).size() + ...));
  char* at = out.data() + begin;
  const auto copy = [&at](std::string_view text) { at = std::copy_n(text.data(), text.size(), at); };
  (copy(texts), ...);
}

// The digits of a number, for as long as this lives.
class decimal {
 public:
  explicit decimal(std::int64_t n) : end_(std::to_chars(digits_, digits_ + sizeof digits_, n).ptr) {}
  operator std::string_view() const noexcept { return {digits_, end_}; }

 private:
  char digits_[20];
  char* end_;
};

std::optional<message_type> event_type_of(std::string_view word) noexcept {
  using enum message_type;
  for (const auto type : {accepted, started, result, progress, log, ended}) {
    if (word == to_string(type)) return type;
  }
  return std::nullopt;
}

}  // namespace

// Media types are case-insensitive, and whitespace may surround the semicolon (RFC 9110, section 8.3.1).
bool says_json(std::string_view content_type) {
  auto media = content_type.substr(0, content_type.find(';'));
  while (media.ends_with(' ') || media.ends_with('\t')) media.remove_suffix(1);
  return base::same_word(media, "application/json") || ends(media, "+json");
}

event_ptr make_event(const event_fields& f) {
  auto e = std::make_shared<event>();
  e->seq_ = f.seq;
  e->type_ = f.type;
  const std::string_view type = to_string(f.type);
  const decimal seq(f.seq);
  auto& out = e->text_;
  out.reserve(f.payload.size() + f.request_id.size() + f.source.size() + 256);
  append(out, "id: ", seq, "\nevent: ", type, "\ndata: ");
  e->json_at_ = static_cast<std::uint32_t>(out.size());
  append(out, "{\"type\":\"", type, "\",\"request_id\":");
  base::append_json_string(out, f.request_id);
  append(out, ",\"seq\":", seq, ",\"attempt\":", decimal(f.attempt), ",\"time\":\"");
  base::append_micros(out, f.time);
  append(out, "\",\"log_time\":\"");
  base::append_millis(out, f.log_time);
  append(out, "\",\"source\":");
  base::append_json_string(out, instance_name(f.source));
  if (f.resumed) out += *f.resumed ? ",\"resumed\":true" : ",\"resumed\":false";
  out += ',';
  append_payload(out, f.content_type, f.payload);
  out += "}\n\n";
  return e;
}

event_ptr event_of(std::string sse) {
  constexpr std::string_view id = "id: ", name = "\nevent: ", data = "\ndata: ";
  const std::string_view text = sse;
  const auto name_at = text.find(name);
  const auto data_at = text.find(data);
  if (!text.starts_with(id) || name_at > data_at || data_at == text.npos || !text.ends_with("}\n\n")) return nullptr;
  std::int64_t seq = 0;
  const auto digits = text.substr(id.size(), name_at - id.size());
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), seq);
  const auto type = event_type_of(text.substr(name_at + name.size(), data_at - name_at - name.size()));
  if (ec != std::errc{} || end != digits.data() + digits.size() || seq < 1 || !type) return nullptr;
  auto e = std::make_shared<event>();
  e->seq_ = seq;
  e->type_ = *type;
  e->json_at_ = static_cast<std::uint32_t>(data_at + data.size());
  e->text_ = std::move(sse);
  return e;
}

}  // namespace streamdemo::task
