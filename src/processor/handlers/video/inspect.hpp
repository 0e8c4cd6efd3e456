// Inspects an upload with ffprobe and ffmpeg, and decides which streams to cut. Awaited by the video handler, on the
// processor's executor.
#pragma once
#include <streamdemo/processor/handlers.hpp>

#include <stop_token>
#include <string>

#include "processor/child/capture.hpp"
#include "processor/handlers/video/source.hpp"

namespace streamdemo::processor {

// The options that all child processes of the handler share.
child_options child_of(const video_options& o, std::vector<std::string> command);

// Replaces the error for a program that is not installed by one that says how to fix it; returns other errors
// unchanged.
error explain_missing(const error& e, const std::string& program, std::string_view setting);

// Errors: invalid_argument (with what is wrong with the upload), unavailable (with what is not installed), canceled.
awaitable<result<source>> inspect(const video_options& o, const video_request& r, std::string path,
                                  std::stop_token stop);

}  // namespace streamdemo::processor
