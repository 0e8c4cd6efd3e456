#include <algorithm>
#include <array>
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

// The headers that a record of a task may have.
enum class field : std::size_t {
  type,
  source,
  time,
  subject,
  content_type,
  expiry,
  accepted_at,
  accepted_offset,
  run,
  runseq,
  replaces,
  resume,
  payload_hash,
  fold,
  owner,
  traceparent,
  tracestate,
};
constexpr std::array<std::string_view, 17> field_names = {
    "ce_type",         "ce_source",         "ce_time",   "ce_subject",  "content-type", "ce_expirytime",
    "ce_acceptedtime", "ce_acceptedoffset", "ce_run",    "ce_runseq",   "ce_replaces",  "ce_resume",
    "ce_payloadhash",  "ce_fold",           "ce_authid", "traceparent", "tracestate"};

// Reads a record's headers, all in one pass, and keeps the first error; later calls are harmless after one.
class header_reader {
 public:
  explicit header_reader(const base::record& r) {
    for (const auto h : r.headers) {
      const auto it = std::find(field_names.begin(), field_names.end(), h.name);
      if (it == field_names.end()) continue;
      auto& value = values_[static_cast<std::size_t>(it - field_names.begin())];
      if (value.data() == nullptr) value = h.value;  // the first of that name counts
    }
  }

  // The header itself, which lives as long as the record; nullopt: there is none.
  std::optional<std::string_view> value(field f) const noexcept {
    const auto v = values_[static_cast<std::size_t>(f)];
    return v.data() == nullptr ? std::nullopt : std::optional(v);
  }

  std::string_view text(field f, bool mandatory, std::size_t max_bytes) {
    const auto v = value(f);
    if (!v) {
      if (mandatory) complain(f, "is missing");
      return {};
    }
    if (v->size() > max_bytes) complain(f, "is too long");
    if (!base::is_utf8(*v)) complain(f, "is not UTF-8");
    return *v;
  }

  std::int64_t number(field f, bool mandatory, std::int64_t otherwise) {
    const auto v = value(f);
    if (!v) {
      if (mandatory) complain(f, "is missing");
      return otherwise;
    }
    std::int64_t n = 0;
    const auto [end, ec] = std::from_chars(v->data(), v->data() + v->size(), n);
    if (ec != std::errc{} || end != v->data() + v->size() || n < 0) complain(f, "is no whole number");
    return n;
  }

  std::optional<sys_time> time(field f, bool mandatory) {
    const auto v = value(f);
    if (!v) {
      if (mandatory) complain(f, "is missing");
      return std::nullopt;
    }
    const auto t = base::parse_time(*v);
    if (!t) complain(f, "is no RFC 3339 time");
    return t;
  }

  void complain(field f, std::string_view what) { complain(field_names[static_cast<std::size_t>(f)], what); }
  void complain(std::string_view name, std::string_view what) {
    if (problem_.empty()) problem_ = std::string(name) + " " + std::string(what);
  }

  const std::string& problem() const { return problem_; }

 private:
  std::array<std::string_view, field_names.size()> values_{};  // those without data are not there
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
  if (m.type == message_type::started && m.runseq != 1) h.complain(field::runseq, "of a started is not 1");
  if (m.type != message_type::started && m.runseq < 2) h.complain(field::runseq, "is not above that of the started, 1");
}

// If a foreign processor omits ce_run, its results are ignored. Its `ended` must then not end the task as succeeded.
void check_end_without_run(const message_view& m, std::string_view payload, header_reader& h) {
  if (m.type != message_type::ended || !m.run.empty()) return;
  const auto how = end_status(payload);
  if (how == status::canceled || how == status::expired) return;
  if (m.replaces && how == status::failed) return;
  h.complain(field::run, "is missing: without a run a task is only canceled or expired");
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
  const auto type = parse_ce_type(h.text(field::type, true, 64));
  if (!type) h.complain(field::type, "is unknown");
  m.type = type.value_or(message_type::result);
  const bool opens = m.type == message_type::accepted || m.type == message_type::submitted;

  m.request_id = r.key;
  if (m.type != message_type::alive && (r.key.empty() || r.key.size() > max_key_bytes || !base::is_utf8(r.key))) {
    h.complain("the key", "is no request id");
  }
  m.source = h.text(field::source, true, max_source_bytes);
  m.time = h.time(field::time, false).value_or(r.log_time);
  m.kind = h.text(field::subject, opens, 64);
  if (opens && !is_kind(m.kind)) h.complain(field::subject, "is no kind");
  if (h.value(field::content_type)) m.content_type = h.text(field::content_type, false, 256);
  m.expiry = h.time(field::expiry, opens);
  m.accepted_at = h.time(field::accepted_at, false);
  if (m.type == message_type::submitted && h.value(field::accepted_offset)) {
    m.accepted_offset = h.number(field::accepted_offset, false, 0);
  }

  m.run = h.text(field::run, belongs_to_run(m.type), max_key_bytes);
  if (belongs_to_run(m.type) && m.run.empty()) h.complain(field::run, "is empty");
  m.runseq = h.number(field::runseq, !m.run.empty(), 0);
  if (const auto replaces = h.value(field::replaces)) m.replaces = h.text(field::replaces, false, max_key_bytes);
  m.resume = h.value(field::resume) == "true";
  check_runseq(m, h);
  check_end_without_run(m, r.value, h);
  if (m.type == message_type::accepted) {
    m.payload_hash = h.text(field::payload_hash, true, 64);
    m.fold = static_cast<int>(h.number(field::fold, true, fold_version));
  }
  if (opens) m.owner = h.text(field::owner, false, max_owner_bytes);
  m.traceparent = h.value(field::traceparent).value_or("");
  m.tracestate = h.value(field::tracestate).value_or("");
  if (!h.problem().empty()) return error{errc::corrupt, h.problem()};
  m.payload = r.value;
  return m;
}

}  // namespace streamdemo::task
