#include "bus/inprocess/journal/layout.hpp"

#include <boost/endian/conversion.hpp>
#include <cstring>

namespace streamdemo::bus::inprocess::journal {

namespace {

template <class T>
void put_big(std::string& out, T n) {
  boost::endian::native_to_big_inplace(n);
  out.append(reinterpret_cast<const char*>(&n), sizeof n);
}

template <class T>
void put(std::string& out, T n) {
  boost::endian::native_to_little_inplace(n);
  out.append(reinterpret_cast<const char*>(&n), sizeof n);
}

void put_text(std::string& out, std::string_view s) {
  put(out, static_cast<std::uint32_t>(s.size()));
  out += s;
}

void put_time(std::string& out, base::sys_time t) {
  put(out, std::int64_t(t.time_since_epoch().count()));
}

// Takes values from the front of a text. Once something was missing, everything else is, too.
class source {
 public:
  explicit source(std::string_view s) noexcept : rest_(s) {}

  template <class T>
  T big() noexcept {
    return boost::endian::big_to_native(raw<T>());
  }
  template <class T>
  T little() noexcept {
    return boost::endian::little_to_native(raw<T>());
  }
  base::sys_time time() noexcept { return base::sys_time(base::microseconds(little<std::int64_t>())); }
  std::string_view text(std::size_t n) noexcept {
    if (n > rest_.size()) return fail();
    const auto s = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return s;
  }
  std::string_view text() noexcept { return text(little<std::uint32_t>()); }
  std::string_view all() noexcept { return text(rest_.size()); }

  bool ok() const noexcept { return ok_; }
  bool done() const noexcept { return ok_ && rest_.empty(); }

 private:
  std::string_view fail() noexcept {
    ok_ = false;
    rest_ = {};
    return {};
  }
  template <class T>
  T raw() noexcept {
    T n{};
    const auto s = text(sizeof n);
    if (s.size() == sizeof n) std::memcpy(&n, s.data(), sizeof n);
    return n;
  }

  std::string_view rest_;
  bool ok_ = true;
};

std::optional<source> after(char sort, std::string_view key) {
  if (key.empty() || key.front() != sort) return std::nullopt;
  return source(key.substr(1));
}

std::string place(char sort, topic_number t, std::int32_t partition) {
  std::string key(1, sort);
  put_big(key, t);
  put_big(key, static_cast<std::uint32_t>(partition));
  return key;
}

}  // namespace

std::string topic_key(std::string_view name) {
  return topic_sort + std::string(name);
}

std::string partition_key(topic_number t, std::int32_t partition) {
  return place(partition_sort, t, partition);
}

std::string commit_key(const commit_place& p) {
  return place(commit_sort, p.topic, p.partition) + p.group;
}

std::string record_key(topic_number t, std::int32_t partition, std::int64_t offset) {
  auto key = place(record_sort, t, partition);
  put_big(key, static_cast<std::uint64_t>(offset));
  return key;
}

std::optional<std::string> parse_topic_key(std::string_view key) {
  auto s = after(topic_sort, key);
  if (!s) return std::nullopt;
  return std::string(s->all());
}

std::optional<std::pair<topic_number, std::int32_t>> parse_partition_key(std::string_view key) {
  auto s = after(partition_sort, key);
  if (!s) return std::nullopt;
  const auto topic = s->big<topic_number>();
  const auto partition = static_cast<std::int32_t>(s->big<std::uint32_t>());
  if (!s->done()) return std::nullopt;
  return std::pair{topic, partition};
}

std::optional<commit_place> parse_commit_key(std::string_view key) {
  auto s = after(commit_sort, key);
  if (!s) return std::nullopt;
  commit_place p;
  p.topic = s->big<topic_number>();
  p.partition = static_cast<std::int32_t>(s->big<std::uint32_t>());
  p.group = s->all();
  if (!s->ok()) return std::nullopt;
  return p;
}

std::optional<std::int64_t> parse_record_key(std::string_view key) {
  auto s = after(record_sort, key);
  if (!s) return std::nullopt;
  s->big<topic_number>();
  s->big<std::uint32_t>();
  const auto offset = static_cast<std::int64_t>(s->big<std::uint64_t>());
  if (!s->done()) return std::nullopt;
  return offset;
}

std::string encode(std::uint32_t number) {
  std::string out;
  put(out, number);
  return out;
}

std::string encode(const topic_entry& e) {
  std::string out;
  put(out, e.number);
  put(out, e.partitions);
  return out;
}

std::string encode(const partition_entry& e) {
  std::string out;
  put(out, e.begin);
  put(out, e.end);
  put_time(out, e.last);
  return out;
}

std::string encode(const commit_entry& e) {
  std::string out;
  put(out, e.offset);
  put_time(out, e.at);
  return out;
}

void encode(const base::record& r, std::string& out) {
  put_time(out, r.log_time);
  put_text(out, r.key);
  put(out, static_cast<std::uint32_t>(r.headers.size()));
  for (const auto h : r.headers) {
    put_text(out, h.name);
    put_text(out, h.value);
  }
  out += r.value;
}

std::optional<std::uint32_t> decode_number(std::string_view value) {
  source s(value);
  const auto n = s.little<std::uint32_t>();
  if (!s.done()) return std::nullopt;
  return n;
}

std::optional<topic_entry> decode_topic(std::string_view value) {
  source s(value);
  topic_entry e;
  e.number = s.little<topic_number>();
  e.partitions = s.little<std::int32_t>();
  if (!s.done() || e.partitions < 1) return std::nullopt;
  return e;
}

std::optional<partition_entry> decode_partition(std::string_view value) {
  source s(value);
  partition_entry e;
  e.begin = s.little<std::int64_t>();
  e.end = s.little<std::int64_t>();
  e.last = s.time();
  if (!s.done() || e.begin < 0 || e.begin > e.end) return std::nullopt;
  return e;
}

std::optional<commit_entry> decode_commit(std::string_view value) {
  source s(value);
  commit_entry e;
  e.offset = s.little<std::int64_t>();
  e.at = s.time();
  if (!s.done() || e.offset < 0) return std::nullopt;
  return e;
}

std::optional<base::record> decode_record(std::string_view value) {
  source s(value);
  base::record r;
  r.log_time = s.time();
  r.key = s.text();
  const auto headers = s.little<std::uint32_t>();
  // Each header takes eight bytes at least, so a wrong count ends at the end of the text.
  for (std::uint32_t i = 0; i < headers && s.ok(); ++i) {
    const auto name = s.text();
    const auto text = s.text();
    r.headers.add(name, text);
  }
  r.value = s.all();
  if (!s.ok()) return std::nullopt;
  return r;
}

std::optional<base::sys_time> decode_log_time(std::string_view value) {
  source s(value);
  const auto t = s.time();
  if (!s.ok()) return std::nullopt;
  return t;
}

}  // namespace streamdemo::bus::inprocess::journal
