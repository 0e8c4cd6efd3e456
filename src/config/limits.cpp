#include "config/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <streamdemo/base/signature.hpp>

namespace streamdemo::config {

namespace {

bool is_made_of(std::string_view text, std::string_view others, bool upper = true) {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (upper && c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != others.npos;
  });
}

bool is_port(std::string_view text) {
  int port = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
  return ec == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

// Whether `authority` (host[:port]) is a loopback address or localhost.
bool is_this_machine(std::string_view authority) {
  const bool bracketed = authority.starts_with('[');
  const auto end = bracketed ? authority.find(']') : authority.find(':');
  const auto host = authority.substr(bracketed ? 1 : 0, end == authority.npos ? end : end - (bracketed ? 1 : 0));
  if (host == "localhost") return true;
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address(host, ec);
  return !ec && address.is_loopback();
}

// The number in the largest unit that divides it.
template <std::size_t N>
std::string in_largest(std::int64_t n, const std::array<std::pair<std::int64_t, std::string_view>, N>& units) {
  for (const auto& [size, name] : units) {
    if (n >= size && n % size == 0) return fmt::format("{} {}", n / size, name);
  }
  return {};
}

}  // namespace

std::string wrong_kind(std::string_view kind) {
  static constexpr std::array<std::string_view, 6> reserved{"stream",  "tasks",     "kinds",
                                                            "results", "artifacts", "session"};
  if (kind.empty() || kind.size() > 64 || !is_made_of(kind, "-", false)) {
    return "is no name for a kind: use 1 to 64 of a-z, 0-9 and '-'";
  }
  if (std::ranges::find(reserved, kind) != reserved.end()) {
    return "is no name for a kind: /api/" + std::string(kind) + " is taken by the API itself";
  }
  return {};
}

std::string wrong_added_kind(std::string_view kind) {
  if (auto wrong = wrong_kind(kind); !wrong.empty()) return wrong;
  static constexpr std::array<std::string_view, 2> built_in{"process-video", "simulate"};
  if (std::ranges::find(built_in, kind) == built_in.end()) return {};
  return "is a kind of this program itself, whose only setting is concurrency: choose another name";
}

std::string wrong_address(std::string_view text) {
  boost::system::error_code ec;
  boost::asio::ip::make_address(text, ec);
  return ec ? fmt::format("must hold IP addresses, and \"{}\" is none", text) : std::string{};
}

std::string wrong_topic(std::string_view text) {
  const bool good = !text.empty() && text.size() <= 249 && text != "." && text != ".." && is_made_of(text, "._-");
  return good ? std::string{} : "must be 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-'";
}

std::string wrong_broker(std::string_view text) {
  const auto colon = text.rfind(':');
  const bool good = colon != text.npos && colon > 0 && is_port(text.substr(colon + 1));
  return good ? std::string{} : fmt::format("must hold host:port, and \"{}\" is not that", text);
}

std::string wrong_host(std::string_view text) {
  const bool good = !text.empty() && text.size() <= 253 && is_made_of(text, ".-_");
  return good ? std::string{} : fmt::format("must hold names such as gateway.example.org, and \"{}\" is none", text);
}

std::string wrong_origin(std::string_view text) {
  const auto scheme = text.find("://");
  const bool good = scheme != text.npos && scheme > 0 && scheme + 3 < text.size() &&
                    text.find_first_of("/ ,", scheme + 3) == text.npos;
  return good ? std::string{} : fmt::format("must hold origins such as https://example.org, and \"{}\" is none", text);
}

std::string wrong_instance_name(std::string_view text) {
  return text.size() <= 64 && is_made_of(text, "._-") ? std::string{}
                                                      : "must be at most 64 of a-z, A-Z, 0-9, '.', '_' and '-'";
}

std::string wrong_secret(std::string_view text) {
  return text.empty() || (text.size() >= 32 && text.size() <= 1024) ? std::string{} : "must have 32 to 1024 characters";
}

std::string wrong_public_url(std::string_view text) {
  const bool good = text.empty() || ((text.starts_with("https://") || text.starts_with("http://")) &&
                                     wrong_origin(text).empty() && !text.ends_with('/'));
  return good ? std::string{} : "must be an origin such as https://example.org, without a path";
}

std::string wrong_s3_endpoint(std::string_view text) {
  return wrong_public_url(text).empty() && text.find_first_of("?#@") == text.npos
             ? std::string{}
             : "must be an address such as https://s3.example.org or http://127.0.0.1:9000, without a path";
}

std::string wrong_bucket(std::string_view text) {
  const bool good = text.empty() || (text.size() >= 3 && text.size() <= 63 && is_made_of(text, ".-", false) &&
                                     text.find_first_of(".-") != 0 && text.find_last_of(".-") != text.size() - 1);
  return good ? std::string{}
              : "is no name for a bucket: use 3 to 63 of a-z, 0-9, '.' and '-', beginning and ending with one of the "
                "first two";
}

std::string wrong_region(std::string_view text) {
  return text.size() <= 64 && is_made_of(text, "-") ? std::string{} : "must be at most 64 of a-z, A-Z, 0-9 and '-'";
}

std::string wrong_s3_prefix(std::string_view text) {
  const bool good = text.size() <= 256 && is_made_of(text, "._-/") && !text.starts_with('/') &&
                    text.find("//") == text.npos && !text.starts_with("./") && !text.starts_with("../") &&
                    text.find("/./") == text.npos && text.find("/../") == text.npos && !text.ends_with("/.") &&
                    !text.ends_with("/..") && (text.empty() || text.ends_with('/'));
  return good ? std::string{}
              : "must be at most 256 of a-z, A-Z, 0-9, '.', '_', '-' and '/', ending with '/', with no empty, '.' or "
                "'..' part";
}

std::string wrong_header_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && is_made_of(text, "-_") ? std::string{}
                                                                      : "must be 1 to 64 of a-z, A-Z, 0-9, '-' and '_'";
}

