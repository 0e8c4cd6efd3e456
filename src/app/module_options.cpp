#include "app/module_options.hpp"

#include <algorithm>
#include <cstdlib>
#include <streamdemo/config/buses.hpp>

namespace streamdemo::app {

bus::kafka_options kafka_options(const config::settings& s) {
  return {.brokers = s.kafka.brokers,
          .properties = s.kafka.properties,
          .client_id = s.instance.name.empty() ? "streamdemo" : s.instance.name,
          // Only gateways publish with a deadline.
          .publish_timeout = s.gateway.publish_timeout,
          .max_record_bytes = s.processor.max_record_bytes};
}

bus::journal_options journal_options(const config::settings& s) {
  return {.directory = s.inprocess.directory,
          .sync_each = s.inprocess.sync == config::sync_kind::always,
          .max_disk_bytes = s.inprocess.max_disk_bytes};
}

artifacts::options artifact_options(const config::settings& s, int descriptors_below) {
  return {.directory = s.artifacts.directory,
          .keep_for = s.artifacts.keep_for,
          .max_bytes = s.artifacts.max_bytes,
          .threads = s.artifacts.threads,
          .max_input_bytes = config::max_input_bytes(s),
          .descriptors_below = descriptors_below};
}

aws_variables variables_of_aws() {
  const auto get = [](const char* name) {
    const char* text = std::getenv(name);
    return std::string(text == nullptr ? "" : text);
  };
  const auto first = [&get](const char* one, const char* other) {
    auto text = get(one);
    return text.empty() ? get(other) : text;
  };
  return {.endpoint = first("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
          .ca_file = get("AWS_CA_BUNDLE"),
          .region = first("AWS_REGION", "AWS_DEFAULT_REGION"),
          .access_key_id = get("AWS_ACCESS_KEY_ID"),
          .secret_access_key = get("AWS_SECRET_ACCESS_KEY"),
          .session_token = get("AWS_SESSION_TOKEN"),
          .credentials_file = get("AWS_SHARED_CREDENTIALS_FILE"),
          .profile = get("AWS_PROFILE")};
}

namespace {

bool takes_key_of_aws(const config::settings& s, const aws_variables& of_aws) {
  return s.s3.access_key_id.empty() && s.s3.credentials_file.empty() && !of_aws.access_key_id.empty();
}

}  // namespace

void hide_key_of_aws(const config::settings& s, const aws_variables& of_aws) {
  if (s.artifacts.store != config::store_kind::s3 || !takes_key_of_aws(s, of_aws)) return;
  ::unsetenv("AWS_SECRET_ACCESS_KEY");
  ::unsetenv("AWS_SESSION_TOKEN");
}

artifacts::s3_options bucket_options(const config::settings& s, const aws_variables& of_aws) {
  const auto or_else = [](const std::string& a, const std::string& b) { return a.empty() ? b : a; };
  artifacts::s3_options o;
  o.region = or_else(or_else(s.s3.region, of_aws.region), "us-east-1");
  o.endpoint = or_else(or_else(s.s3.endpoint, of_aws.endpoint), "https://s3." + o.region + ".amazonaws.com");
  o.public_endpoint = s.s3.public_endpoint;
  // The variable may be there for other programs' sake.
  const bool has_tls = o.endpoint.starts_with("https://");
  o.ca_file = or_else(s.s3.ca_file.string(), has_tls ? of_aws.ca_file : std::string());
  o.bucket = s.s3.bucket;
  o.prefix = s.s3.prefix;
  o.path_style = s.s3.path_style;
  o.redirect = s.artifacts.serve == config::serve_kind::redirect;
  // A key is taken as a whole, from the first place that has one.
  if (!s.s3.access_key_id.empty()) {
    o.access_key_id = s.s3.access_key_id;
    o.secret_access_key = s.s3.secret_access_key;
    o.session_token = s.s3.session_token;
  } else if (takes_key_of_aws(s, of_aws)) {
    o.access_key_id = of_aws.access_key_id;
    o.secret_access_key = of_aws.secret_access_key;
    o.session_token = of_aws.session_token;
  } else {
    o.credentials_file = or_else(s.s3.credentials_file.string(), of_aws.credentials_file);
  }
  o.profile = or_else(or_else(s.s3.profile, of_aws.profile), "default");
  o.part_bytes = s.s3.part_bytes;
  o.parts_in_flight = s.s3.parts_in_flight;
  o.max_buffer_bytes = s.s3.max_buffer_bytes;
  o.connections = s.s3.connections;
  o.retry_for = s.s3.retry_for;
  o.url_lifetime = s.s3.url_lifetime;
  o.abort_after = s.s3.abort_after;
  o.scratch_directory = s.s3.scratch_directory;
  o.max_scratch_bytes = s.s3.max_scratch_bytes;
  o.keep_for = s.artifacts.keep_for;
  o.max_bytes = s.artifacts.max_bytes;
  o.max_input_bytes = config::max_input_bytes(s);
  o.threads = s.artifacts.threads;
  return o;
}

management::options management_options(const config::settings& s, std::string token, int descriptors_below) {
  return {.listen = s.management.listen,
          .port = s.management.port,
          .allowed_hosts = s.management.allowed_hosts,
          .token = std::move(token),
          .descriptors_below = descriptors_below};
}

processor::options processor_options(const config::settings& s, std::string source) {
  processor::options o;
  o.source = std::move(source);
  o.request_topics = {s.topics.request};
  for (const auto& [kind, topic] : s.tasks.request_topics) {
    if (!s.tasks.commands.contains(kind)) continue;  // a foreign processor runs it
    const bool known = std::find(o.request_topics.begin(), o.request_topics.end(), topic) != o.request_topics.end();
    if (!known) o.request_topics.push_back(topic);
  }
  o.response_topic = s.topics.response;
  o.partitions = s.topics.partitions;
  o.dead_letter_topic = s.topics.dead_letter;
  o.group = s.topics.group;
  o.alone = !config::reaches_other_processes(s.bus);
  o.concurrency = s.processor.concurrency;
  o.alone_wait = s.processor.alone_wait;
  o.max_held_requests = s.processor.max_held_requests;
  o.max_gap = s.processor.max_gap;
  o.max_held_bytes = s.processor.max_held_bytes;
  o.max_remembered_bytes = s.processor.max_remembered_bytes;
  o.emit_bytes = s.processor.emit_bytes;
  o.max_record_bytes = s.processor.max_record_bytes;
  o.max_runs = s.processor.max_runs;
  o.alive_interval = s.processor.alive_interval;
  o.recovery_margin = s.processor.recovery_margin;
  o.keep_for = s.results.keep_for;
  return o;
}

}  // namespace streamdemo::app
