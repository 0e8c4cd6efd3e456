// Makes a field from a name, access to the member, limits and a description. `at` is a generic lambda that returns a
// reference to the member of a const or non-const owner.
#pragma once
#include <fmt/format.h>

#include <concepts>

#include "config/field.hpp"
#include "config/limits.hpp"

// Accesses a member of a const or non-const owner.
#define AT(member) [](auto& owner) -> auto& { return owner.member; }

namespace streamdemo::config {

// Of limits, which are in bytes and milliseconds.
inline constexpr std::int64_t kib = 1024, mib = 1024 * kib, gib = 1024 * mib, tib = 1024 * gib;
inline constexpr std::int64_t second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

namespace detail {

template <std::integral T>
std::int64_t to_number(const T& n) {
  return static_cast<std::int64_t>(n);
}
inline std::int64_t to_number(const milliseconds& d) {
  return d.count();
}

template <std::integral T>
void from_number(T& to, std::int64_t n) {
  to = static_cast<T>(n);
}
inline void from_number(milliseconds& to, std::int64_t n) {
  to = milliseconds{n};
}

inline std::string readable(std::string_view key, std::int64_t n) {
  if (key.ends_with("_ms")) return readable_milliseconds(n);
  if (key.ends_with("_bytes")) return readable_bytes(n);
  return {};
}
inline std::string with_readable(std::string_view key, std::int64_t n) {
  const auto text = readable(key, n);
  return text.empty() ? std::to_string(n) : fmt::format("{} ({})", n, text);
}

}  // namespace detail

template <class Owner, class At>
basic_field<Owner> number(std::string key, At at, std::int64_t min, std::int64_t max, std::string sentence) {
  const auto allowed = fmt::format("{} … {}", detail::with_readable(key, min), detail::with_readable(key, max));
  return {key,
          std::move(sentence),
          allowed,
          [at](const Owner& o) { return value{detail::to_number(at(o))}; },
          [at](Owner& o, const value& v) { detail::from_number(at(o), std::get<std::int64_t>(v)); },
          [min, max, allowed](const value& v) {
            const auto n = std::get<std::int64_t>(v);
            return n >= min && n <= max ? std::string{} : fmt::format("must be in {}, is {}", allowed, n);
          }};
}

template <class Owner, class At>
basic_field<Owner> flag(std::string key, At at, std::string sentence) {
  return {std::move(key),
          std::move(sentence),
          "true or false",
          [at](const Owner& o) { return value{at(o)}; },
          [at](Owner& o, const value& v) { at(o) = std::get<bool>(v); },
          [](const value&) { return std::string{}; }};
}

using text_check = std::string (*)(std::string_view);

// For members that are a std::string or a path.
template <class Owner, class At>
basic_field<Owner> text(std::string key, At at, text_check check, std::string allowed, std::string sentence) {
  return {std::move(key),
          std::move(sentence),
          std::move(allowed),
          [at](const Owner& o) { return value{static_cast<std::string>(at(o))}; },
          [at](Owner& o, const value& v) { at(o) = std::get<std::string>(v); },
          [check](const value& v) { return check ? check(std::get<std::string>(v)) : std::string{}; }};
}

enum class may_be_empty { no, yes };

template <class Owner, class At>
basic_field<Owner> list(std::string key, At at, may_be_empty empty, text_check check, std::string allowed,
                        std::string sentence) {
  return {std::move(key),
          std::move(sentence),
          std::move(allowed),
          [at](const Owner& o) { return value{at(o)}; },
          [at](Owner& o, const value& v) { at(o) = std::get<strings>(v); },
          [check, empty](const value& v) {
            const auto& items = std::get<strings>(v);
            if (items.empty() && empty == may_be_empty::no) return std::string{"must not be empty"};
            for (const auto& item : items) {
              if (auto what = check ? check(item) : std::string{}; !what.empty()) return what;
            }
            return std::string{};
          }};
}

template <class Owner, class At>
basic_field<Owner> table(std::string key, At at, std::string allowed, std::string sentence) {
  return {std::move(key),
          std::move(sentence),
          std::move(allowed),
          [at](const Owner& o) { return value{at(o)}; },
          [at](Owner& o, const value& v) { at(o) = std::get<properties>(v); },
          [](const value&) { return std::string{}; }};
}

// For members that are one of a few words. `words` pairs each word with its value in the structure.
template <class Owner, class T, class At>
basic_field<Owner> choice(std::string key, At at, std::vector<std::pair<std::string, T>> words, std::string sentence) {
  std::string names;
  for (const auto& [word, ignored] : words) names += (names.empty() ? "" : ", ") + word;
  const auto allowed = "one of " + names;
  return {std::move(key),
          std::move(sentence),
          allowed,
          [at, words](const Owner& o) {
            for (const auto& [word, meaning] : words) {
              if (meaning == at(o)) return value{word};
            }
            return value{std::string{}};
          },
          [at, words](Owner& o, const value& v) {
            for (const auto& [word, meaning] : words) {
              if (word == std::get<std::string>(v)) at(o) = meaning;
            }
          },
          [words, allowed](const value& v) {
            for (const auto& [word, ignored] : words) {
              if (word == std::get<std::string>(v)) return std::string{};
            }
            return fmt::format("must be {}, is \"{}\"", allowed, std::get<std::string>(v));
          }};
}

}  // namespace streamdemo::config
