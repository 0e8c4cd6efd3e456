#include "artifacts/s3/key_source.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <streamdemo/base/text.hpp>

namespace streamdemo::artifacts::s3 {

namespace {

using base::errc;
using base::error;
using base::result;

using base::trim;

// Without the end that files of Windows have.
std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

result<credentials> read_profile(std::string_view text, std::string_view profile) {
  credentials c;
  bool here = false, found = false;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = trim(without_return(text.substr(0, end)));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      here = line.back() == ']' && trim(line.substr(1, line.size() - 2)) == profile;
      found = found || here;
      continue;
    }
    const auto equals = line.find('=');
    if (!here || equals == line.npos) continue;
    const auto name = trim(line.substr(0, equals));
    const auto value = trim(line.substr(equals + 1));
    if (name == "aws_access_key_id") c.key_id = value;
    if (name == "aws_secret_access_key") c.secret = value;
    if (name == "aws_session_token") c.token = value;
  }
  if (!found) return error{errc::invalid_argument, fmt::format("it has no [{}]", profile)};
  if (c.key_id.empty() || c.secret.empty()) {
    return error{errc::invalid_argument,
                 fmt::format("its [{}] lacks aws_access_key_id or aws_secret_access_key", profile)};
  }
  return c;
}

key_source::key_source(credentials fixed, std::filesystem::path file, std::string profile)
    : fixed_(std::move(fixed)), file_(std::move(file)), profile_(std::move(profile)) {}

result<credentials> key_source::read() const {
  if (!fixed_.key_id.empty()) return fixed_;
  if (file_.empty()) {
    return error{errc::invalid_argument,
                 "there is no key for the bucket: set s3.access_key_id and s3.secret_access_key, s3.credentials_file, "
                 "or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"};
  }
  std::ifstream in(file_);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) {
    return error{errc::invalid_argument,
                 fmt::format("could not read the keys in {} (s3.credentials_file)", file_.string())};
  }
  auto c = read_profile(text.view(), profile_);
  if (!c) {
    return error{errc::invalid_argument,
                 fmt::format("{} (s3.credentials_file): {}", file_.string(), c.error().message)};
  }
  return c;
}

result<void> key_source::load() {
  auto c = read();
  if (!c) return std::move(c).error();
  const std::lock_guard lock(mutex_);
  now_ = std::move(*c);
  return {};
}

credentials key_source::now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

bool key_source::renew(const credentials& refused) {
  auto c = read();
  const std::lock_guard lock(mutex_);
  if (c) now_ = std::move(*c);  // a file that is just being replaced may not be readable: the next refusal asks again
  return now_ != refused;
}

}  // namespace streamdemo::artifacts::s3
