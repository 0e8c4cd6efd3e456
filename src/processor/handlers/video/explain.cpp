#include "processor/handlers/video/explain.hpp"

#include <algorithm>
#include <array>

#include "processor/handlers/text.hpp"

namespace streamdemo::processor {

namespace {

struct known_cause {
  std::string_view said;
  std::string_view means;
};

// In order of priority: errors further down are often consequences of those above. For example, demuxers report that a
// file ends early, and decoders then complain about damaged data.
constexpr auto causes = std::to_array<known_cause>({
    {"No space left on device", "there is no space left for its files"},
    {"Cannot allocate memory", "the processor has too little memory for it"},
    {"not on whitelist",
     "it is not in a video format that is taken here (MP4, MOV, Matroska, WebM, AVI, MPEG, FLV, Ogg)"},
    {"moov atom not found", "its index is missing, so it is cut off, damaged or no video at all"},
    {"ended prematurely", file_ends_in_the_middle},
    {"partial file", file_ends_in_the_middle},
    {"Truncating packet", file_ends_in_the_middle},
    {"Decoder (codec", "it is coded in a way that cannot be read here"},
    {"ould not find codec parameters", "it is coded in a way that cannot be read here"},
    {"Picture size", "its pictures are too large"},
    {"Packet corrupt", cut_off_or_damaged},
    {"Error while decoding", cut_off_or_damaged},
    {"rror submitting packet to decoder", cut_off_or_damaged},
    {"Decode error rate", cut_off_or_damaged},
    {"decode_slice", cut_off_or_damaged},
    {"Invalid data found", cut_off_or_damaged},
    {"Invalid NAL", cut_off_or_damaged},
});

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  if (what.empty()) return;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

// "[matroska,webm @ 0x55957d583c80] File ended prematurely" becomes "matroska,webm: File ended prematurely".
std::string without_addresses(std::string text) {
  std::string who;
  while (text.starts_with('[')) {
    const auto end = text.find("] ");
    if (end == std::string::npos) break;
    const auto name = text.substr(1, end - 1);
    who = name.substr(0, name.find(" @ "));
    text.erase(0, end + 2);
  }
  return who.empty() ? text : who + ": " + text;
}

std::string cleaned(std::string_view line, std::string_view path) {
  auto text = without_addresses(as_utf8(line));
  if (!path.empty()) {
    replace_all(text, "file:" + std::string(path), "the upload");
    replace_all(text, path, "the upload");
  }
  if (text.size() > 300) text = as_utf8(text.substr(0, 300));
  return text;
}

std::size_t row_of(std::string_view line) {
  const auto at = std::find_if(causes.begin(), causes.end(),
                               [&](const auto& c) { return line.find(c.said) != std::string_view::npos; });
  return static_cast<std::size_t>(at - causes.begin());
}

// Removes the digits, so that the same complaint about another position counts as the same.
std::string kind_of(std::string text) {
  std::string kind;
  for (const char c : text) {
    if (c < '0' || c > '9') kind += c;
  }
  return kind;
}

}  // namespace

std::string complaints::add(std::string_view line) {
  const auto text = cleaned(line, path_);
  if (text.find_first_not_of(" \t\r") == std::string::npos || text.find("Last message repeated") != std::string::npos) {
    return {};
  }
  ++count_;
  best_ = std::min(best_, row_of(line));
  if (shown_.size() == most_shown || !shown_.insert(kind_of(text)).second) return {};
  return text;
}

std::string complaints::cause() const {
  return best_ < causes.size() ? std::string(causes[best_].means) : std::string();
}

std::string explain_unreadable(std::string_view errors, std::string_view path) {
  complaints all{std::string(path)};
  while (!errors.empty()) {
    const auto end = std::min(errors.find('\n'), errors.size());
    all.add(errors.substr(0, end));
    errors.remove_prefix(std::min(end + 1, errors.size()));
  }
  auto cause = all.cause();
  if (cause.empty() || cause == cut_off_or_damaged) cause = "it is no video, or it is damaged";
  return "the upload cannot be read as a video: " + cause;
}

base::error given_back(const base::error& of_store) {
  const bool for_now = of_store.code == base::errc::unavailable || of_store.code == base::errc::timed_out;
  return {for_now ? base::errc::full : of_store.code, of_store.message};
}

}  // namespace streamdemo::processor
