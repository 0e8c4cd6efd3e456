#include "processor/handlers/video/video_facts.hpp"

#include <doctest/doctest.h>

using streamdemo::processor::read_video_facts;

TEST_CASE("the picture's own length counts before the file's") {
  CHECK(read_video_facts(R"({"streams":[{"codec_type":"audio","duration":"9.0"},
    {"codec_type":"video","duration":"7.5"}],"format":{"duration":"9.0"}})")
            .value()
            .seconds == 7.5);
  CHECK(read_video_facts(R"({"streams":[{"codec_type":"video"}],"format":{"duration":"9.25"}})").value().seconds ==
        9.25);
  CHECK_FALSE(read_video_facts(R"({"streams":[{"codec_type":"video","duration":"N/A"}],"format":{}})").value().seconds);
}

TEST_CASE("sound alone, a cover picture, no track and no length are told apart") {
  const auto says = [](const char* json, const char* text) {
    return read_video_facts(json).error().message.find(text) != std::string::npos;
  };
  CHECK(says(R"({"streams":[{"codec_type":"audio"}]})", "sound but no picture"));
  CHECK(says(R"({"streams":[{"codec_type":"audio"},{"codec_type":"video","disposition":{"attached_pic":1}}]})",
             "sound but no picture"));
  CHECK(says(R"({"streams":[]})", "no video track"));
  CHECK(says(R"({})", "no video track"));
  CHECK(says(R"({"streams":[{"codec_type":"video","duration":"0.000000"}]})", "0 s long"));
  CHECK(says("not json", "could not be read"));
}
