#include "gateway/access/key_change.hpp"

#include <fmt/format.h>

#include <streamdemo/base/json.hpp>
#include <streamdemo/base/shown.hpp>

namespace streamdemo::gateway {

std::string members_of(const key_change& c) {
  constexpr std::size_t max_named = 20;
  // An issuer calls its keys what it likes.
  constexpr std::size_t max_name_bytes = 64;
  auto out = fmt::format("\"act\":\"keys changed\",\"issuer\":{},\"keys\":{}", base::json_string(c.issuer), c.keys);
  std::size_t more = 0;
  for (const auto& [what, all] : {std::pair{"came", &c.came}, {"went", &c.went}, {"changed", &c.changed}}) {
    if (all->empty()) continue;
    std::vector<std::string> named;
    for (const auto& name : *all) {
      if (named.size() == max_named) break;
      named.push_back(base::shown(name, max_name_bytes));
    }
    more += all->size() - named.size();
    out += fmt::format(",\"{}\":{}", what, base::json_strings(named));
  }
  if (more != 0) out += fmt::format(",\"more\":{}", more);
  return out;
}

}  // namespace streamdemo::gateway
