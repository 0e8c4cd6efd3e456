#include <streamdemo/base/id.hpp>
#include <streamdemo/task/ended_tasks.hpp>

namespace streamdemo::task {

namespace {

std::uint8_t digit(char c) noexcept {
  return static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10);
}

}  // namespace

ended_tasks::key ended_tasks::key_of(std::string_view request_id) {
  if (!base::is_id(request_id)) return std::string(request_id);
  std::array<std::uint8_t, 16> bytes{};
  std::size_t n = 0;
  for (std::size_t i = 0; i < request_id.size(); i += 2) {
    if (request_id[i] == '-') ++i;
    bytes[n++] = static_cast<std::uint8_t>(digit(request_id[i]) << 4 | digit(request_id[i + 1]));
  }
  return bytes;
}

std::size_t ended_tasks::hasher::operator()(const key& k) const noexcept {
  const auto* bytes = std::get_if<0>(&k);
  if (bytes == nullptr) return std::hash<std::string>{}(std::get<1>(k));
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
}

void ended_tasks::put(std::string_view request_id, end e) {
  auto k = key_of(request_id);
  ends_.insert_or_assign(k, e);
  order_.emplace_back(e.at, std::move(k));
}

std::optional<ended_tasks::end> ended_tasks::find(std::string_view request_id) const {
  const auto it = ends_.find(key_of(request_id));
  if (it == ends_.end()) return std::nullopt;
  return it->second;
}

void ended_tasks::erase(std::string_view request_id) {
  ends_.erase(key_of(request_id));
}

std::size_t ended_tasks::forget_before(sys_time at) {
  std::size_t forgotten = 0;
  for (; !order_.empty() && order_.front().first < at; order_.pop_front()) {
    const auto it = ends_.find(order_.front().second);
    if (it == ends_.end() || it->second.at != order_.front().first) continue;
    ends_.erase(it);
    ++forgotten;
  }
  return forgotten;
}

}  // namespace streamdemo::task
