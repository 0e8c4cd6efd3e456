#include <time.h>

#include <algorithm>
#include <array>
#include <streamdemo/base/clock.hpp>

namespace streamdemo::base {

namespace {

struct parts {
  int year, month, day, hour, minute, second, micros;
};

// A second and its text, "2026-11-22T10:00:00". The times that a thread writes and reads, dozens for each task, are
// mostly of one second, so the last one is kept.
struct known_second {
  std::chrono::sys_seconds at{};
  char text[20] = "1970-01-01T00:00:00";

  std::string_view view() const noexcept { return {text, sizeof text - 1}; }
};
thread_local constinit known_second last_second;

// Reads exactly `width` digits at the front of `s` and cuts them off. The widths are known to the compiler, because
// each record that is read has one to three times.
template <std::size_t width>
bool digits(std::string_view& s, int& out) {
  if (s.size() < width) return false;
  int n = 0;
  bool good = true;
  for (std::size_t i = 0; i < width; ++i) {
    const auto digit = static_cast<unsigned>(s[i]) - '0';
    good = good && digit <= 9;
    n = n * 10 + static_cast<int>(digit);
  }
  out = n;
  s.remove_prefix(width);
  return good;
}

template <char... either>
bool literal(std::string_view& s) {
  if (s.empty() || !((s[0] == either) || ...)) return false;
  s.remove_prefix(1);
  return true;
}

bool fraction(std::string_view& s, int& micros) {
  micros = 0;
  if (s.empty() || s[0] != '.') return true;
  s.remove_prefix(1);
  int scale = 100'000;
  std::size_t n = 0;
  for (; n < s.size() && s[n] >= '0' && s[n] <= '9'; ++n, scale /= 10) micros += (s[n] - '0') * scale;
  s.remove_prefix(n);
  return n >= 1 && n <= 9;
}

bool offset(std::string_view& s, int& minutes) {
  minutes = 0;
  if (literal<'Z', 'z'>(s)) return true;
  const bool negative = !s.empty() && s[0] == '-';
  int hour = 0, minute = 0;
  if (!literal<'+', '-'>(s) || !digits<2>(s, hour) || !literal<':'>(s) || !digits<2>(s, minute)) return false;
  minutes = (hour * 60 + minute) * (negative ? -1 : 1);
  return hour < 24 && minute < 60;
}

// Written digit by digit: a format string would be slower.
template <std::size_t width>
void put(char* at, int value) {
  for (std::size_t i = width; i > 0; --i, value /= 10) at[i - 1] = static_cast<char>('0' + value % 10);
}

std::string_view text_of(std::chrono::sys_seconds t) {
  using namespace std::chrono;
  auto& known = last_second;
  if (known.at == t) return known.view();
  const auto day = floor<days>(t);
  const year_month_day date{day};
  const hh_mm_ss<seconds> clock_time{t - day};
  auto* at = known.text;  // what is between the digits stays
  put<4>(at, int(date.year()));
  put<2>(at + 5, int(unsigned(date.month())));
  put<2>(at + 8, int(unsigned(date.day())));
  put<2>(at + 11, int(clock_time.hours().count()));
  put<2>(at + 14, int(clock_time.minutes().count()));
  put<2>(at + 17, int(clock_time.seconds().count()));
  known.at = t;
  return known.view();
}

// `width` digits of the fraction of a second.
template <std::size_t width>
void append(std::string& out, sys_time t, int fraction_of(std::chrono::microseconds)) {
  const auto second = std::chrono::floor<std::chrono::seconds>(t);
  std::array<char, 19 + 1 + width + 1> text;
  const auto begin = text_of(second);
  std::copy_n(begin.data(), begin.size(), text.data());
  text[19] = '.';
  put<width>(text.data() + 20, fraction_of(t - second));
  text.back() = 'Z';
  out.append(text.data(), text.size());
}

// A time as append_micros() writes it, in the second that the thread has just written or read.
std::optional<sys_time> in_known_second(std::string_view s) {
  const auto& known = last_second;
  int micros = 0;
  if (s.size() != 27 || s.substr(0, 19) != known.view() || s[19] != '.' || s[26] != 'Z') return std::nullopt;
  s.remove_prefix(20);
  if (!digits<6>(s, micros)) return std::nullopt;
  return known.at + std::chrono::microseconds(micros);
}

}  // namespace

steady_time system_clock::even() const {
  timespec t{};
  ::clock_gettime(CLOCK_BOOTTIME, &t);
  return steady_time(std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec));
}

void append_micros(std::string& out, sys_time t) {
  append<6>(out, t, [](std::chrono::microseconds f) { return int(f.count()); });
}

void append_millis(std::string& out, sys_time t) {
  append<3>(out, t, [](std::chrono::microseconds f) { return int(f.count() / 1000); });
}

std::string format_micros(sys_time t) {
  std::string out;
  append_micros(out, t);
  return out;
}

std::string format_millis(sys_time t) {
  std::string out;
  append_millis(out, t);
  return out;
}

std::optional<sys_time> parse_time(std::string_view s) {
  using namespace std::chrono;
  if (const auto known = in_known_second(s)) return known;
  const auto text = s;
  parts p{};
  int shift = 0;
  const bool whole = digits<4>(s, p.year) && literal<'-'>(s) && digits<2>(s, p.month) && literal<'-'>(s) &&
                     digits<2>(s, p.day) && literal<'T', 't', ' '>(s) && digits<2>(s, p.hour) && literal<':'>(s) &&
                     digits<2>(s, p.minute) && literal<':'>(s) && digits<2>(s, p.second) && fraction(s, p.micros) &&
                     offset(s, shift) && s.empty();
  const year_month_day date{year{p.year}, month{unsigned(p.month)}, day{unsigned(p.day)}};
  if (!whole || !date.ok() || p.hour > 23 || p.minute > 59 || p.second > 60) return std::nullopt;
  const auto second = sys_days{date} + hours{p.hour} + minutes{p.minute - shift} + seconds{p.second};
  // It could not be written again.
  if (second < sys_days{year{0} / 1 / 1} || second >= sys_days{year{10'000} / 1 / 1}) return std::nullopt;
  // Only as text_of() would write it.
  if (shift == 0 && p.second < 60 && text[10] == 'T') {
    last_second.at = second;
    std::copy_n(text.data(), last_second.view().size(), last_second.text);
  }
  return second + microseconds{p.micros};
}

}  // namespace streamdemo::base
