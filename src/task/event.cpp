#include <streamdemo/base/json.hpp>
#include <streamdemo/base/text.hpp>
#include <streamdemo/task/event.hpp>

namespace streamdemo::task {

namespace {

// Whether `text` begins with `with`, ignoring case.
bool begins(std::string_view text, std::string_view with) {
  return base::same_word(text.substr(0, with.size()), with);
}
bool ends(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && base::same_word(text.substr(text.size() - with.size()), with);
}

// Media types are case-insensitive, and whitespace may surround the semicolon (RFC 9110, section 8.3.1).
bool says_json(std::string_view content_type) {
  auto media = content_type.substr(0, content_type.find(';'));
  while (media.ends_with(' ') || media.ends_with('\t')) media.remove_suffix(1);
  return base::same_word(media, "application/json") || ends(media, "+json");
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

}  // namespace

event_ptr make_event(const event_fields& f) {
  auto e = std::make_shared<event>();
  e->seq_ = f.seq;
  e->type_ = f.type;
  const auto type = to_string(f.type);
  auto& out = e->text_;
  out.reserve(f.payload.size() + f.request_id.size() + f.source.size() + 256);
  out += "id: ";
  out += std::to_string(f.seq);
  out += "\nevent: ";
  out += type;
  out += "\ndata: ";
  e->json_at_ = static_cast<std::uint32_t>(out.size());
  out += "{\"type\":\"";
  out += type;
  out += "\",\"request_id\":";
  base::append_json_string(out, f.request_id);
  out += ",\"seq\":";
  out += std::to_string(f.seq);
  out += ",\"attempt\":";
  out += std::to_string(f.attempt);
  out += ",\"time\":\"";
  out += base::format_micros(f.time);
  out += "\",\"log_time\":\"";
  out += base::format_millis(f.log_time);
  out += "\",\"source\":";
  base::append_json_string(out, instance_name(f.source));
  if (f.resumed) out += *f.resumed ? ",\"resumed\":true" : ",\"resumed\":false";
  out += ',';
  append_payload(out, f.content_type, f.payload);
  out += "}\n\n";
  return e;
}

}  // namespace streamdemo::task
