// Judgements of tokens, so that a signature costs once and not with every request. Of one set of keys: who has other
// keys has another object, so that no judgement by keys of before can get in late. Bounded; thread-safe.
#pragma once
#include <streamdemo/base/hash.hpp>

#include <mutex>
#include <unordered_map>

#include "gateway/access/jwt.hpp"

namespace streamdemo::gateway {

class judged_tokens {
 public:
  static constexpr std::size_t max_good = 10'000;
  static constexpr std::size_t max_bad = 10'000;
  static constexpr std::chrono::seconds bad_for{10};

  // By the token's SHA-256. nullopt: not judged, or no longer. What has expired since is `expired`.
  std::optional<jwt_result<principal_ptr>> find(const base::sha256_digest& digest, base::sys_time now);
  void keep(const base::sha256_digest& digest, const jwt_result<principal_ptr>& j, base::sys_time now);

 private:
  // The younger half takes what is new; when it is full, the older half goes.
  template <class T>
  struct halves {
    using map = std::unordered_map<base::sha256_digest, T, base::hash_of_digest>;
    map younger, older;
    T* find(const base::sha256_digest& key, std::size_t most);
    void put(const base::sha256_digest& key, T value, std::size_t most);
  };
  struct bad {
    jwt_fault why;
    base::sys_time until;
  };

  std::mutex mutex_;
  halves<principal_ptr> good_;  // under mutex_
  halves<bad> bad_;             // under mutex_
};

}  // namespace streamdemo::gateway
