// Tells who a bearer token is. One implementation for each way of knowing; any thread.
#pragma once
#include <boost/system/result.hpp>

#include "gateway/access/key_change.hpp"
#include "gateway/access/principal.hpp"

namespace streamdemo::gateway {

// Why a request is nobody's.
enum class denial {
  none_shown,   // no credentials at all
  unknown,      // they are not ours, damaged, or no longer good
  expired,      // they were good
  other_page,   // a cookie, sent by a page of another origin
  unavailable,  // what they are judged by is not there yet
};

using judgement = boost::system::result<principal_ptr, denial>;

class token_verifier {
 public:
  virtual ~token_verifier() = default;
  virtual judgement verify(std::string_view token, base::sys_time now) const = 0;
  // What `p` was once known by is still good, its own expiry aside.
  virtual bool still_holds(const principal& p) const = 0;
  // Looks for changes of what tokens are judged by. Where there are some, principals must be judged anew. Blocks for a
  // small file at most; by one thread at a time.
  virtual key_changes look() = 0;
  // nullopt when tokens can be judged, otherwise why not.
  virtual std::optional<std::string> not_ready() const = 0;
};

}  // namespace streamdemo::gateway
