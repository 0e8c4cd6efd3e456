// The file of static keys: one JSON object per line, with a key's SHA-256 instead of the key. A key is 32 random bytes,
// so a plain digest cannot be searched. Written whole and renamed into place, so that a reader sees the old or the new
// file. Blocks; any thread.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/error.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::gateway {

struct stored_key {
  std::string id;      // names the key in the list, in logs and to `key revoke`; no secret
  std::string sha256;  // of the key, as lower-case hex
  std::string subject;
  std::vector<std::string> scopes;  // "tasks:submit" …
  std::vector<std::string> kinds;   // empty: all
  base::sys_time created{};
  base::sys_time expires{};  // zero: never
};

// What a new key is to be.
struct key_wish {
  std::string subject;
  std::vector<std::string> scopes;
  std::vector<std::string> kinds;
  base::sys_time expires{};  // zero: never
  bool first = false;        // only where there is no key yet
};

// All keys of a file's text. Error: corrupt, with the line's number and what is wrong with it.
base::result<std::vector<stored_key>> parse_keys(std::string_view text);

// Errors: not_found (no such file), io, corrupt.
base::result<std::vector<stored_key>> read_keys(const std::filesystem::path& file);

// Makes a key and appends it; the key itself, which is nowhere else. The file and its directory are made where they are
// missing, for their owner's eyes only. Errors: invalid_argument (subject, scopes), already_exists
// (another key, and only the first was wished for), io, corrupt.
base::result<std::string> add_key(const std::filesystem::path& file, const key_wish& wish, base::sys_time now);

// Errors: not_found (no such key or file), io, corrupt.
base::result<void> revoke_key(const std::filesystem::path& file, std::string_view id);

}  // namespace streamdemo::gateway
