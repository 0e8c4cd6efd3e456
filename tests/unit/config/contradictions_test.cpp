#include <doctest/doctest.h>

#include "config/contradictions.hpp"
#include "unit/config/support.hpp"

using namespace streamdemo::config;
using namespace streamdemo::config::test;
using streamdemo::base::milliseconds;

namespace {

// Exactly one contradiction, and its text names `what`.
bool only(const settings& s, std::string_view what) {
  const auto all = contradictions(s);
  return all.size() == 1 && all[0].what.find(what) != std::string::npos && !all[0].keys.empty();
}

}  // namespace

TEST_CASE("the defaults do not contradict each other") {
  CHECK(contradictions({}).empty());
}

TEST_CASE("deadlines and windows hang together") {
  settings s;
  s.tasks.default_deadline = s.tasks.max_deadline + milliseconds{1};
  CHECK(only(s, "tasks.max_deadline_ms = 3600000 must be at least tasks.default_deadline_ms = 3600001"));

  s = {};
  s.topics.retention = milliseconds{3600000 + 3600000 + 60000 - 1};
  CHECK(only(s, "topics.retention_ms"));
  s.topics.retention += milliseconds{1};
  CHECK(contradictions(s).empty());

  s = {};
  s.artifacts.keep_for -= milliseconds{1};
  CHECK(only(s, "artifacts.keep_for_ms"));

  s = {};
  s.gateway.publish_timeout = milliseconds{30001};
  CHECK(only(s, "gateway.publish_timeout_ms"));

  s = {};
  s.processor.alive_interval = milliseconds{12001};
  CHECK(only(s, "processor.alive_interval_ms"));
}

TEST_CASE("what must pass through fits through") {
  settings s;
  s.processor.emit_bytes = s.processor.max_record_bytes - 1;
  CHECK(only(s, "processor.emit_bytes"));

  s = {};
  s.artifacts.max_bytes = s.gateway.max_upload_bytes - 1;
  CHECK(only(s, "artifacts.max_bytes"));

  s = {};
  s.processor.max_held_bytes = s.processor.max_record_bytes - 1;
  CHECK(only(s, "processor.max_held_bytes"));

  s = {};
  s.results.max_bytes = s.processor.max_record_bytes - 1;
  CHECK(only(s, "results.max_bytes"));

  s = {};
  s.inprocess.response_max_bytes = s.processor.max_record_bytes - 1;
  CHECK(only(s, "inprocess.response_max_bytes"));
  s.bus = bus_kind::kafka;
  CHECK(contradictions(s).empty());

  s = {};
  s.gateway.max_buffer_bytes = s.gateway.max_body_bytes + s.gateway.max_message_bytes - 1;
  CHECK(only(s,
             "gateway.max_buffer_bytes = 2097151 must be at least gateway.max_body_bytes + gateway.max_message_bytes"));
  s = {};
  s.inprocess.request_max_bytes = s.gateway.max_body_bytes - 1;
  CHECK(only(s, "inprocess.request_max_bytes"));

  s = {};
  s.processor.max_held_requests = s.processor.concurrency - 1;
  CHECK(only(s, "processor.max_held_requests = 3 must be at least processor.concurrency = 4"));
  s = {};
  s.processor.max_gap = s.processor.max_held_requests - 1;
  CHECK(only(s, "processor.max_gap = 999 must be at least processor.max_held_requests = 1000"));

  s = {};
  s.tasks.commands["a"].concurrency = s.processor.concurrency + 1;
  CHECK(only(s, "tasks.a.concurrency = 5 must be at most processor.concurrency = 4"));
  s = {};
  s.tasks.simulate_concurrency = s.processor.concurrency;
  s.tasks.process_video_concurrency = s.processor.concurrency + 1;
  CHECK(only(s, "tasks.process-video.concurrency = 5 must be at most processor.concurrency = 4"));

  s = {};
  s.tasks.commands["a"].max_output_bytes = command_task{}.max_line_bytes - 1;
  CHECK(only(s, "tasks.a.max_output_bytes"));

  s = {};
  s.tasks.commands["a"].max_line_bytes = s.processor.max_record_bytes + 1;
  CHECK(only(s, "tasks.a.max_line_bytes"));
}

