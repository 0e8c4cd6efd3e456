// Turns ffmpeg's messages on standard error into sentences for the user who sent the video, and errors of the store of
// files into what becomes of the run. Pure.
#pragma once
#include <streamdemo/base/error.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::processor {

// This cause fails the task even if everything that could be read is valid.
constexpr std::string_view file_ends_in_the_middle = "the file ends in the middle";
// One text for any damage, because versions of ffmpeg differ in what they report about it.
constexpr std::string_view cut_off_or_damaged = "it is cut off, or damaged";

// ffmpeg's complaints, bounded: the first lines that differ from each other, cleaned for display.
class complaints {
 public:
  // `path`: the file's path on this machine, which is removed from all messages. add() takes a line of standard error
  // and returns it cleaned, if it is new and should be shown.
  explicit complaints(std::string path) : path_(std::move(path)) {}
  std::string add(std::string_view line);

  bool empty() const noexcept { return count_ == 0; }
  std::size_t count() const noexcept { return count_; }
  std::size_t hidden() const noexcept { return count_ - shown_.size(); }
  // The most likely cause, in the same words for every version of ffmpeg; empty: unknown.
  std::string cause() const;

 private:
  static constexpr std::size_t most_shown = 20;
  const std::string path_;
  std::size_t count_ = 0;
  std::set<std::string> shown_;
  std::size_t best_ = static_cast<std::size_t>(-1);  // the lowest matching row of the table of causes
};

// Why a file cannot be opened.
std::string explain_unreadable(std::string_view errors, std::string_view path);

// If the store cannot be reached now, that is not the task's fault: the run is given back (errc::full).
base::error given_back(const base::error& of_store);

}  // namespace streamdemo::processor
