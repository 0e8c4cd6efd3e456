#include <fmt/chrono.h>
#include <streamdemo/http/date.hpp>

#include <ctime>

namespace streamdemo::http {

std::string date_text(base::sys_time t) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(t);
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::chrono::system_clock::to_time_t(whole)));
}

std::optional<base::sys_time> parse_date(std::string_view text) {
  const std::string date(text);
  // The current form, the obsolete form of RFC 850, and that of C's asctime(): RFC 9110 requires all three.
  for (const auto* form : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
    std::tm parts{};
    const auto* end = ::strptime(date.c_str(), form, &parts);
    if (end == nullptr || end != date.c_str() + date.size()) continue;
    return base::sys_time(std::chrono::seconds(::timegm(&parts)));
  }
  return std::nullopt;
}

}  // namespace streamdemo::http