TEST_CASE("two listeners need a port each, unless they share no address or the system chooses") {
  settings s;
  s.management.port = s.gateway.port;
  CHECK(only(s, "both 8080"));
  s.management.listen = {"10.0.0.1"};
  CHECK(contradictions(s).empty());
  s.management.listen = {"::"};
  CHECK(only(s, "both 8080"));
  s.gateway.port = s.management.port = 0;
  CHECK(contradictions(s).empty());
}

TEST_CASE("a process of one role needs a bus that leaves the process") {
  settings s;
  s.role = role::gateway;
  CHECK(only(s, "bus kafka"));
  s.bus = bus_kind::kafka;
  CHECK(contradictions(s).empty());
}

TEST_CASE("every topic has one purpose") {
  settings s;
  s.topics.dead_letter = s.topics.request;
  CHECK(only(s, "topics.request and topics.dead_letter are both \"request\""));

  s = {};
  s.tasks.request_topics["a"] = s.topics.response;
  CHECK(only(s, "tasks.a.request_topic"));
}

TEST_CASE("a kind that another program does shares no request topic with kinds of this one") {
  settings s;
  s.tasks.request_topics["theirs"] = s.topics.request;
  CHECK(only(s, "topics.request are both \"request\""));

  s.tasks.request_topics["theirs"] = "other";
  CHECK(contradictions(s).empty());

  s.tasks.commands["ours"];
  s.tasks.request_topics["ours"] = "other";
  CHECK(only(s, "tasks.ours.request_topic are both \"other\""));

  s.tasks.request_topics.erase("theirs");
  CHECK(contradictions(s).empty());
}

TEST_CASE("nobody listens beyond this machine without asking for a name, but by a word of its own") {
  settings s;
  for (const auto* address : {"0.0.0.0", "::", "192.0.2.1"}) {
    s.gateway.listen = {"127.0.0.1", address};
    CHECK(only(s, "gateway.listen goes beyond this machine while auth.mode is none"));
  }
  s.role = role::processor;
  s.bus = bus_kind::kafka;
  CHECK(contradictions(s).empty());
  s.role = role::gateway;
  s.gateway.allow_unauthenticated = true;
  CHECK(contradictions(s).empty());
  s.gateway.allow_unauthenticated = false;
  s.gateway.listen = {"::1", "127.0.0.2"};
  CHECK(contradictions(s).empty());
}

TEST_CASE("who asks for a name has what that needs") {
  settings s;
  s.auth.mode = auth_mode::keys;
  s.gateway.listen = {"::"};
  CHECK(contradictions(s).empty());
  s.bus = bus_kind::kafka;
  CHECK(only(s, "auth.id_secret and auth.id_secret_file are empty"));
  s.auth.id_secret = std::string(32, 'x');
  CHECK(contradictions(s).empty());
  s.auth.mode = auth_mode::proxy;
  CHECK(only(s, "auth.trusted_proxies names none"));
  s.auth.trusted_proxies = {"127.0.0.1"};
  CHECK(contradictions(s).empty());
}

TEST_CASE("tokens count where there is an issuer, and each issuer once") {
  settings s;
  s.auth.mode = auth_mode::jwt;
  CHECK(only(s, "auth.mode is jwt, but there is no [auth.issuers.NAME]"));
  s.auth.issuers["a"].issuer = "https://id.example.org";
  CHECK(contradictions(s).empty());
  s.auth.issuers["b"].issuer = "https://id.example.org";
  CHECK(only(s, "auth.issuers.a and auth.issuers.b have the same issuer"));
  s.auth.issuers["b"].issuer = "https://id.example.org/";
  CHECK(contradictions(s).empty());
}

