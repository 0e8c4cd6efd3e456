#include "processor/handlers/video/explain.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::processor;

namespace {

bool has(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the known ways in which a file is no video have a sentence of their own") {
  CHECK(has(explain_unreadable("[hls @ 0x5] Format not on whitelist 'mov'\nfile:/p/x: Invalid argument\n", "/p/x"),
            "format"));
  CHECK(has(explain_unreadable("[mov @ 0x5] moov atom not found\nfile:/p/x: Invalid data\n", "/p/x"),
            "index is missing"));
  const auto other = explain_unreadable("file:/p/x: Invalid data found when processing input\n", "/p/x");
  CHECK(has(other, "no video, or it is damaged (the upload: Invalid data found"));
  CHECK_FALSE(has(explain_unreadable("", "/p/x"), "()"));
}

TEST_CASE("neither paths nor addresses of memory are told to strangers") {
  CHECK(last_words("x\n[matroska,webm @ 0x55957d583c80] File ended prematurely\n", "/p/x") == "File ended prematurely");
  CHECK(last_words("/p/x: No space\n", "/p/x") == "the upload: No space");
  CHECK(last_words("", "/p/x") == "");
  CHECK(last_words(std::string(10000, 'y'), "/p/x").size() <= 300);
}

TEST_CASE("a full disk is named, not what follows from it") {
  CHECK(last_words("av_interleaved_write_frame(): No space left on device\n"
                   "Error writing trailer of clip-%06d.mp4: Invalid argument\n",
                   "/p/x") == "there is no space left for its files");
}
