#include "app/token_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace streamdemo::app {

namespace {

constexpr std::size_t shortest_token = 16;
constexpr std::size_t longest_token = 4096;
constexpr std::string_view token_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";

}  // namespace

base::result<std::string> read_token(const std::filesystem::path& file) {
  std::error_code ec;
  // A pipe of that name would wait for a writer.
  const bool regular = std::filesystem::is_regular_file(file, ec);
  if (ec == std::errc::no_such_file_or_directory) {
    return base::error{base::errc::not_found, fmt::format("there is no file {}", file.string())};
  }
  std::ifstream in(file, std::ios::binary);
  if (!regular || !in) return base::error{base::errc::io, fmt::format("{} is no file that can be read", file.string())};
  std::string text(longest_token + 2, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  const bool good = text.size() >= shortest_token && text.size() <= longest_token &&
                    text.find_first_not_of(token_characters) == std::string::npos;
  if (good) return text;
  return base::error{base::errc::corrupt,
                     fmt::format("{} holds no token: one line of {} to {} of A-Z, a-z, 0-9 and -._~+/= "
                                 "(`openssl rand -hex 32` makes one)",
                                 file.string(), shortest_token, longest_token)};
}

}  // namespace streamdemo::app
