#include <time.h>

#include <streamdemo/base/clock.hpp>

namespace streamdemo::base {

namespace {

struct parts {
  int year, month, day, hour, minute, second, micros;
};

parts split(sys_time t) {
  using namespace std::chrono;
  const auto day = floor<days>(t);
  const year_month_day date{day};
  const hh_mm_ss<microseconds> clock_time{t - day};
  return {int(date.year()),
          int(unsigned(date.month())),
          int(unsigned(date.day())),
          int(clock_time.hours().count()),
          int(clock_time.minutes().count()),
          int(clock_time.seconds().count()),
          int(clock_time.subseconds().count())};
}

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

// Written digit by digit: each record and event holds one or two times, and a format string would be slower.
void put(char* at, std::size_t width, int value) {
  for (std::size_t i = width; i > 0; --i, value /= 10) at[i - 1] = static_cast<char>('0' + value % 10);
}

// `form`: the text but for its digits.
void append(std::string& out, const parts& p, std::string_view form, std::size_t fraction_digits, int fraction_value) {
  const auto begin = out.size();
  out += form;
  auto* at = out.data() + begin;
  put(at, 4, p.year);
  put(at + 5, 2, p.month);
  put(at + 8, 2, p.day);
  put(at + 11, 2, p.hour);
  put(at + 14, 2, p.minute);
  put(at + 17, 2, p.second);
  put(at + 20, fraction_digits, fraction_value);
}

}  // namespace

steady_time system_clock::even() const {
  timespec t{};
  ::clock_gettime(CLOCK_BOOTTIME, &t);
  return steady_time(std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec));
}

void append_micros(std::string& out, sys_time t) {
  const auto p = split(t);
  append(out, p, "0000-00-00T00:00:00.000000Z", 6, p.micros);
}

void append_millis(std::string& out, sys_time t) {
  const auto p = split(t);
  append(out, p, "0000-00-00T00:00:00.000Z", 3, p.micros / 1000);
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
  parts p{};
  int shift = 0;
  const bool whole = digits<4>(s, p.year) && literal<'-'>(s) && digits<2>(s, p.month) && literal<'-'>(s) &&
                     digits<2>(s, p.day) && literal<'T', 't', ' '>(s) && digits<2>(s, p.hour) && literal<':'>(s) &&
                     digits<2>(s, p.minute) && literal<':'>(s) && digits<2>(s, p.second) && fraction(s, p.micros) &&
                     offset(s, shift) && s.empty();
  const year_month_day date{year{p.year}, month{unsigned(p.month)}, day{unsigned(p.day)}};
  if (!whole || !date.ok() || p.hour > 23 || p.minute > 59 || p.second > 60) return std::nullopt;
  return sys_days{date} + hours{p.hour} + minutes{p.minute - shift} + seconds{p.second} + microseconds{p.micros};
}

}  // namespace streamdemo::base
