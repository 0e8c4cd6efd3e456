#include "config/contradictions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <streamdemo/config/buses.hpp>

#include "config/limits.hpp"

namespace streamdemo::config {

namespace {

using contradiction_list = std::vector<contradiction>;

// One side of "must be at least": the names of settings, and the sum of their values.
struct side {
  std::vector<std::string> keys;
  std::int64_t amount;
};

side ms(std::string key, milliseconds d) {
  return {{std::move(key)}, d.count()};
}
side bytes(std::string key, std::uint64_t n) {
  return {{std::move(key)}, static_cast<std::int64_t>(n)};
}
side operator+(side a, const side& b) {
  a.keys.insert(a.keys.end(), b.keys.begin(), b.keys.end());
  a.amount += b.amount;
  return a;
}

void at_least(contradiction_list& out, const side& large, const side& small, std::string_view reason) {
  if (large.amount >= small.amount) return;
  auto keys = large.keys;
  keys.insert(keys.end(), small.keys.begin(), small.keys.end());
  out.push_back({keys, fmt::format("{} = {} must be at least {} = {}: {}", fmt::join(large.keys, " + "), large.amount,
                                   fmt::join(small.keys, " + "), small.amount, reason)});
}

void check_windows(contradiction_list& out, const settings& s) {
  const auto deadline = ms("tasks.max_deadline_ms", s.tasks.max_deadline);
  const auto keep = ms("results.keep_for_ms", s.results.keep_for);
  const auto margin = ms("processor.recovery_margin_ms", s.processor.recovery_margin);

  at_least(out, deadline, ms("tasks.default_deadline_ms", s.tasks.default_deadline),
           "a task that asks for no deadline would get more than is allowed");
  at_least(out, ms("topics.retention_ms", s.topics.retention), deadline + keep + margin,
           "a gateway that starts reads back that far, and would find a part of the log gone");
  at_least(out, ms("artifacts.keep_for_ms", s.artifacts.keep_for), deadline + keep,
           "results would point to files that are already gone");

  const auto publish = s.gateway.publish_timeout;
  if (publish * 2 > s.processor.recovery_margin) {
    out.push_back({{"gateway.publish_timeout_ms", "processor.recovery_margin_ms"},
                   fmt::format("gateway.publish_timeout_ms = {} must be at most half of "
                               "processor.recovery_margin_ms = {}: a request could come too late to be found again",
                               publish.count(), s.processor.recovery_margin.count())});
  }
  const auto alive = s.processor.alive_interval;
  if (alive * 5 > s.processor.recovery_margin) {
    out.push_back({{"processor.alive_interval_ms", "processor.recovery_margin_ms"},
                   fmt::format("processor.alive_interval_ms = {} must be at most a fifth of "
                               "processor.recovery_margin_ms = {}: a new owner could miss the signs of a living run",
                               alive.count(), s.processor.recovery_margin.count())});
  }
}

void check_slots(contradiction_list& out, const std::string& kind, std::uint32_t concurrency, const settings& s) {
  if (concurrency <= s.processor.concurrency) return;
  const auto key = "tasks." + kind + ".concurrency";
  out.push_back({{key, "processor.concurrency"},
                 fmt::format("{} = {} must be at most processor.concurrency = {}, which is how many tasks of all kinds "
                             "run at once",
                             key, concurrency, s.processor.concurrency)});
}

void check_sizes(contradiction_list& out, const settings& s) {
  const auto record = bytes("processor.max_record_bytes", s.processor.max_record_bytes);
  at_least(out, bytes("processor.emit_bytes", s.processor.emit_bytes), record,
           "a run could never publish its largest result");
  at_least(out, bytes("processor.max_held_bytes", s.processor.max_held_bytes), record,
           "a processor could hold no more than one large task");
  at_least(out, bytes("gateway.max_buffer_bytes", s.gateway.max_buffer_bytes),
           bytes("gateway.max_body_bytes", s.gateway.max_body_bytes) +
               bytes("gateway.max_message_bytes", s.gateway.max_message_bytes),
           "the largest body would not fit beside the largest message");
  at_least(out, bytes("results.max_bytes", s.results.max_bytes), record,
           "a gateway could not hold a single large result");
  if (max_input_bytes(s) < s.gateway.max_upload_bytes) {
    out.push_back({{"artifacts.max_bytes", "gateway.max_upload_bytes"},
                   fmt::format("three quarters of artifacts.max_bytes = {} must be at least gateway.max_upload_bytes = "
                               "{}: the largest upload would not fit beside what is made of it",
                               s.artifacts.max_bytes, s.gateway.max_upload_bytes)});
  }
  if (s.quota.upload_bytes != 0) {
    at_least(out, bytes("quota.upload_bytes", s.quota.upload_bytes),
             bytes("gateway.max_upload_bytes", s.gateway.max_upload_bytes), "nobody could send the largest upload");
  }
  if (s.bus == bus_kind::inprocess && !s.inprocess.directory.empty()) {
    at_least(out, bytes("inprocess.max_disk_bytes", s.inprocess.max_disk_bytes),
             bytes("inprocess.request_max_bytes", s.inprocess.request_max_bytes),
             "the tasks that may wait would not fit");
  }
  if (s.bus == bus_kind::inprocess) {
    at_least(out, bytes("inprocess.response_max_bytes", s.inprocess.response_max_bytes), record,
             "the largest result would not fit");
    at_least(out, bytes("inprocess.request_max_bytes", s.inprocess.request_max_bytes),
             bytes("gateway.max_body_bytes", s.gateway.max_body_bytes), "the largest task would not fit");
  }
  const auto held = side{{"processor.max_held_requests"}, static_cast<std::int64_t>(s.processor.max_held_requests)};
  at_least(out, held, {{"processor.concurrency"}, s.processor.concurrency},
           "a processor with one partition could not fill its slots");
  at_least(out, {{"processor.max_gap"}, static_cast<std::int64_t>(s.processor.max_gap)}, held,
           "no more than that is ever received");
  check_slots(out, "process-video", s.tasks.process_video_concurrency, s);
  check_slots(out, "simulate", s.tasks.simulate_concurrency, s);
  for (const auto& [kind, task] : s.tasks.commands) {
    check_slots(out, kind, task.concurrency, s);
    const auto table = "tasks." + kind;
    const auto line = bytes(table + ".max_line_bytes", task.max_line_bytes);
    at_least(out, bytes(table + ".max_output_bytes", task.max_output_bytes), line, "a single line would be too much");
    at_least(out, record, line, "a line is published as one record");
  }
}

void check_bucket(contradiction_list& out, const settings& s) {
  if (s.artifacts.store != store_kind::s3) {
    if (s.artifacts.serve == serve_kind::redirect) {
      out.push_back({{"artifacts.serve", "artifacts.store"},
                     "artifacts.serve is redirect, but artifacts.store is directory: there is no bucket to send "
                     "clients to. Set artifacts.store to s3, or artifacts.serve to proxy"});
    }
    return;
  }
  const auto& b = s.s3;
  if (b.bucket.empty()) {
    out.push_back({{"artifacts.store", "s3.bucket"}, "artifacts.store is s3, but s3.bucket is empty: name the bucket"});
  }
  if (b.access_key_id.empty() != b.secret_access_key.empty()) {
    out.push_back({{"s3.access_key_id", "s3.secret_access_key"},
                   "s3.access_key_id and s3.secret_access_key: set both, or neither"});
  }
  if (!b.session_token.empty() && b.access_key_id.empty()) {
    out.push_back({{"s3.session_token", "s3.access_key_id"},
                   "s3.session_token is set without the s3.access_key_id that it belongs to"});
  }
  constexpr std::uint64_t most_parts = 10000;  // of one object, in S3
  if (s.gateway.max_upload_bytes / most_parts >= b.part_bytes) {
    out.push_back({{"s3.part_bytes", "gateway.max_upload_bytes"},
                   fmt::format("s3.part_bytes = {} must be at least {}: an upload of gateway.max_upload_bytes = {} may "
                               "have at most {} parts",
                               b.part_bytes, s.gateway.max_upload_bytes / most_parts + 1, s.gateway.max_upload_bytes,
                               most_parts)});
  }
  const auto each = b.part_bytes * (b.parts_in_flight + 1);
  if (b.max_buffer_bytes < each) {
    out.push_back({{"s3.max_buffer_bytes", "s3.part_bytes", "s3.parts_in_flight"},
                   fmt::format("s3.max_buffer_bytes = {} must be at least {}, which is what s3.part_bytes = {} and "
                               "s3.parts_in_flight = {} make for one upload",
                               b.max_buffer_bytes, each, b.part_bytes, b.parts_in_flight)});
  }
  if (s.role != role::gateway) {
    at_least(out, bytes("s3.max_scratch_bytes", b.max_scratch_bytes),
             bytes("gateway.max_upload_bytes", s.gateway.max_upload_bytes),
             "the largest upload could never be worked on");
  }
  at_least(out, ms("artifacts.keep_for_ms", s.artifacts.keep_for), ms("s3.url_lifetime_ms", b.url_lifetime),
           "an address would outlive its file");
}

// One within the other counts, too: each of these is emptied or swept by its own rules.
void check_directories(contradiction_list& out, const settings& s) {
  std::vector<std::pair<std::string, std::filesystem::path>> all;
  if (s.artifacts.store == store_kind::directory) all.emplace_back("artifacts.directory", s.artifacts.directory);
  if (s.artifacts.store == store_kind::s3) all.emplace_back("s3.scratch_directory", s.s3.scratch_directory);
  if (!s.history.directory.empty()) all.emplace_back("history.directory", s.history.directory);
  if (s.bus == bus_kind::inprocess && !s.inprocess.directory.empty()) {
    all.emplace_back("inprocess.directory", s.inprocess.directory);
  }
  // A slash at the end, so that `data/a` is not taken for a part of `data/ab`.
  const auto text = [](const std::filesystem::path& p) { return (p / "").lexically_normal().string(); };
  for (auto one = all.begin(); one != all.end(); ++one) {
    for (auto other = std::next(one); other != all.end(); ++other) {
      const auto a = text(one->second), b = text(other->second);
      if (!a.starts_with(b) && !b.starts_with(a)) continue;
      out.push_back({{one->first, other->first},
                     fmt::format("{} = {} and {} = {} must be different directories, and neither within the other",
                                 one->first, one->second.string(), other->first, other->second.string())});
    }
  }
}

bool share_an_address(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const auto any = [](const std::string& s) { return s == "::" || s == "0.0.0.0"; };
  return std::ranges::any_of(a, any) || std::ranges::any_of(b, any) || std::ranges::find_first_of(a, b) != a.end();
}

void check_roles(contradiction_list& out, const settings& s) {
  if (!reaches_other_processes(s.bus) && s.role != role::all) {
    out.push_back({{"role", "bus"},
                   "a gateway and a processor in different processes cannot meet on the bus inside one process: use "
                   "bus kafka, or role all"});
  }
  if (s.role != role::processor && s.gateway.port != 0 && s.gateway.port == s.management.port &&
      share_an_address(s.gateway.listen, s.management.listen)) {
    out.push_back({{"gateway.port", "management.port", "gateway.listen", "management.listen"},
                   fmt::format("gateway.port and management.port are both {} on the same address: the two listeners "
                               "need a port each",
                               s.gateway.port)});
  }
}

bool is_loopback(const std::string& address) {
  return address == "::1" || address.starts_with("127.");
}

// What the pages need to sign people in.
void check_sign_in(contradiction_list& out, const std::string& table, const token_issuer& i) {
  if (i.client_id.empty()) {
    if (i.sign_in_resource.empty() && i.authorization_endpoint.empty() && i.token_endpoint.empty()) return;
    out.push_back({{table + ".client_id"},
                   fmt::format("{0}.client_id is empty, but {0} says how the pages sign people in: they offer it only "
                               "with a client_id",
                               table)});
    return;
  }
  if (!wrong_endpoint(i.issuer).empty()) {
    out.push_back({{table + ".issuer", table + ".client_id"},
                   fmt::format("{0}.issuer is \"{1}\": for {0}.client_id it must be an address, https or http of this "
                               "machine alone, as the pages talk to it",
                               table, i.issuer)});
  }
  if (i.authorization_endpoint.empty() != i.token_endpoint.empty()) {
    out.push_back({{table + ".authorization_endpoint", table + ".token_endpoint"},
                   fmt::format("{0}.authorization_endpoint and {0}.token_endpoint: set both, or neither", table)});
  }
}

void check_issuers(contradiction_list& out, const settings& s) {
  if (s.auth.issuers.empty()) {
    out.push_back(
        {{"auth.mode", "auth.issuers"}, "auth.mode is jwt, but there is no [auth.issuers.NAME]: no token would count"});
  }
  std::map<std::string, std::string> tables;
  for (const auto& [name, i] : s.auth.issuers) {
    check_sign_in(out, "auth.issuers." + name, i);
    const auto [first, is_new] = tables.emplace(i.issuer, "auth.issuers." + name);
    if (is_new) continue;
    const auto table = "auth.issuers." + name;
    out.push_back({{table + ".issuer", first->second + ".issuer"},
                   fmt::format("{} and {} have the same issuer \"{}\": which of the two judges its tokens?",
                               first->second, table, i.issuer)});
  }
}

void check_access(contradiction_list& out, const settings& s) {
  if (s.role == role::processor) return;
  const bool beyond = !std::ranges::all_of(s.gateway.listen, is_loopback);
  if (s.auth.mode == auth_mode::none && beyond && !s.gateway.allow_unauthenticated) {
    out.push_back(
        {{"gateway.listen", "auth.mode", "gateway.allow_unauthenticated"},
         "gateway.listen goes beyond this machine while auth.mode is none: whoever reaches the port could do "
         "everything with every task. Set auth.mode to keys or jwt, or gateway.allow_unauthenticated to true where "
         "something else keeps strangers out"});
  }
  if (s.auth.mode == auth_mode::proxy && s.auth.trusted_proxies.empty()) {
    out.push_back({{"auth.mode", "auth.trusted_proxies"},
                   "auth.mode is proxy, but auth.trusted_proxies names none: nobody could call"});
  }
  if (s.auth.mode == auth_mode::jwt) check_issuers(out, s);
  if (s.auth.mode != auth_mode::none && reaches_other_processes(s.bus) && s.auth.id_secret.empty() &&
      s.auth.id_secret_file.empty()) {
    out.push_back(
        {{"auth.mode", "auth.id_secret", "auth.id_secret_file", "bus"},
         "auth.id_secret and auth.id_secret_file are empty: with bus kafka all gateways need the same secret, "
         "or one Idempotency-Key would make a task at each of them (openssl rand -hex 32 makes one)"});
  }
}

void check_topics(contradiction_list& out, const settings& s) {
  const std::vector<std::pair<std::string, std::string>> names{{"topics.request", s.topics.request},
                                                               {"topics.response", s.topics.response},
                                                               {"topics.dead_letter", s.topics.dead_letter}};
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t j = i + 1; j < names.size(); ++j) {
      if (names[i].second != names[j].second) continue;
      out.push_back({{names[i].first, names[j].first},
                     fmt::format("{} and {} are both \"{}\": each needs a topic of its own", names[i].first,
                                 names[j].first, names[i].second)});
    }
  }
  for (const auto& [kind, topic] : s.tasks.request_topics) {
    if (topic != s.topics.response && topic != s.topics.dead_letter) continue;
    out.push_back({{"tasks." + kind + ".request_topic", "topics.response", "topics.dead_letter"},
                   fmt::format("tasks.{}.request_topic = \"{}\" is a topic for something else: requests need their own",
                               kind, topic)});
  }
}

// A processor that reads a request topic must know every kind in it, because it fails the tasks of unknown kinds.
void check_owners(contradiction_list& out, const settings& s) {
  std::map<std::string, std::string> ours{{s.topics.request, "topics.request"}};
  for (const auto& [kind, topic] : s.tasks.request_topics) {
    if (s.tasks.commands.contains(kind)) ours.emplace(topic, "tasks." + kind + ".request_topic");
  }
  for (const auto& [kind, topic] : s.tasks.request_topics) {
    const auto shared = ours.find(topic);
    if (shared == ours.end() || s.tasks.commands.contains(kind)) continue;
    out.push_back({{"tasks." + kind + ".request_topic", shared->second},
                   fmt::format("tasks.{}.request_topic and {} are both \"{}\", but the kind has no command: this "
                               "program's processors would take its tasks and fail them",
                               kind, shared->second, topic)});
  }
}

}  // namespace

std::vector<contradiction> contradictions(const settings& s) {
  contradiction_list out;
  check_windows(out, s);
  check_sizes(out, s);
  check_roles(out, s);
  check_access(out, s);
  check_topics(out, s);
  check_owners(out, s);
  check_bucket(out, s);
  check_directories(out, s);
  return out;
}

}  // namespace streamdemo::config
