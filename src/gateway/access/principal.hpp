// Who asks: found out once per request, and for a socket once per message. Immutable, shared by whatever is done for
// one client; any thread.
#pragma once
#include <memory>
#include <string>

namespace streamdemo::gateway {

struct principal {
  std::string subject;
};

using principal_ptr = std::shared_ptr<const principal>;

// Everyone, where nobody is asked for a name.
principal_ptr anyone();

}  // namespace streamdemo::gateway
