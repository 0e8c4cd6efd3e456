#include "processor/handlers/video/video_command.hpp"

#include <fmt/format.h>

namespace streamdemo::processor {

namespace {

using arguments = std::vector<std::string>;

void append(arguments& to, arguments more) {
  for (auto& m : more) to.push_back(std::move(m));
}

arguments only_this_file(const std::string& path) {
  return {"-protocol_whitelist",
          "file,pipe",
          "-format_whitelist",
          "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,ogg,asf,mp3,wav,flac,aac",
          "-i",
          "file:" + path};
}

// Even numbers only: the encoder takes half of them for the colours.
std::string scaled(const video_request& r) {
  if (r.width == 0) return fmt::format("scale=w=-2:h='max(2,min({},trunc(ih/2)*2))'", r.height);
  return fmt::format("scale=w={}:h={}:force_original_aspect_ratio=decrease:force_divisible_by=2", r.width, r.height);
}

// Times are told in rounded microseconds: from a little before, the frame at `seconds` itself is surely taken, and the
// one before it surely not.
double just_before(double seconds) {
  return seconds > 0 ? seconds - 0.001 : 0;
}

// A picture with a running clock and a frame counter, and a tone. Generated from its start: what an earlier run has cut
// already is thrown away, so that the clips of two runs fit together.
arguments sample_input(const cut_plan& p) {
  const auto& r = p.request;
  const int width = r.width != 0 ? r.width : (r.height * 16 / 9 + 1) / 2 * 2;
  return {"-f",
          "lavfi",
          "-i",
          fmt::format("testsrc2=size={}x{}:rate=25:duration={},trim=start={:.3f},setpts=PTS-STARTPTS", width, r.height,
                      r.sample_seconds, just_before(p.start_seconds)),
          "-f",
          "lavfi",
          "-i",
          fmt::format("sine=frequency=440:beep_factor=4:sample_rate=44100:duration={},atrim=start={:.3f},"
                      "asetpts=PTS-STARTPTS",
                      r.sample_seconds, just_before(p.start_seconds)),
          "-map",
          "0:v:0",
          "-map",
          "1:a:0"};
}

arguments upload_input(const cut_plan& p) {
  arguments a{"-threads", std::to_string(p.threads), "-max_pixels", "40000000"};
  if (p.start_seconds > 0) append(a, {"-ss", fmt::format("{:.6f}", just_before(p.start_seconds))});
  append(a, only_this_file(p.path));
  append(a, {"-map", "0:V:0", "-map", "0:a:0?", "-sn", "-dn", "-vf", scaled(p.request)});
  return a;
}

}  // namespace

arguments probe_command(const std::string& ffprobe, const std::string& path) {
  arguments a{ffprobe,
              "-v",
              "error",
              "-of",
              "json",
              "-show_entries",
              "stream=codec_type,duration:stream_disposition=attached_pic:format=duration"};
  append(a, only_this_file(path));
  return a;
}

arguments cut_command(const cut_plan& p) {
  arguments a{p.ffmpeg,    "-hide_banner", "-nostdin",      "-v",  "error",           "-nostats",
              "-progress", "pipe:1",       "-stats_period", "0.1", "-filter_threads", "1"};
  append(a, p.request.sample ? sample_input(p) : upload_input(p));
  append(a, {"-map_metadata", "-1", "-c:v", "libx264", "-preset", p.request.preset, "-pix_fmt", "yuv420p", "-threads",
             std::to_string(p.threads), "-force_key_frames",
             fmt::format("expr:gte(t,n_forced*{})", p.request.clip_seconds)});
  append(a, {"-c:a", "aac", "-b:a", "96k", "-ac", "2"});
  // The encoder's first frames have decoding times before 0; shifting them would shift every clip's start.
  append(a, {"-avoid_negative_ts", "disabled"});
  append(a, {"-f", "segment", "-segment_time", fmt::format("{}", p.request.clip_seconds), "-segment_format", "mp4",
             "-segment_format_options", "movflags=+faststart", "-reset_timestamps", "1", "-segment_start_number",
             std::to_string(p.first_index), "-segment_list", "pipe:3", "-segment_list_type", "csv", "clip-%06d.mp4"});
  return a;
}

}  // namespace streamdemo::processor
