#include <streamdemo/base/id.hpp>
#include <streamdemo/task/ended_tasks.hpp>

namespace streamdemo::task {

namespace {

// The overhead per entry of the map: the allocator's, its link, and its share of the buckets.
constexpr std::size_t per_entry = 32;

std::uint8_t digit(char c) noexcept {
  return static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10);
}

std::array<std::uint8_t, 16> bytes_of(std::string_view uuid) noexcept {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t n = 0;
  for (std::size_t i = 0; i < uuid.size(); i += 2) {
    if (uuid[i] == '-') ++i;
    bytes[n++] = static_cast<std::uint8_t>(digit(uuid[i]) << 4 | digit(uuid[i + 1]));
  }
  return bytes;
}

std::string text_of_uuid(const std::array<std::uint8_t, 16>& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

}  // namespace

template <class Self, class F>
auto ended_tasks::with_shelf(Self& self, std::string_view request_id, F f) {
  return base::is_id(request_id) ? f(self.uuids_, bytes_of(request_id)) : f(self.others_, std::string(request_id));
}

template <class Key, class Hash>
std::size_t ended_tasks::shelf<Key, Hash>::forget_before(sys_time at) {
  std::size_t forgotten = 0;
  for (; !order.empty() && order.front().first < at; order.pop_front()) {
    const auto it = ends.find(order.front().second);
    if (it == ends.end() || it->second.at != order.front().first) continue;
    ends.erase(it);
    ++forgotten;
  }
  return forgotten;
}

template <class Key, class Hash>
std::size_t ended_tasks::shelf<Key, Hash>::bytes() const noexcept {
  return ends.size() * (sizeof(Key) + sizeof(end) + per_entry) + order.size() * sizeof(order.front());
}

void ended_tasks::for_each(const std::function<void(const std::string&)>& f) const {
  const auto tell = [&](const auto& on, const auto& text_of) {
    for (const auto& [at, key] : on.order) {
      const auto it = on.ends.find(key);
      if (it != on.ends.end() && it->second.at == at) f(text_of(key));
    }
  };
  tell(uuids_, [](const uuid& key) { return text_of_uuid(key); });
  tell(others_, [](const std::string& key) { return key; });
}

void ended_tasks::put(std::string_view request_id, end e) {
  with_shelf(*this, request_id, [&](auto& on, auto key) {
    on.ends.insert_or_assign(key, e);
    on.order.emplace_back(e.at, std::move(key));
  });
}

std::optional<ended_tasks::end> ended_tasks::find(std::string_view request_id) const {
  return with_shelf(*this, request_id, [](const auto& on, const auto& key) -> std::optional<end> {
    const auto it = on.ends.find(key);
    if (it == on.ends.end()) return std::nullopt;
    return it->second;
  });
}

void ended_tasks::mark_deleted(std::string_view request_id) {
  with_shelf(*this, request_id, [](auto& on, const auto& key) {
    if (const auto it = on.ends.find(key); it != on.ends.end()) it->second.deleted = true;
  });
}

void ended_tasks::erase(std::string_view request_id) {
  with_shelf(*this, request_id, [](auto& on, const auto& key) { on.ends.erase(key); });
}

std::size_t ended_tasks::forget_before(sys_time at) {
  return uuids_.forget_before(at) + others_.forget_before(at);
}

std::size_t ended_tasks::bytes() const noexcept {
  return uuids_.bytes() + others_.bytes();
}

}  // namespace streamdemo::task
