// What became of a set of keys when it was got again: one line of the audit. Pure.
#pragma once
#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace streamdemo::gateway {

// Names of keys, in their order; never a key.
struct key_change {
  std::string issuer;  // whose keys: "keys", or the name of the issuer's table
  std::size_t keys = 0;
  std::vector<std::string> came, went, changed;  // changed: another key, or other rights, under the same name
  bool any() const noexcept { return !came.empty() || !went.empty() || !changed.empty(); }
};
using key_changes = std::vector<key_change>;

template <class Key>
key_change change_between(std::string issuer, const std::map<std::string, Key>& before,
                          const std::map<std::string, Key>& now) {
  key_change out{.issuer = std::move(issuer), .keys = now.size(), .came = {}, .went = {}, .changed = {}};
  for (const auto& [name, key] : now) {
    const auto it = before.find(name);
    if (it == before.end()) {
      out.came.push_back(name);
    } else if (!(it->second == key)) {
      out.changed.push_back(name);
    }
  }
  for (const auto& [name, key] : before) {
    if (!now.contains(name)) out.went.push_back(name);
  }
  return out;
}

// The members of a JSON object, without braces. Of each list the first 20 names, and "more", how many are left out.
std::string members_of(const key_change& c);

}  // namespace streamdemo::gateway
