// Turns what ffmpeg wrote to standard error into sentences for the person who sent the video. Pure.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::processor {

// The cause that fails a task even where everything that was read is good.
constexpr std::string_view file_ends_in_the_middle = "the file ends in the middle";
// What is said of any damage: which one it is, and whether it is said at all, changes from version to version.
constexpr std::string_view cut_off_or_damaged = "it is cut off, or damaged";

// What ffmpeg complained about, bounded: the first lines that differ from each other, as people may read them.
class complaints {
 public:
  // `path`: where the file lies here; it never shows. A line of standard error; gives it back, cleaned, if it is new
  // and should be shown.
  explicit complaints(std::string path) : path_(std::move(path)) {}
  std::string add(std::string_view line);

  bool empty() const noexcept { return count_ == 0; }
  std::size_t count() const noexcept { return count_; }
  std::size_t hidden() const noexcept { return count_ - shown_.size(); }
  // The first cause, in our words and the same for every version of ffmpeg; empty: none that is known.
  std::string cause() const;

 private:
  static constexpr std::size_t most_shown = 20;
  const std::string path_;
  std::size_t count_ = 0;
  std::set<std::string> shown_;
  std::size_t best_ = static_cast<std::size_t>(-1);  // row of the table of causes
};

// Why a file cannot even be opened.
std::string explain_unreadable(std::string_view errors, std::string_view path);

}  // namespace streamdemo::processor
