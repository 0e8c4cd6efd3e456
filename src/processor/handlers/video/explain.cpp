#include "processor/handlers/video/explain.hpp"

#include "processor/child/tail.hpp"
#include "processor/handlers/text.hpp"

namespace streamdemo::processor {

namespace {

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  if (what.empty()) return;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

}  // namespace

std::string last_words(std::string_view errors, std::string_view path) {
  // What ffmpeg says after it are consequences that name no cause.
  if (errors.find("No space left on device") != std::string_view::npos) return "there is no space left for its files";
  tail t;
  t.add(errors);
  auto words = as_utf8(t.last_line());
  // "[matroska,webm @ 0x55957d583c80] File ended prematurely"
  if (words.starts_with('[')) {
    if (const auto end = words.find("] "); end != std::string::npos) words.erase(0, end + 2);
  }
  replace_all(words, "file:" + std::string(path), "the upload");
  replace_all(words, path, "the upload");
  if (words.size() > 300) words = as_utf8(words.substr(0, 300));
  return words;
}

std::string explain_unreadable(std::string_view errors, std::string_view path) {
  const auto has = [&](std::string_view text) { return errors.find(text) != std::string_view::npos; };
  if (has("not on whitelist")) {
    return "the upload is not in a video format that is taken here (MP4, MOV, Matroska, WebM, AVI, MPEG, FLV, Ogg)";
  }
  if (has("moov atom not found")) {
    return "the upload cannot be read as a video: its index is missing, so it is cut off, damaged or no video at all; "
           "send the whole file";
  }
  const auto words = last_words(errors, path);
  std::string sentence = "the upload cannot be read as a video: it is no video, or it is damaged";
  if (!words.empty()) sentence += " (" + words + ")";
  return sentence;
}

}  // namespace streamdemo::processor
