#include "processor/handlers/video/explain.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace streamdemo::processor;

namespace {

bool has(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

std::string cause_of(std::string_view text) {
  complaints c("/p/x");
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    c.add(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return c.cause();
}

}  // namespace

TEST_CASE("the known ways in which a file is no video have a sentence of their own") {
  CHECK(has(explain_unreadable("[hls @ 0x5] Format not on whitelist 'mov'\nfile:/p/x: Invalid argument\n", "/p/x"),
            "format"));
  CHECK(has(explain_unreadable("[mov @ 0x5] moov atom not found\nfile:/p/x: Invalid data\n", "/p/x"),
            "index is missing"));
  const auto other = explain_unreadable("file:/p/x: Invalid data found when processing input\n", "/p/x");
  CHECK(other == "the upload cannot be read as a video: it is no video, or it is damaged");
  CHECK(explain_unreadable("", "/p/x") == other);
}

TEST_CASE("neither paths nor addresses of memory are told to strangers") {
  complaints c("/p/x");
  CHECK(c.add("[matroska,webm @ 0x55957d583c80] File ended prematurely") == "matroska,webm: File ended prematurely");
  CHECK(c.add("[aist#0:1/aac @ 0x555581729100] [dec:aac @ 0x55558171b300] Decode error rate 1 exceeds maximum 0.6") ==
        "dec:aac: Decode error rate 1 exceeds maximum 0.6");
  CHECK(c.add("file:/p/x: No space") == "the upload: No space");
  CHECK(c.add("    Last message repeated 3 times") == "");
  CHECK(c.add(" ") == "");
  CHECK(c.add(std::string(10000, 'y')).size() <= 303);
  CHECK(c.count() == 4);
}

TEST_CASE("complaints are shown once a kind, and not without end") {
  complaints c("");
  CHECK_FALSE(c.add("[h264 @ 0x1] error while decoding MB 3 1, bytestream 440").empty());
  CHECK(c.add("[h264 @ 0x2] error while decoding MB 7 2, bytestream 91").empty());
  for (int i = 0; i < 100; ++i) c.add("another " + std::string(static_cast<std::size_t>(i), 'x'));
  CHECK(c.count() == 102);
  CHECK(c.hidden() == 82);
}

TEST_CASE("the first cause is named, not what follows from it, by both versions' words") {
  // 5.1, then 7.1, of the same files.
  CHECK(cause_of("av_interleaved_write_frame(): No space left on device\n"
                 "Error writing trailer of pic-%06d.mp4: Invalid argument\n") ==
        "there is no space left for its files");
  CHECK(cause_of("[mov,mp4,m4a,3gp,3g2,mj2 @ 0x5] stream 0, offset 0x2a3f: partial file\n"
                 "file:/p/x: Invalid data found when processing input\n"
                 "Error while decoding stream #0:0: Invalid data found when processing input\n") ==
        file_ends_in_the_middle);
  CHECK(
      cause_of("[in#0/mov,mp4,m4a,3gp,3g2,mj2 @ 0x5] Error during demuxing: Invalid data found when processing input\n"
               "[mov,mp4,m4a,3gp,3g2,mj2 @ 0x5] stream 0, offset 0x2a3f: partial file\n") == file_ends_in_the_middle);
  CHECK(cause_of("[matroska,webm @ 0x5] File ended prematurely at pos. 8213 (0x2015)\n") == file_ends_in_the_middle);
  CHECK(cause_of("Error while decoding stream #0:0: Invalid data found when processing input\n") == cut_off_or_damaged);
  CHECK(cause_of("[vist#0:0/h264 @ 0x5] [dec:h264 @ 0x5] Error submitting packet to decoder: Invalid data found\n") ==
        cut_off_or_damaged);
  CHECK(cause_of("Nothing was written into output file, because at least one of its streams received no packets.\n") ==
        "");
}
