// One ffmpeg that puts the pictures and the sound of a clip together. Awaited by cut_run, on the processor's executor.
#pragma once
#include <stop_token>
#include <string>

#include "processor/child/child_process.hpp"

namespace streamdemo::processor {

// `o`: runs join_command. `sound`: ADTS. Errors: those of child_process; internal; canceled.
base::awaitable<base::result<void>> join_clip(child_options o, std::string sound, std::stop_token stop);

}  // namespace streamdemo::processor
