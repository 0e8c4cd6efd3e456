// Asks ffprobe and ffmpeg what an upload is, and decides what is cut of it. Made and awaited by the video handler, on
// the processor's executor.
#pragma once
#include <streamdemo/processor/handlers.hpp>

#include <stop_token>
#include <string>

#include "processor/child/capture.hpp"
#include "processor/handlers/video/source.hpp"

namespace streamdemo::processor {

// What all child processes of the handler share.
child_options child_of(const video_options& o, std::vector<std::string> command);

// The sentence for a program that is not installed; every other error as it is.
error explain_missing(const error& e, const std::string& program, std::string_view setting);

// Errors: invalid_argument (what is wrong with the upload), unavailable (what is not installed), canceled.
awaitable<result<source>> inspect(const video_options& o, const video_request& r, std::string path,
                                  std::stop_token stop);

}  // namespace streamdemo::processor
