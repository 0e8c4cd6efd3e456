#include "gateway/history/store/event_store.hpp"

#include "gateway/history/store/event_key.hpp"

namespace streamdemo::gateway {

std::string event_store::name_of(std::string_view request_id, base::sys_time accepted_at) {
  auto out = key_of_time(accepted_at);
  out.reserve(out.size() + request_id.size() + 1);
  out += request_id;
  out += '\0';
  return out;
}

}  // namespace streamdemo::gateway
