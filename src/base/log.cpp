#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <streamdemo/base/log.hpp>

namespace streamdemo::base {

namespace {

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warning:
      return spdlog::level::warn;
    case log_level::error:
      return spdlog::level::err;
    case log_level::off:
      return spdlog::level::off;
  }
  return spdlog::level::info;
}

}  // namespace

struct logger::impl {
  std::shared_ptr<spdlog::logger> target;
};

logger::logger(std::string name, log_level level) : impl_(std::make_unique<impl>()) {
  impl_->target = std::make_shared<spdlog::logger>(std::move(name), std::make_shared<spdlog::sinks::stderr_sink_mt>());
  impl_->target->set_pattern("%Y-%m-%dT%H:%M:%S.%fZ %l %n: %v", spdlog::pattern_time_type::utc);
  impl_->target->set_level(to_spdlog(level));
}
logger::logger(std::unique_ptr<impl> i) : impl_(std::move(i)) {}
logger::~logger() = default;
logger::logger(logger&&) noexcept = default;

logger logger::child(std::string_view part) const {
  return logger(std::make_unique<impl>(impl{impl_->target->clone(impl_->target->name() + "/" + std::string(part))}));
}

bool logger::enabled(log_level level) const noexcept {
  return impl_->target->should_log(to_spdlog(level));
}

void logger::write(log_level level, fmt::string_view format, fmt::format_args args) const {
  if (!enabled(level)) return;
  fmt::memory_buffer text;
  fmt::vformat_to(std::back_inserter(text), format, args);
  impl_->target->log(to_spdlog(level), spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace streamdemo::base
