// The streams of a file to cut, and how to process them. Pure.
#pragma once
#include <streamdemo/base/error.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "processor/handlers/video/media.hpp"
#include "processor/handlers/video/video_request.hpp"

namespace streamdemo::processor {

struct source {
  std::string path;                  // empty: the sample
  std::shared_ptr<const void> hold;  // keeps the file there
  int picture = 0;                   // the number of the video stream
  std::optional<int> sound;
  rational rate;  // the clips' frame rate
  bool deinterlace = false;
  bool tone_map = false;     // the picture is HDR
  bool copy = false;         // cut without encoding
  bool copy_sound = false;   // the sound is also cut without encoding
  int sample_rate = 48000;   // of the clips' sound
  double file_start = 0;     // the time that ffmpeg takes as 0; in seconds of the file, like the next two
  double picture_start = 0;  // the time 0 of the picture's clock
  double first_delay = 0;    // how much later that is than the first frame's time
  double sound_start = 0;
  std::optional<double> seconds;     // the length of the picture, if the file contains it
  std::vector<std::string> remarks;  // what its sender should know

  // How many seconds the sound begins before the picture; the first clip is longer by that. The extra packet that
  // encoders put before the sound does not count.
  double lead() const noexcept;
};

source sample_source(const video_request& r);

// Error: invalid_argument, with a sentence for the user who sent the file.
base::result<source> choose_source(const media& m, const video_request& r);

}  // namespace streamdemo::processor
