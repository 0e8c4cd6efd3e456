#include <streamdemo/task/ended_tasks.hpp>

namespace streamdemo::task {

template <class Self, class F>
auto ended_tasks::with_shelf(Self& self, std::string_view request_id, F f) {
  if (const auto bytes = base::bytes_of_id(request_id)) return f(self.uuids_, *bytes);
  return f(self.others_, std::string(request_id));
}

template <class Key, class Hash>
std::uint32_t ended_tasks::shelf<Key, Hash>::number_of(const Key& key) const {
  return numbers.find(Hash{}(key), [&](auto n) { return entries[index_of(n)].key == key; });
}

template <class Key, class Hash>
const typename ended_tasks::shelf<Key, Hash>::entry* ended_tasks::shelf<Key, Hash>::find(const Key& key) const {
  const auto n = number_of(key);
  return n == base::number_table::none ? nullptr : &entries[index_of(n)];
}

template <class Key, class Hash>
typename ended_tasks::shelf<Key, Hash>::entry* ended_tasks::shelf<Key, Hash>::find(const Key& key) {
  return const_cast<entry*>(std::as_const(*this).find(key));
}

template <class Key, class Hash>
void ended_tasks::shelf<Key, Hash>::put(const Key& key, const end& e) {
  erase(key);
  numbers.insert(Hash{}(key), static_cast<std::uint32_t>(first + entries.size()) & most);
  entries.push_back({key, e.at, e.last_seq, e.how, e.deleted, false});
}

template <class Key, class Hash>
void ended_tasks::shelf<Key, Hash>::erase(const Key& key) {
  const auto n = number_of(key);
  if (n == base::number_table::none) return;
  numbers.erase(Hash{}(key), n);
  entries[index_of(n)].gone = true;
}

template <class Key, class Hash>
std::size_t ended_tasks::shelf<Key, Hash>::forget_before(sys_time at) {
  std::size_t forgotten = 0;
  while (!entries.empty() && (entries.front().gone || entries.front().at < at)) {
    if (!entries.front().gone) {
      numbers.erase(Hash{}(entries.front().key), first);
      ++forgotten;
    }
    entries.pop_front();
    first = (first + 1) & most;
  }
  return forgotten;
}

template <class Key, class Hash>
std::size_t ended_tasks::shelf<Key, Hash>::bytes() const noexcept {
  return entries.size() * sizeof(entry) + numbers.size() * base::number_table::bytes_each;
}

void ended_tasks::for_each(const std::function<void(const std::string&)>& f) const {
  for (const auto& e : uuids_.entries) {
    if (!e.gone) f(base::text_of_id(e.key));
  }
  for (const auto& e : others_.entries) {
    if (!e.gone) f(e.key);
  }
}

void ended_tasks::put(std::string_view request_id, end e) {
  with_shelf(*this, request_id, [&](auto& on, const auto& key) { on.put(key, e); });
}

std::optional<ended_tasks::end> ended_tasks::find(std::string_view request_id) const {
  return with_shelf(*this, request_id, [](const auto& on, const auto& key) -> std::optional<end> {
    const auto* e = on.find(key);
    if (e == nullptr) return std::nullopt;
    return end{.how = e->how, .deleted = e->deleted, .last_seq = e->last_seq, .at = e->at};
  });
}

void ended_tasks::mark_deleted(std::string_view request_id) {
  with_shelf(*this, request_id, [](auto& on, const auto& key) {
    if (auto* e = on.find(key)) e->deleted = true;
  });
}

void ended_tasks::erase(std::string_view request_id) {
  with_shelf(*this, request_id, [](auto& on, const auto& key) { on.erase(key); });
}

std::size_t ended_tasks::forget_before(sys_time at) {
  return uuids_.forget_before(at) + others_.forget_before(at);
}

std::size_t ended_tasks::bytes() const noexcept {
  return uuids_.bytes() + others_.bytes();
}

}  // namespace streamdemo::task
