// The named error of every expected failure, and result<T>, which carries either a value or that error.
// Thread-safe: values only. An error is logged once, where it stops travelling.
#pragma once
#include <boost/system/result.hpp>
#include <string>
#include <string_view>

namespace streamdemo::base {

enum class errc {
  invalid_argument,  // the caller's input is wrong; a repetition will not help
  not_found,
  already_exists,
  too_large,      // over a configured limit
  unsupported,    // understood, but not done here
  full,           // a bounded resource is used up; later it may work
  quota,          // the caller has used up its own share; later it may work
  unavailable,    // the other side is away; later it may work
  timed_out,      // the deadline passed; whether it took effect is unknown
  canceled,       // somebody asked to stop
  closed,         // the object was closed; no further call will succeed
  position_lost,  // a log position no longer exists; start over
  conflict,       // the same name with other content
  no_space,       // the disk is full
  corrupt,        // data that breaks its own format
  io,             // the operating system refused
  internal,       // a bug
};

std::string_view to_string(errc code) noexcept;

struct error {
  errc code = errc::internal;
  std::string message;  // what was tried, on what, and what to change; no trailing full stop
};

template <class T>
using result = boost::system::result<T, error>;

// Lets result<T>::value() throw a std::runtime_error for an error that is a bug where it is asked for.
[[noreturn]] void throw_exception_from_error(const error& e, const boost::source_location& where);

}  // namespace streamdemo::base
