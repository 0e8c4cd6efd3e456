#include <stdexcept>
#include <streamdemo/base/error.hpp>

namespace streamdemo::base {

std::string_view to_string(errc code) noexcept {
  switch (code) {
    case errc::invalid_argument:
      return "invalid argument";
    case errc::not_found:
      return "not found";
    case errc::already_exists:
      return "already exists";
    case errc::too_large:
      return "too large";
    case errc::unsupported:
      return "unsupported";
    case errc::full:
      return "full";
    case errc::quota:
      return "quota";
    case errc::unavailable:
      return "unavailable";
    case errc::timed_out:
      return "timed out";
    case errc::canceled:
      return "canceled";
    case errc::closed:
      return "closed";
    case errc::position_lost:
      return "position lost";
    case errc::conflict:
      return "conflict";
    case errc::no_space:
      return "no space";
    case errc::corrupt:
      return "corrupt";
    case errc::io:
      return "input/output";
    case errc::internal:
      return "internal";
  }
  return "unknown";
}

void throw_exception_from_error(const error& e, const boost::source_location& where) {
  throw std::runtime_error(std::string(to_string(e.code)) + ": " + e.message + " (" + where.file_name() + ":" +
                           std::to_string(where.line()) + ")");
}

}  // namespace streamdemo::base
