#include "processor/handlers/video/media.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::processor;

TEST_CASE("what ffprobe prints is read, whatever it leaves out") {
  // Shortened answers of ffprobe 5.1 and 7.1.
  const auto m = read_media(R"({"packets":[
      {"stream_index":0,"pts_time":"0.000000","dts_time":"-0.066667","side_data_list":[{"side_data_type":"Encryption info"}]},
      {"stream_index":1,"pts_time":"N/A","dts_time":"0.020000"},{"stream_index":7,"pts_time":"0.1"}],
    "streams":[
      {"index":0,"codec_name":"h264","profile":"High","codec_type":"video","codec_tag_string":"avc1","pix_fmt":"yuv420p10le",
       "color_transfer":"smpte2084","field_order":"tt","r_frame_rate":"30000/1001","avg_frame_rate":"0/0",
       "start_time":"0.040000","duration":"7.500000","nb_frames":"225","disposition":{"default":1,"attached_pic":0}},
      {"index":1,"codec_type":"audio","codec_tag_string":"apac","sample_rate":"44100","disposition":{"default":0}},
      {"index":2,"codec_name":"mjpeg","codec_type":"video","disposition":{"attached_pic":1}},
      {"index":3,"codec_type":"data"}],
    "format":{"format_name":"mov,mp4","duration":"8.0"}})",
                            R"({"frames":[{"stream_index":0,"pts_time":"0.04","best_effort_timestamp_time":"0.040000",
      "interlaced_frame":1},{"stream_index":0,"pts_time":"0.08","interlaced_frame":0}]})");
  REQUIRE(m.has_value());
  CHECK(m->format == "mov,mp4");
  CHECK(m->seconds == 8.0);
  REQUIRE(m->streams.size() == 4);
  const auto& p = m->streams[0];
  CHECK(p.what == media_stream::type::picture);
  CHECK(p.preferred);
  CHECK(p.nominal_rate == rational{30000, 1001});
  CHECK(p.average_rate.value() == 0);
  CHECK(p.seconds == 7.5);
  CHECK(p.frames == 225);
  CHECK(p.encrypted);
  CHECK(p.decoded == 2);
  CHECK(p.interlaced);
  CHECK(p.first_frame == 0.04);
  CHECK(p.transfer == "smpte2084");
  const auto& s = m->streams[1];
  CHECK(s.what == media_stream::type::sound);
  CHECK(s.codec.empty());
  CHECK(s.sample_rate == 44100);
  CHECK(s.packet_times == std::vector<double>{0.02});
  CHECK_FALSE(s.encrypted);
  CHECK(m->streams[2].cover);
  CHECK(m->streams[3].what == media_stream::type::other);
}

TEST_CASE("where packets do not all say when they are shown, the times of decoding count") {
  const auto m = read_media(R"({"streams":[{"index":0,"codec_type":"video"}],"packets":[
    {"stream_index":0,"pts_time":"0.5","dts_time":"0.46"},{"stream_index":0,"dts_time":"0.5"},
    {"stream_index":0,"pts_time":"N/A","dts_time":"0.54"}]})",
                            "{}");
  CHECK(m.value().streams.at(0).packet_times == std::vector<double>{0.46, 0.5, 0.54});
}

TEST_CASE("an answer that is no JSON is an error") {
  CHECK_FALSE(read_media("", "{}").has_value());
  CHECK_FALSE(read_media("{}", "[]").has_value());
  CHECK(read_media("{}", "{}").value().streams.empty());
}
