#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <streamdemo/base/json.hpp>
#include <streamdemo/base/shown.hpp>
#include <streamdemo/base/text.hpp>
#include <streamdemo/tracing/options.hpp>

namespace streamdemo::tracing {

namespace {

// Bounds on what one process sends, whatever the environment says.
constexpr std::size_t most_queued = 1'000'000;
constexpr std::size_t most_in_batch = 4096;
constexpr std::int64_t longest_wait_ms = 3'600'000;

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = base::lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool coded =
        text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
    if (!coded) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
    i += 2;
  }
  return out;
}

// Reads variables and collects what is wrong with them.
class reader {
 public:
  explicit reader(const environment& env) : env_(env) {}

  std::string text(std::string_view name) const { return env_(name).value_or(""); }

  // The variable of traces, or else the one of all signals.
  std::pair<std::string, std::string> of_traces(std::string_view what) const {
    const auto own = fmt::format("OTEL_EXPORTER_OTLP_TRACES_{}", what);
    if (auto value = text(own); !value.empty()) return {own, std::move(value)};
    const auto all = fmt::format("OTEL_EXPORTER_OTLP_{}", what);
    return {all, text(all)};
  }

  // As the specification has it: anything but "true" is false, and what is neither is told.
  bool is_true(std::string_view name) {
    const auto value = text(name);
    if (base::same_word(value, "true")) return true;
    if (!value.empty() && !base::same_word(value, "false")) {
      warn("{}={} is neither true nor false: it counts as false", name, base::shown(value));
    }
    return false;
  }

  // Keeps `otherwise` for what is no number of those.
  std::int64_t number(std::string_view name, std::string_view value, std::int64_t least, std::int64_t most,
                      std::int64_t otherwise) {
    if (value.empty()) return otherwise;
    std::int64_t n = 0;
    const auto [end, ec] = std::from_chars(value.data(), value.data() + value.size(), n);
    if (ec == std::errc{} && end == value.data() + value.size() && n >= least && n <= most) return n;
    warn("{}={} is no whole number from {} to {}: {} is used", name, base::shown(value), least, most, otherwise);
    return otherwise;
  }

  // "a=1,b=2" with percent-encoded values.
  std::vector<std::pair<std::string, std::string>> list(std::string_view name, std::string_view value) {
    std::vector<std::pair<std::string, std::string>> out;
    while (!value.empty()) {
      const auto comma = std::min(value.find(','), value.size());
      const auto item = base::trim(value.substr(0, comma));
      value.remove_prefix(std::min(comma + 1, value.size()));
      if (item.empty()) continue;
      const auto equals = item.find('=');
      const auto key = base::trim(item.substr(0, equals));
      if (equals == std::string_view::npos || key.empty()) {
        // The value may be a secret.
        warn("{}: an entry is not KEY=VALUE and is left out", name);
        continue;
      }
      out.emplace_back(std::string(key), percent_decoded(base::trim(item.substr(equals + 1))));
    }
    return out;
  }

  template <class... A>
  void warn(fmt::format_string<A...> f, A&&... a) {
    warnings.push_back(fmt::format(f, std::forward<A>(a)...));
  }

  std::vector<std::string> warnings;

 private:
  const environment& env_;
};