std::string wrong_issuer_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && is_made_of(text, "-", false)
             ? std::string{}
             : "is no name for an issuer's table: use 1 to 64 of a-z, 0-9 and '-'";
}

std::string wrong_issuer(std::string_view text) {
  return !text.empty() && text.size() <= 256 ? std::string{} : "must have 1 to 256 characters";
}

std::string wrong_endpoint(std::string_view text) {
  if (text.empty()) return {};
  const auto scheme = text.find("://");
  if (scheme == text.npos)
    return fmt::format("must be an address such as https://example.org/x, and \"{}\" is none", text);
  const auto rest = text.substr(scheme + 3);
  if (!is_made_of(rest.substr(0, rest.find('/')), ".-:[]") || rest.find_first_of(" \"\\#") != rest.npos) {
    return fmt::format("must be an address whose host is in letters, digits, '.' and '-', and \"{}\" is none", text);
  }
  return wrong_jwks(text);
}

std::string wrong_jwks(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == text.npos) return text.empty() ? "must be an address or a file's path" : std::string{};
  const auto rest = text.substr(scheme + 3);
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.empty() || authority.find_first_of("@ \\") != authority.npos) {
    return fmt::format("must be an address without user names, and \"{}\" is none", text);
  }
  if (text.starts_with("https://")) return {};
  // Over plain HTTP, whoever can change the response could give their own keys and sign tokens with them.
  if (text.starts_with("http://") && is_this_machine(authority)) return {};
  return fmt::format("must be https, or http of this machine alone: \"{}\" could be answered by somebody else", text);
}

std::string wrong_algorithm(std::string_view text) {
  if (base::parse_signature_algorithm(text)) return {};
  if (text.starts_with("HS")) {
    return fmt::format("must not hold {}: whoever could judge such tokens could make them", text);
  }
  return fmt::format("must hold names such as RS256, and \"{}\" is none that is judged here", text);
}

std::string wrong_if_empty(std::string_view text) {
  return text.empty() ? "must not be empty" : std::string{};
}

std::string readable_bytes(std::int64_t bytes) {
  static constexpr std::array<std::pair<std::int64_t, std::string_view>, 4> units{
      {{std::int64_t{1} << 40, "TiB"}, {std::int64_t{1} << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}}};
  return in_largest(bytes, units);
}

std::string readable_milliseconds(std::int64_t ms) {
  static constexpr std::array<std::pair<std::int64_t, std::string_view>, 4> units{
      {{86400000, "d"}, {3600000, "h"}, {60000, "min"}, {1000, "s"}}};
  return in_largest(ms, units);
}

}  // namespace streamdemo::config