TEST_CASE("pages sign people in with an issuer that they can talk to") {
  settings s;
  s.auth.mode = auth_mode::jwt;
  auto& i = s.auth.issuers["a"];
  i.issuer = "id";
  CHECK(contradictions(s).empty());
  i.client_id = "pages";
  for (const auto* wrong : {"id", "http://id.example.org", "https://id.example.org;", "https://id.example.org, *"}) {
    i.issuer = wrong;
    CAPTURE(wrong);
    CHECK(only(s, "for auth.issuers.a.client_id it must be an address"));
  }
  for (const auto* good : {"https://id.example.org", "https://id.example.org:8443/realms/a/", "http://127.0.0.1:9"}) {
    i.issuer = good;
    CAPTURE(good);
    CHECK(contradictions(s).empty());
  }
  i.token_endpoint = "https://token.example.org/";
  CHECK(only(s, "auth.issuers.a.authorization_endpoint and auth.issuers.a.token_endpoint: set both"));
  i.authorization_endpoint = "https://id.example.org/authorize";
  CHECK(contradictions(s).empty());
  i.client_id.clear();
  CHECK(only(s, "auth.issuers.a.client_id is empty"));
}

TEST_CASE("directories that are emptied or swept by rules of their own are apart from each other") {
  settings s;
  s.history.directory = "data/history";
  CHECK(contradictions(s).empty());
  s.history.directory = "data/journal/";
  CHECK(contradictions(s).size() == 1);
  s.history.directory = "data/artifacts/../journal/records";
  CHECK(contradictions(s).size() == 1);
  s.history.directory = "data/journals";
  CHECK(contradictions(s).empty());
  s.history.directory = "data";
  CHECK(contradictions(s).size() == 2);
  s.inprocess.directory.clear();
  CHECK(contradictions(s).size() == 1);
}

TEST_CASE("a bucket needs its name, both halves of a key, and room for its parts") {
  settings s;
  s.artifacts.serve = serve_kind::redirect;
  CHECK(only(s, "artifacts.serve is redirect, but artifacts.store is directory"));
  s.artifacts.store = store_kind::s3;
  CHECK(only(s, "s3.bucket is empty"));
  s.s3.bucket = "files";
  CHECK(contradictions(s).empty());

  s.s3.access_key_id = "id";
  CHECK(only(s, "s3.access_key_id and s3.secret_access_key"));
  s.s3.secret_access_key = "secret";
  CHECK(contradictions(s).empty());
  s.s3.access_key_id = s.s3.secret_access_key = {};
  s.s3.session_token = "token";
  CHECK(only(s, "s3.session_token is set without"));
  s.s3.session_token = {};

  s.s3.max_buffer_bytes = 2 * s.s3.part_bytes - 1;
  CHECK(only(s, "s3.max_buffer_bytes = 16777215 must be at least 16777216"));
  s.s3.max_buffer_bytes = 2 * s.s3.part_bytes;
  s.gateway.max_upload_bytes = 10000 * s.s3.part_bytes;
  s.artifacts.max_bytes = s.s3.max_scratch_bytes = s.quota.upload_bytes = 2 * s.gateway.max_upload_bytes;
  CHECK(only(s, "an upload of gateway.max_upload_bytes = 83886080000 may have at most 10000 parts"));
  s.gateway.max_upload_bytes -= 1;
  CHECK(contradictions(s).empty());
  s.s3.max_scratch_bytes = s.gateway.max_upload_bytes - 1;
  CHECK(only(s, "s3.max_scratch_bytes"));
  s.s3.max_scratch_bytes += 1;
  s.s3.scratch_directory = "data/journal/scratch";
  CHECK(only(s, "inprocess.directory"));
  // The directory of files is not used then.
  s.s3.scratch_directory = s.artifacts.directory;
  CHECK(contradictions(s).empty());
}
