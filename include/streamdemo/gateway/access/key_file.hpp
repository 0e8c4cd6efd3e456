// The file of static keys: one JSON object per line, with a key's SHA-256 instead of the key. A key is 32 random bytes,
// so it cannot be found from a plain digest by guessing. The file is written as a whole and renamed into place, so that
// a reader sees either the old or the new one. Blocks; any thread.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/error.hpp>
#include <streamdemo/base/hash.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::gateway {

struct stored_key {
  std::string id;                // the key's name in the list, in logs and for `key revoke`; not secret
  base::sha256_digest sha256{};  // of the key
  std::string subject;
  std::vector<std::string> scopes;  // "tasks:submit" …
  std::vector<std::string> kinds;   // empty: all
  base::sys_time created{};
  base::sys_time expires{};  // zero: never
  bool operator==(const stored_key&) const = default;
};

// The properties of a new key.
struct key_wish {
  std::string subject;
  std::vector<std::string> scopes;
  std::vector<std::string> kinds;
  base::sys_time expires{};  // zero: never
  bool first = false;        // fail if there is a key already
};

// All keys in the text of a file. Error: corrupt, with the number of the line and what is wrong with it.
base::result<std::vector<stored_key>> parse_keys(std::string_view text);

// Errors: not_found (no such file), io, corrupt.
base::result<std::vector<stored_key>> read_keys(const std::filesystem::path& file);

// Makes a key, appends it to the file, and returns the key itself, which is stored nowhere. Creates the file and its
// directory if they are missing, readable by their owner only. Errors: invalid_argument (subject, scopes),
// already_exists (there is a key, and `first` is set), io, corrupt.
base::result<std::string> add_key(const std::filesystem::path& file, const key_wish& wish, base::sys_time now);

// Errors: not_found (no such key or file), io, corrupt.
base::result<void> revoke_key(const std::filesystem::path& file, std::string_view id);

}  // namespace streamdemo::gateway
