#include "artifacts/s3/xml.hpp"

#include <fmt/format.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <charconv>
#include <optional>
#include <sstream>

namespace streamdemo::artifacts::s3 {

namespace {

using base::errc;
using base::error;
using base::result;
using boost::property_tree::ptree;

// The parser calls itself for each level.
constexpr int deepest = 32;

bool is_deep(std::string_view text) {
  int depth = 0;
  for (std::size_t at = text.find('<'); at != text.npos; at = text.find('<', at + 1)) {
    const bool ends = text.substr(at).starts_with("</");
    depth += ends ? -1 : 1;
    const auto close = text.find('>', at);
    if (close == text.npos) return false;
    if (!ends && (text[close - 1] == '/' || text[close - 1] == '?' || text[at + 1] == '!')) --depth;
    if (depth > deepest) return true;
  }
  return false;
}

// The members of the outermost element, if that is `name`.
result<ptree> parse(std::string_view text, const char* name) {
  const error none{errc::unavailable, fmt::format("the answer of the bucket's server is no {}", name)};
  if (is_deep(text)) return none;
  std::istringstream in{std::string(text)};
  ptree all;
  try {
    boost::property_tree::read_xml(in, all, boost::property_tree::xml_parser::no_comments);
  } catch (const boost::property_tree::ptree_error&) {
    return none;
  }
  const auto found = all.get_child_optional(name);
  if (!found) return none;
  return *found;
}

std::string text_of(const ptree& t, const char* name) {
  return t.get<std::string>(name, {});
}

// Sizes and times of a listing; false where one is none.
bool read(const std::string& text, std::uint64_t& n) {
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
  return ec == std::errc{} && end == text.data() + text.size() && !text.empty();
}
bool read(const std::string& text, base::sys_time& t) {
  const auto time = base::parse_time(text);
  if (time) t = *time;
  return time.has_value();
}

}  // namespace

failure read_failure(std::string_view text) {
  const auto e = parse(text, "Error");
  if (!e) return {};
  return {text_of(*e, "Code"), text_of(*e, "Message")};
}

result<object_list> read_objects(std::string_view text) {
  const auto all = parse(text, "ListBucketResult");
  if (!all) return all.error();
  object_list list;
  for (const auto& [name, o] : *all) {
    if (name != "Contents") continue;
    object_entry one;
    one.key = text_of(o, "Key");
    if (one.key.empty() || !read(text_of(o, "Size"), one.size) || !read(text_of(o, "LastModified"), one.modified)) {
      return error{errc::unavailable, "the bucket's list has an object without a key, a size or a time"};
    }
    list.objects.push_back(std::move(one));
  }
  if (text_of(*all, "IsTruncated") == "true") {
    list.next = text_of(*all, "NextContinuationToken");
    if (list.next.empty()) return error{errc::unavailable, "the bucket's list goes on, but does not say where"};
  }
  return list;
}

result<upload_list> read_uploads(std::string_view text) {
  const auto all = parse(text, "ListMultipartUploadsResult");
  if (!all) return all.error();
  upload_list list;
  for (const auto& [name, u] : *all) {
    if (name != "Upload") continue;
    upload_entry one{text_of(u, "Key"), text_of(u, "UploadId")};
    if (one.key.empty() || one.upload_id.empty()) {
      return error{errc::unavailable, "the bucket's list has an upload without a key or an id"};
    }
    list.uploads.push_back(std::move(one));
  }
  list.more = text_of(*all, "IsTruncated") == "true";
  list.next_key = text_of(*all, "NextKeyMarker");
  list.next_upload_id = text_of(*all, "NextUploadIdMarker");
  return list;
}

result<std::string> read_upload_id(std::string_view text) {
  const auto all = parse(text, "InitiateMultipartUploadResult");
  if (!all) return all.error();
  auto id = text_of(*all, "UploadId");
  if (id.empty()) return error{errc::unavailable, "the bucket's server began an upload without an id"};
  return id;
}

std::string parts_text(const std::vector<sent_part>& parts) {
  std::string text = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (const auto& p : parts) {
    // The tag is the server's own text, in quotes.
    std::string etag;
    for (const char c : p.etag) {
      etag += c == '"' ? std::string("&quot;") : c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
    }
    text += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", p.number, etag);
  }
  return text + "</CompleteMultipartUpload>";
}

}  // namespace streamdemo::artifacts::s3
