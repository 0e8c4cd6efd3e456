// The named error of every expected failure, and result<T>, which carries either a value or that error.
// Thread-safe: values only. An error is logged once, where it stops travelling.
#pragma once
#include <boost/system/result.hpp>
#include <string>
#include <string_view>

namespace streamdemo::base {

enum class errc {
  invalid_argument,  // the caller's input is wrong; a retry will not help
  not_found,
  already_exists,
  too_large,      // over a configured limit
  unsupported,    // understood, but not implemented
  full,           // a bounded resource is used up; a retry later may succeed
  quota,          // the caller has used up its own share; a retry later may succeed
  unavailable,    // the other side cannot be reached; a retry later may succeed
  timed_out,      // the deadline passed; whether the operation took effect is unknown
  canceled,       // somebody asked to stop
  closed,         // the object was closed; no further call will succeed
  position_lost,  // the log no longer has this offset; read again from where it begins now
  conflict,       // the same name with other content
  no_space,       // the disk is full
  corrupt,        // the data violates its own format
  io,             // the operating system reported an error
  internal,       // a bug
};

std::string_view to_string(errc code) noexcept;

struct error {
  errc code = errc::internal;
  std::string message;  // what was tried, on what, and what to change; no trailing full stop
};

template <class T>
using result = boost::system::result<T, error>;

// Makes result<T>::value() throw std::runtime_error. Call value() only where an error would be a bug.
[[noreturn]] void throw_exception_from_error(const error& e, const boost::source_location& where);

}  // namespace streamdemo::base
