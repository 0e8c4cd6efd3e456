// Where the key comes from that requests are signed with: fixed ones, or a file that is read again when its key is
// refused, since temporary keys are replaced while this program runs. Thread-safe.
#pragma once
#include <streamdemo/base/error.hpp>

#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>

#include "artifacts/s3/signer.hpp"

namespace streamdemo::artifacts::s3 {

// The section `profile` of a file as ~/.aws/credentials. Pure. Error: invalid_argument, with what is missing.
base::result<credentials> read_profile(std::string_view text, std::string_view profile);

class key_source {
 public:
  // `file` counts only if `fixed` has no key.
  key_source(credentials fixed, std::filesystem::path file, std::string profile);

  // Blocks. Error: the file cannot be read, or there is no key at all; invalid_argument.
  base::result<void> load();
  credentials now() const;
  // Reads the file again, after `refused` did not count. Blocks. True: there is another key now.
  bool renew(const credentials& refused);

 private:
  base::result<credentials> read() const;

  const credentials fixed_;
  const std::filesystem::path file_;
  const std::string profile_;
  mutable std::mutex mutex_;
  credentials now_;
};

}  // namespace streamdemo::artifacts::s3