bool is_url(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

// The address for traces stands as it is; to the one for all signals the path is added.
std::string url_of(reader& r) {
  auto [name, url] = r.of_traces("ENDPOINT");
  if (url.empty()) return url;
  if (!is_url(url)) {
    r.warn("{}={} is no http or https address: no traces are sent", name, base::shown(url));
    return {};
  }
  if (name == "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") return url;
  return url + (url.ends_with('/') ? "v1/traces" : "/v1/traces");
}

bool is_wanted(reader& r) {
  if (r.is_true("OTEL_SDK_DISABLED")) return false;
  const auto exporter = r.text("OTEL_TRACES_EXPORTER");
  if (exporter == "none") return false;
  if (!exporter.empty() && exporter != "otlp") {
    r.warn("OTEL_TRACES_EXPORTER={} is not known here, only otlp and none: no traces are sent", base::shown(exporter));
    return false;
  }
  return true;
}

bool is_spoken(reader& r) {
  const auto [name, protocol] = r.of_traces("PROTOCOL");
  if (protocol.empty() || protocol == "http/protobuf") return true;
  if (protocol == "http/json") {
    r.warn("{}=http/json: traces are sent as http/protobuf to the same address, which receivers take, too", name);
    return true;
  }
  r.warn("{}={} is not spoken here, only http/protobuf: no traces are sent", name, base::shown(protocol));
  return false;
}

// Fields that would change the request itself, or another one.
bool may_be_sent(const std::pair<std::string, std::string>& field) {
  const auto& [name, value] = field;
  const bool is_token = std::all_of(name.begin(), name.end(), [](char c) {
    const char l = base::lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
  const bool is_line = value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
  const bool is_framing = base::same_word(name, "host") || base::same_word(name, "content-length") ||
                          base::same_word(name, "transfer-encoding");
  return is_token && is_line && !is_framing;
}

void read_headers(reader& r, options& o) {
  const auto [variable, text] = r.of_traces("HEADERS");
  o.headers = r.list(variable, text);
  if (std::erase_if(o.headers, [](const auto& h) { return !may_be_sent(h); }) > 0) {
    r.warn("{}: an entry cannot be sent as a field of its own and is left out", variable);
  }
}

double ratio_of(reader& r) {
  const auto text = r.text("OTEL_TRACES_SAMPLER_ARG");
  if (text.empty()) return 1;
  double ratio = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), ratio);
  if (ec == std::errc{} && end == text.data() + text.size() && ratio >= 0 && ratio <= 1) return ratio;
  r.warn("OTEL_TRACES_SAMPLER_ARG={} is no number from 0 to 1: 1 is used", base::shown(text));
  return 1;
}

void read_sampler(reader& r, options& o) {
  const auto named = r.text("OTEL_TRACES_SAMPLER");
  std::string words = named;
  std::transform(words.begin(), words.end(), words.begin(), base::lower);
  std::string_view name = words;
  if (name.empty()) return;
  constexpr std::string_view parent = "parentbased_";
  o.follows_parent = name.starts_with(parent);
  if (o.follows_parent) name.remove_prefix(parent.size());
  if (name == "always_on") {
    o.root = sampling::always;
  } else if (name == "always_off") {
    o.root = sampling::never;
  } else if (name == "traceidratio") {
    o.root = sampling::by_ratio;
    o.ratio = ratio_of(r);
  } else {
    o.follows_parent = true;
    r.warn("OTEL_TRACES_SAMPLER={} is not known here: parentbased_always_on is used", base::shown(named));
  }
}

void read_resource(reader& r, options& o) {
  o.resource = r.list("OTEL_RESOURCE_ATTRIBUTES", r.text("OTEL_RESOURCE_ATTRIBUTES"));
  const auto is_name = [](const auto& a) { return a.first == "service.name"; };
  const auto named = std::find_if(o.resource.begin(), o.resource.end(), is_name);
  if (named != o.resource.end() && !named->second.empty()) o.service_name = named->second;
  std::erase_if(o.resource, is_name);
  if (auto name = r.text("OTEL_SERVICE_NAME"); !name.empty()) o.service_name = std::move(name);
  // Receivers refuse a whole batch for it.
  const auto is_text = [](const auto& a) { return base::is_utf8(a.first) && base::is_utf8(a.second); };
  if (std::erase_if(o.resource, [&](const auto& a) { return !is_text(a); }) > 0) {
    r.warn("OTEL_RESOURCE_ATTRIBUTES: an entry is not UTF-8 and is left out");
  }
  if (!base::is_utf8(o.service_name)) {
    r.warn("the name of the service is not UTF-8: {} is used", options{}.service_name);
    o.service_name = options{}.service_name;
  }
}

void read_queue(reader& r, options& o) {
  const auto number = [&](std::string_view name, std::int64_t least, std::int64_t most, std::int64_t otherwise) {
    return r.number(name, r.text(name), least, most, otherwise);
  };
  o.max_queue = static_cast<std::size_t>(number("OTEL_BSP_MAX_QUEUE_SIZE", 1, most_queued, 2048));
  const auto batch = number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 1, most_in_batch, 512);
  o.max_batch = std::min(static_cast<std::size_t>(batch), o.max_queue);
  o.delay = base::milliseconds(number("OTEL_BSP_SCHEDULE_DELAY", 1, longest_wait_ms, 5000));
  const auto [name, timeout] = r.of_traces("TIMEOUT");
  o.timeout = base::milliseconds(r.number(name, timeout, 1, longest_wait_ms, 10000));
}

}  // namespace

std::string shown_url(std::string_view url) {
  const auto scheme = url.find("://");
  const auto begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  const auto host_ends = std::min(url.find_first_of("/?#", begin), url.size());
  const auto at = url.substr(0, host_ends).rfind('@');
  if (at == std::string_view::npos || at < begin) return base::shown(url);
  return base::shown(std::string(url.substr(0, begin)).append(url.substr(at + 1)));
}

read_options options_of(const environment& env) {
  reader r(env);
  options o;
  if (!is_wanted(r)) return {o, std::move(r.warnings)};
  o.url = url_of(r);
  if (o.url.empty() || !is_spoken(r)) return {o, std::move(r.warnings)};
  o.on = true;
  read_headers(r, o);
  o.certificate = r.of_traces("CERTIFICATE").second;
  read_sampler(r, o);
  read_resource(r, o);
  read_queue(r, o);
  return {std::move(o), std::move(r.warnings)};
}

}  // namespace streamdemo::tracing
