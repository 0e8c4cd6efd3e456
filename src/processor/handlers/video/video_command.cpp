#include "processor/handlers/video/video_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "processor/handlers/video/sound_track.hpp"

namespace streamdemo::processor {

namespace {

using arguments = std::vector<std::string>;

// In seconds. Without an index in the container, a seek may land after the key frame that it needs, so seek earlier by
// more than the longest GOP in use.
constexpr double seek_margin = 12;

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

// Even numbers only, because the encoder halves width and height for the colours (4:2:0).
std::string scaled(const video_request& r) {
  if (r.width == 0) return fmt::format("scale=w=-2:h='max(2,min({},trunc(ih/2)*2))'", r.height);
  return fmt::format("scale=w={}:h={}:force_original_aspect_ratio=decrease:force_divisible_by=2", r.width, r.height);
}

// 203 cd/m² is the white of paper in HDR. Nearly all values below it stay unchanged; brighter ones are compressed.
constexpr auto to_sdr =
    "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=mobius:param=0.8:desat=0,"
    "zscale=t=bt709:m=bt709:r=tv";

// The time from which to decode, on the file's clock; nullopt: the beginning of the file.
std::optional<double> seek_of(const cut_plan& p) {
  const auto at = p.start_seconds() - seek_margin;
  if (p.from.path.empty() || at <= 0) return std::nullopt;
  return p.from.picture_start + at;
}

// Maps the source's frames to the clips' constant frame rate, whose clock begins with the first frame. If two frames
// fall on the same index, the second moves to the next one, so none is lost; an index without a frame repeats the frame
// before. A second run uses the same time 0 as the first, so each frame gets the same index.
std::string picture_filters(const cut_plan& p) {
  std::string f;
  if (p.from.deinterlace) f += "bwdif=mode=send_frame:deint=interlaced,";
  f += scaled(p.request);
  if (p.from.tone_map) f += fmt::format(",{}", to_sdr);
  const auto seek = seek_of(p);
  f += seek ? fmt::format(",setpts=PTS+({:.6f})/TB", *seek - p.from.picture_start)
            : fmt::format(",setpts=PTS-STARTPTS-({:.6f})/TB", p.from.first_delay);
  f += fmt::format(",settb={}/{}", p.from.rate.den, p.from.rate.num);
  f += ",setpts='if(isnan(PREV_OUTPTS),max(PTS,0),max(PREV_OUTPTS+1,PTS))'";
  f += fmt::format(",fps={}", p.from.rate.text());
  if (p.first_frame > 0) f += fmt::format(",trim=start_pts={}", p.first_frame);
  return f + ",format=yuv420p";
}

// Packets are counted from the beginning of the sound in every run, so that the clips of two runs fit together. Start
// two packets before the first that is heard: one for the encoder's initial silence, and one that must be decoded
// before the next.
std::int64_t first_packet(const cut_plan& p) {
  if (p.first_frame == 0) return 0;
  const auto at = p.start_seconds() + p.from.picture_start - p.from.sound_start;
  return std::max<std::int64_t>(0, std::llround(at * p.from.sample_rate / sound_track::packet_samples) - 2);
}

// Fills gaps with silence, so that the number of a sample gives its time.
std::string sound_filters(const cut_plan& p) {
  auto f = fmt::format("aresample={}:async=1", p.from.sample_rate);
  if (const auto n = first_packet(p); n > 0) {
    f += fmt::format(",atrim=start_sample={},asetpts=PTS-STARTPTS", n * sound_track::packet_samples);
  }
  return f;
}

// A test picture with a clock and a frame counter, and a tone.
arguments sample_input(const cut_plan& p) {
  const auto& r = p.request;
  const int width = r.width != 0 ? r.width : (r.height * 16 / 9 + 1) / 2 * 2;
  return {
      "-f",
      "lavfi",
      "-i",
      fmt::format("testsrc2=size={}x{}:rate=25:duration={}", width, r.height, r.sample_seconds),
      "-f",
      "lavfi",
      "-i",
      fmt::format("sine=frequency=440:beep_factor=4:sample_rate={}:duration={}", p.from.sample_rate, r.sample_seconds)};
}

arguments upload_input(const cut_plan& p) {
  arguments a{"-threads", std::to_string(p.threads), "-max_pixels", "40000000"};
  const auto seek = seek_of(p);
  if (seek) append(a, {"-noaccurate_seek", "-seek_timestamp", "1", "-ss", fmt::format("{:.6f}", *seek)});
  append(a, only_this_file(p.from.path));
  // The file again for the sound, without a seek: sound is cheap to decode, and is counted from its beginning.
  if (seek && p.from.sound) append(a, only_this_file(p.from.path));
  return a;
}

arguments segments(const cut_plan& p) {
  return {"-f",
          "segment",
          "-segment_time",
          fmt::format("{}", p.request.clip_seconds),
          "-segment_time_delta",
          "0.001",
          "-segment_format",
          "mp4",
          "-segment_format_options",
          "movflags=+faststart",
          "-reset_timestamps",
          "1",
          "-segment_start_number",
          std::to_string(p.first_index),
          "-segment_list",
          "pipe:3",
          "-segment_list_type",
          "csv",
          "pic-%06d.mp4"};
}

// Times are on the picture's clock, which begins with its first frame.
arguments copied_picture_output(const cut_plan& p) {
  arguments a{"-map",
              fmt::format("0:{}", p.from.picture),
              "-sn",
              "-dn",
              "-map_metadata",
              "-1",
              "-c:v",
              "copy",
              "-avoid_negative_ts",
              "disabled",
              "-output_ts_offset",
              fmt::format("{:.6f}", p.from.file_start - p.from.picture_start)};
  append(a, segments(p));
  return a;
}

arguments picture_output(const cut_plan& p) {
  const auto& r = p.request;
  arguments a{"-map", fmt::format("0:{}", p.from.picture), "-sn", "-dn", "-map_metadata", "-1"};
  append(a, {"-vf", picture_filters(p), "-fps_mode", "passthrough", "-c:v", "libx264", "-preset", r.preset, "-threads",
             std::to_string(p.threads)});
  // A clip begins with the first frame that is not before its time. The tolerance of a millisecond is shorter than any
  // frame and larger than rounding errors. ffmpeg counts `t` from the first frame of this run.
  append(a, {"-force_key_frames", fmt::format("expr:gte(t+{:.6f},(n_forced+{})*{}-0.001)", p.start_seconds(),
                                              p.first_index, r.clip_seconds)});
  // The encoder's first frames have decoding times before 0. Shifting them would shift the start of every clip, and
  // from ffmpeg 7 on the segment muxer would then skip key frames that lie exactly on their time.
  append(a, {"-avoid_negative_ts", "disabled"});
  // For the segment muxer, every run must begin with clip 0.
  if (p.first_index > 0) append(a, {"-output_ts_offset", fmt::format("{:.6f}", -p.first_index * r.clip_seconds)});
  append(a, segments(p));
  return a;
}

arguments sound_output(const cut_plan& p) {
  const auto input = p.from.path.empty() || seek_of(p) ? 1 : 0;
  if (p.from.copy_sound) {
    return {"-map", fmt::format("0:{}", *p.from.sound),
            "-vn",  "-map_metadata",
            "-1",   "-c:a",
            "copy", "-flush_packets",
            "1",    "-f",
            "adts", "pipe:1"};
  }
  return {"-map",
          fmt::format("{}:{}", input, *p.from.sound),
          "-vn",
          "-map_metadata",
          "-1",
          "-af",
          sound_filters(p),
          "-c:a",
          "aac",
          "-b:a",
          "96k",
          "-ac",
          "2",
          "-ar",
          std::to_string(p.from.sample_rate),
          "-flush_packets",
          "1",
          "-f",
          "adts",
          "pipe:1"};
}

}  // namespace

double cut_plan::sound_origin() const noexcept {
  const auto packets = static_cast<double>(first_packet(*this) - 1);
  return from.sound_start - from.picture_start + packets * sound_track::packet_samples / from.sample_rate;
}

std::string picture_file(std::int64_t index) {
  return fmt::format("pic-{:06}.mp4", index);
}

std::string sound_file(std::int64_t index) {
  return fmt::format("sound-{:06}.aac", index);
}

std::string clip_file(std::int64_t index) {
  return fmt::format("clip-{:06}.mp4", index);
}

arguments packets_command(const std::string& ffprobe, const std::string& path) {
  arguments a{
      ffprobe,
      "-v",
      "error",
      "-of",
      "json",
      "-show_packets",
      "-read_intervals",
      "%+#1000",
      "-show_entries",
      "format=format_name,start_time,duration:stream=index,codec_type,codec_name,codec_tag_string,profile,pix_fmt,"
      "r_frame_rate,avg_frame_rate,start_time,duration,nb_frames,sample_rate,color_transfer,field_order:"
      "stream_disposition=default,attached_pic,timed_thumbnails:"
      "packet=stream_index,pts_time,dts_time:packet_side_data=side_data_type"};
  append(a, only_this_file(path));
  return a;
}

arguments frames_command(const std::string& ffprobe, const std::string& path) {
  arguments a{ffprobe,
              "-v",
              "error",
              "-of",
              "json",
              "-show_frames",
              "-read_intervals",
              "%+#80",
              "-show_entries",
              "frame=stream_index,pts_time,best_effort_timestamp_time,interlaced_frame:frame_side_data="};
  append(a, only_this_file(path));
  return a;
}

arguments length_command(const std::string& ffmpeg, const source& s) {
  arguments a{ffmpeg, "-hide_banner", "-nostdin", "-v", "error", "-nostats", "-progress", "pipe:1"};
  append(a, only_this_file(s.path));
  append(a, {"-map", fmt::format("0:{}", s.picture), "-c", "copy", "-f", "null", "-"});
  return a;
}

arguments tone_map_command(const std::string& ffmpeg) {
  return {ffmpeg,
          "-hide_banner",
          "-nostdin",
          "-v",
          "error",
          "-f",
          "lavfi",
          "-i",
          "color=size=16x16:duration=0.04",
          "-vf",
          std::string("format=yuv420p10le,setparams=color_primaries=bt2020:color_trc=smpte2084:"
                      "colorspace=bt2020nc:range=tv,") +
              to_sdr + ",format=yuv420p",
          "-f",
          "null",
          "-"};
}

arguments cut_command(const cut_plan& p) {
  arguments a{p.ffmpeg,    "-hide_banner", "-nostdin",      "-v",  "error",           "-nostats",
              "-progress", "pipe:3",       "-stats_period", "0.1", "-filter_threads", "1"};
  append(a, p.from.path.empty() ? sample_input(p) : upload_input(p));
  append(a, p.from.copy ? copied_picture_output(p) : picture_output(p));
  if (p.from.sound) append(a, sound_output(p));
  return a;
}

arguments join_command(const std::string& ffmpeg, const std::vector<joint>& clips) {
  arguments a{ffmpeg, "-hide_banner", "-nostdin", "-v", "error"};
  for (const auto& c : clips) {
    append(a, {"-itsoffset", fmt::format("{:.6f}", c.picture_offset), "-i", picture_file(c.index)});
    append(a, {"-itsoffset", fmt::format("{:.6f}", c.sound_offset), "-f", "aac", "-i", sound_file(c.index)});
  }
  for (std::size_t i = 0; i < clips.size(); ++i) {
    append(a, {"-map", fmt::format("{}:v", 2 * i), "-map", fmt::format("{}:a", 2 * i + 1), "-c", "copy", "-bsf:a",
               "aac_adtstoasc", "-map_metadata", "-1", "-avoid_negative_ts", "disabled", "-movflags", "+faststart",
               clip_file(clips[i].index)});
  }
  return a;
}

}  // namespace streamdemo::processor
