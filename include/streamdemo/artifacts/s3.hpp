// The store of artifacts in a bucket of any server that speaks S3. Nothing is shared between processes but the bucket.
#pragma once
#include <streamdemo/artifacts/store.hpp>

namespace streamdemo::artifacts {

struct s3_options {
  std::string endpoint;           // http(s)://host[:port]
  std::string public_endpoint;    // as clients reach it
  std::filesystem::path ca_file;  // of authorities for https; empty: the system's
  std::string bucket;
  std::string region;
  std::string prefix;
  bool path_style = true;
  bool redirect = false;  // link() gives addresses
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;
  std::filesystem::path credentials_file;  // used if there is no access_key_id
  std::string profile;
  std::uint64_t part_bytes = 0;
  std::uint32_t parts_in_flight = 0;
  std::uint64_t max_buffer_bytes = 0;
  std::uint32_t connections = 0;
  base::milliseconds retry_for{0};
  base::milliseconds url_lifetime{0};
  base::milliseconds abort_after{0};
  std::size_t swept_at_once = 10'000;  // files; so many names are remembered
  std::filesystem::path scratch_directory;
  std::uint64_t max_scratch_bytes = 0;
  base::milliseconds keep_for{0};
  std::uint64_t max_bytes = 0;
  std::uint64_t max_input_bytes = 0;
  std::size_t threads = 0;
};

// Blocks while it looks at the bucket. Errors, each with what to change: there is no key, no such bucket, the key is
// refused, the scratch directory cannot be made. A server that cannot be reached is none: it may come later.
result<std::unique_ptr<store>> make_s3_store(s3_options o, const base::clock& clock, base::metrics& metrics,
                                             const base::logger& log);

}  // namespace streamdemo::artifacts
