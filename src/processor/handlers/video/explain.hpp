// Turns what ffmpeg wrote to standard error into a sentence for the person who sent the video. Pure.
#pragma once
#include <string>
#include <string_view>

namespace streamdemo::processor {

// `path` is where the file lies here; it never shows in the sentence.
std::string explain_unreadable(std::string_view errors, std::string_view path);
// ffmpeg's own last words, without addresses and paths; empty if it had none.
std::string last_words(std::string_view errors, std::string_view path);

}  // namespace streamdemo::processor
