#include "gateway/access/judged_tokens.hpp"

namespace streamdemo::gateway {

template <class T>
T* judged_tokens::halves<T>::find(const base::sha256_digest& key, std::size_t most) {
  if (const auto it = younger.find(key); it != younger.end()) return &it->second;
  const auto it = older.find(key);
  if (it == older.end()) return nullptr;
  // What is asked for stays.
  put(key, it->second, most);
  return &younger.at(key);
}

template <class T>
void judged_tokens::halves<T>::put(const base::sha256_digest& key, T value, std::size_t most) {
  if (younger.size() >= most / 2) older = std::exchange(younger, {});
  younger.insert_or_assign(key, std::move(value));
}

std::optional<jwt_result<principal_ptr>> judged_tokens::find(const base::sha256_digest& digest, base::sys_time now) {
  const std::lock_guard lock(mutex_);
  if (const auto* p = good_.find(digest, max_good)) {
    if ((*p)->expires <= now) return jwt_result<principal_ptr>(jwt_fault::expired);
    return jwt_result<principal_ptr>(*p);
  }
  // A clock that was set back must not make it last.
  const auto* b = bad_.find(digest, max_bad);
  if (b && b->until > now && b->until <= now + bad_for) return jwt_result<principal_ptr>(b->why);
  return std::nullopt;
}

void judged_tokens::keep(const base::sha256_digest& digest, const jwt_result<principal_ptr>& j, base::sys_time now) {
  const std::lock_guard lock(mutex_);
  if (j) {
    good_.put(digest, *j, max_good);
  } else {
    bad_.put(digest, {j.error(), now + bad_for}, max_bad);
  }
}

}  // namespace streamdemo::gateway
