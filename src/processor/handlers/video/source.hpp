// Which streams of a file are cut, and what has to be done to them. Pure.
#pragma once
#include <streamdemo/base/error.hpp>

#include <optional>
#include <string>
#include <vector>

#include "processor/handlers/video/media.hpp"
#include "processor/handlers/video/video_request.hpp"

namespace streamdemo::processor {

struct source {
  std::string path;  // empty: the sample
  int picture = 0;   // the stream's number
  std::optional<int> sound;
  rational rate;  // of the clips' frames
  bool deinterlace = false;
  bool tone_map = false;     // the picture is HDR
  bool copy = false;         // cut without encoding
  bool copy_sound = false;   // the sound, too
  int sample_rate = 48000;   // of the clips' sound
  double file_start = 0;     // what ffmpeg calls 0; seconds, as the file counts, like the next two
  double picture_start = 0;  // time 0 of the picture's clock
  double first_delay = 0;    // how much later that is than the first frame's time
  double sound_start = 0;
  std::optional<double> seconds;     // of the picture, if the file says it
  std::vector<std::string> remarks;  // what its sender should know

  // How much sooner the sound begins: the first clip is longer by that. A packet that encoders put before the sound
  // counts for nothing.
  double lead() const noexcept;
};

source sample_source(const video_request& r);

// Error: invalid_argument, with a sentence for the person who sent it.
base::result<source> choose_source(const media& m, const video_request& r);

}  // namespace streamdemo::processor
