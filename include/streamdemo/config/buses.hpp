// What a bus can do, for whoever decides by it: a switch, so that the compiler asks for a new bus. Pure.
#pragma once
#include <streamdemo/config/settings.hpp>

namespace streamdemo::config {

// Whether gateways and processors in different processes can meet on it.
constexpr bool reaches_other_processes(bus_kind b) noexcept {
  switch (b) {
    case bus_kind::inprocess:
      return false;
    case bus_kind::kafka:
      return true;
  }
  return false;
}

}  // namespace streamdemo::config
