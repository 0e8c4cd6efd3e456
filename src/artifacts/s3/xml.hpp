// Reads the XML that S3 answers with. Pure. What is no such answer is errc::unavailable.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::artifacts::s3 {

struct failure {
  std::string code;  // "NoSuchKey" and so on; empty: the text is no error
  std::string message;
};
// Never fails: answers of proxies in between have any text.
failure read_failure(std::string_view text);

struct object_entry {
  std::string key;
  std::uint64_t size = 0;
  base::sys_time modified{};  // by the server's clock
};
struct object_list {
  std::vector<object_entry> objects;
  std::string next;  // the token of the next page; empty: this is the last
};
base::result<object_list> read_objects(std::string_view text);

struct upload_entry {
  std::string key;
  std::string upload_id;
};
struct upload_list {
  std::vector<upload_entry> uploads;
  bool more = false;
  std::string next_key;
  std::string next_upload_id;
};
base::result<upload_list> read_uploads(std::string_view text);

// The id of an upload in parts.
base::result<std::string> read_upload_id(std::string_view text);

struct sent_part {
  int number = 0;
  std::string etag;
};
std::string parts_text(const std::vector<sent_part>& parts);

}  // namespace streamdemo::artifacts::s3
