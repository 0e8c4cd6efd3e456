// The log. There is no global one: a logger is passed to each part that needs it. Thread-safe. A line says what was
// tried, on what, and what to change.
#pragma once
#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>

namespace streamdemo::base {

enum class log_level { debug, info, warning, error, off };

class logger {
 public:
  // Lines go to standard error: time, level, name, text.
  explicit logger(std::string name, log_level level = log_level::info);
  ~logger();
  logger(logger&&) noexcept;
  logger& operator=(logger&&) = delete;

  // The same sink and level under "name/part".
  logger child(std::string_view part) const;
  bool enabled(log_level level) const noexcept;

  template <class... A>
  void debug(fmt::format_string<A...> f, A&&... a) const {
    write(log_level::debug, f, fmt::make_format_args(a...));
  }
  template <class... A>
  void info(fmt::format_string<A...> f, A&&... a) const {
    write(log_level::info, f, fmt::make_format_args(a...));
  }
  template <class... A>
  void warning(fmt::format_string<A...> f, A&&... a) const {
    write(log_level::warning, f, fmt::make_format_args(a...));
  }
  template <class... A>
  void error(fmt::format_string<A...> f, A&&... a) const {
    write(log_level::error, f, fmt::make_format_args(a...));
  }

 private:
  struct impl;
  explicit logger(std::unique_ptr<impl> i);
  void write(log_level level, fmt::string_view format, fmt::format_args args) const;
  std::unique_ptr<impl> impl_;
};

}  // namespace streamdemo::base
