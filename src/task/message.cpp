#include <charconv>
#include <streamdemo/base/id.hpp>
#include <streamdemo/base/json.hpp>
#include <streamdemo/task/end_payload.hpp>
#include <streamdemo/task/message.hpp>

namespace streamdemo::task {

namespace {

constexpr std::size_t max_key_bytes = 128;
constexpr std::size_t max_source_bytes = 256;
constexpr std::size_t max_owner_bytes = 256;

// Reads a record's headers and keeps the first error; later calls are harmless after one.
class header_reader {
 public:
  explicit header_reader(const base::record& r) : record_(r) {}

  // The header itself, which lives as long as the record.
  std::string_view text(std::string_view name, bool mandatory, std::size_t max_bytes) {
    const auto value = record_.header_value(name);
    if (!value) {
      if (mandatory) complain(name, "is missing");
      return {};
    }
    if (value->size() > max_bytes) complain(name, "is too long");
    if (!base::is_utf8(*value)) complain(name, "is not UTF-8");
    return *value;
  }

  std::int64_t number(std::string_view name, bool mandatory, std::int64_t otherwise) {
    const auto value = record_.header_value(name);
    if (!value) {
      if (mandatory) complain(name, "is missing");
      return otherwise;
    }
    std::int64_t n = 0;
    const auto [end, ec] = std::from_chars(value->data(), value->data() + value->size(), n);
    if (ec != std::errc{} || end != value->data() + value->size() || n < 0) complain(name, "is no whole number");
    return n;
  }

  std::optional<sys_time> time(std::string_view name, bool mandatory) {
    const auto value = record_.header_value(name);
    if (!value) {
      if (mandatory) complain(name, "is missing");
      return std::nullopt;
    }
    const auto t = base::parse_time(*value);
    if (!t) complain(name, "is no RFC 3339 time");
    return t;
  }

  void complain(std::string_view name, std::string_view what) {
    if (problem_.empty()) problem_ = std::string(name) + " " + std::string(what);
  }

  const std::string& problem() const { return problem_; }

 private:
  const base::record& record_;
  std::string problem_;
};

bool belongs_to_run(message_type type) {
  switch (type) {
    case message_type::started:
    case message_type::result:
    case message_type::progress:
    case message_type::log:
    case message_type::released:
      return true;
    default:
      return false;
  }
}

// The runseq of `started` must be 1, and of any other record at least 2: the fold would otherwise ignore it silently.
void check_runseq(const message_view& m, header_reader& h) {
  if (m.run.empty() || !(belongs_to_run(m.type) || m.type == message_type::ended)) return;
  if (m.type == message_type::started && m.runseq != 1) h.complain("ce_runseq", "of a started is not 1");
  if (m.type != message_type::started && m.runseq < 2) h.complain("ce_runseq", "is not above that of the started, 1");
}

// If a foreign processor omits ce_run, its results are ignored. Its `ended` must then not end the task as succeeded.
void check_end_without_run(const message_view& m, std::string_view payload, header_reader& h) {
  if (m.type != message_type::ended || !m.run.empty()) return;
  const auto how = end_status(payload);
  if (how == status::canceled || how == status::expired) return;
  if (m.replaces && how == status::failed) return;
  h.complain("ce_run", "is missing: without a run a task is only canceled or expired");
}

}  // namespace

base::record encode(message m, std::string topic, std::int32_t partition) {
  base::record r;
  r.topic = std::move(topic);
  r.partition = partition;
  r.key = std::move(m.request_id);
  // All but the texts that vary takes less than 400 bytes.
  r.headers.reserve(18, 420 + m.source.size() + m.owner.size() + m.traceparent.size() + m.tracestate.size());
  const auto add = [&r](std::string_view name, std::string_view value) { r.headers.add(name, value); };
  add("ce_specversion", "1.0");
  add("ce_id", base::random_id());
  add("ce_source", m.source);
  add("ce_type", ce_type(m.type));
  add("ce_time", base::format_micros(m.time));
  if (!m.kind.empty()) add("ce_subject", m.kind);
  add("content-type", m.content_type);
  if (m.expiry) add("ce_expirytime", base::format_micros(*m.expiry));
  if (m.accepted_at) add("ce_acceptedtime", base::format_micros(*m.accepted_at));
  if (m.accepted_offset) add("ce_acceptedoffset", std::to_string(*m.accepted_offset));
  if (!m.run.empty()) {
    add("ce_run", m.run);
    add("ce_runseq", std::to_string(m.runseq));
  }
  if (m.replaces) add("ce_replaces", *m.replaces);
  if (m.resume) add("ce_resume", "true");
  if (m.type == message_type::accepted) {
    add("ce_payloadhash", m.payload_hash);
    add("ce_fold", std::to_string(m.fold));
  }
  if (!m.owner.empty()) {
    add("ce_authtype", "app_user");
    add("ce_authid", m.owner);
  }
  if (!m.traceparent.empty()) add("traceparent", m.traceparent);
  if (!m.tracestate.empty()) add("tracestate", m.tracestate);
  r.value = std::move(m.payload);
  return r;
}

std::string_view instance_name(std::string_view source) noexcept {
  const auto name = source.substr(0, source.find('/'));
  return name.empty() ? source : name;
}

result<message_view> decode(const base::record& r) {
  header_reader h(r);
  message_view m;
  const auto type = parse_ce_type(h.text("ce_type", true, 64));
  if (!type) h.complain("ce_type", "is unknown");
  m.type = type.value_or(message_type::result);
  const bool opens = m.type == message_type::accepted || m.type == message_type::submitted;

  m.request_id = r.key;
  if (m.type != message_type::alive && (r.key.empty() || r.key.size() > max_key_bytes || !base::is_utf8(r.key))) {
    h.complain("the key", "is no request id");
  }
  m.source = h.text("ce_source", true, max_source_bytes);
  m.time = h.time("ce_time", false).value_or(r.log_time);
  m.kind = h.text("ce_subject", opens, 64);
  if (opens && !is_kind(m.kind)) h.complain("ce_subject", "is no kind");
  if (r.header_value("content-type")) m.content_type = h.text("content-type", false, 256);
  m.expiry = h.time("ce_expirytime", opens);
  m.accepted_at = h.time("ce_acceptedtime", false);
  if (m.type == message_type::submitted && r.header_value("ce_acceptedoffset")) {
    m.accepted_offset = h.number("ce_acceptedoffset", false, 0);
  }

  m.run = h.text("ce_run", belongs_to_run(m.type), max_key_bytes);
  if (belongs_to_run(m.type) && m.run.empty()) h.complain("ce_run", "is empty");
  m.runseq = h.number("ce_runseq", !m.run.empty(), 0);
  if (const auto replaces = r.header_value("ce_replaces")) m.replaces = h.text("ce_replaces", false, max_key_bytes);
  m.resume = r.header_value("ce_resume") == "true";
  check_runseq(m, h);
  check_end_without_run(m, r.value, h);
  if (m.type == message_type::accepted) {
    m.payload_hash = h.text("ce_payloadhash", true, 64);
    m.fold = static_cast<int>(h.number("ce_fold", true, fold_version));
  }
  if (opens) m.owner = h.text("ce_authid", false, max_owner_bytes);
  m.traceparent = r.header_value("traceparent").value_or("");
  m.tracestate = r.header_value("tracestate").value_or("");
  if (!h.problem().empty()) return error{errc::corrupt, h.problem()};
  m.payload = r.value;
  return m;
}

}  // namespace streamdemo::task
