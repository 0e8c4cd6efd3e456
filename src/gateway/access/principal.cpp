#include "gateway/access/principal.hpp"

namespace streamdemo::gateway {

principal_ptr anyone() {
  static const auto one = std::make_shared<const principal>();
  return one;
}

}  // namespace streamdemo::gateway
