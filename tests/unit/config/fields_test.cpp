#include <doctest/doctest.h>
#include <streamdemo/task/vocabulary.hpp>

#include <set>

#include "config/assignment.hpp"
#include "config/limits.hpp"
#include "unit/config/support.hpp"

using namespace streamdemo::config;
using namespace streamdemo::config::test;

TEST_CASE("every setting has a sentence, a default within its own limits, and a name and variable of its own") {
  std::set<std::string> names, variables;
  for (const auto& f : fields()) {
    INFO(f.key);
    CHECK(f.sentence.ends_with('.'));
    CHECK(!f.allowed.empty());
    CHECK(f.wrong(f.get(settings{})).empty());
    CHECK(names.insert(f.key).second);
    CHECK(variables.insert(variable_of(f.key)).second);
    CHECK(!section_sentence(section_of(f.key)).empty());
  }
}

TEST_CASE("what is set is what is got, for every setting and no other") {
  for (const auto& f : fields()) {
    INFO(f.key);
    settings s;
    value other = f.get(s);
    if (auto* n = std::get_if<std::int64_t>(&other)) ++*n;
    if (auto* t = std::get_if<std::string>(&other)) *t = f.allowed.starts_with("one of") ? *t : *t + "x";
    if (auto* l = std::get_if<strings>(&other)) l->push_back("x");
    if (auto* p = std::get_if<properties>(&other)) (*p)["x"] = "y";
    f.set(s, other);
    CHECK(f.get(s) == other);
    for (const auto& g : fields()) {
      if (g.key != f.key) CHECK_MESSAGE(g.get(s) == g.get(settings{}), g.key);
    }
  }
}

TEST_CASE("a word sets what it stands for") {
  CHECK(load_set({"role=gateway", "bus=kafka"}).settings.role == role::gateway);
  CHECK(load_set({"role=processor", "bus=kafka"}).settings.bus == bus_kind::kafka);
  CHECK(load_set({"instance.log_level=debug"}).settings.instance.log_level == "debug");
}

TEST_CASE("names of kinds are judged as the task module judges them") {
  for (const std::string kind : {"simulate", "process-video", "a", "", "A", "a_b", "stream", "tasks", "results",
                                 "artifacts", "kinds", "session", "0", "-", "a.b", "ä"}) {
    INFO(kind);
    CHECK(wrong_kind(kind).empty() == streamdemo::task::is_kind(kind));
  }
  CHECK(wrong_kind(std::string(64, 'a')).empty());
  CHECK(!wrong_kind(std::string(65, 'a')).empty());
}

TEST_CASE("values beyond the limits of their setting are refused") {
  CHECK(reports(load_set({"gateway.listen=localhost"}), "--set gateway.listen", "\"localhost\" is none"));
  CHECK(reports(load_set({"gateway.listen="}), "--set gateway.listen", "must not be empty"));
  CHECK(reports(load_set({"gateway.port=-1"}), "--set gateway.port", "is -1"));
  CHECK(reports(load_set({"topics.request=a b"}), "--set topics.request", "must be 1 to 249"));
  CHECK(reports(load_set({"kafka.brokers=localhost"}), "--set kafka.brokers", "host:port"));
  CHECK(reports(load_set({"instance.name=a/b"}), "--set instance.name", "must be at most 64"));
  CHECK(reports(load_set({"gateway.allowed_origins=example.org"}), "--set gateway.allowed_origins", "origins"));
  CHECK(reports(load_set({"management.allowed_hosts=http://a.b"}), "--set management.allowed_hosts", "names such as"));
  CHECK(load_set({"management.allowed_hosts=gateway.example.org"}).problems.empty());
  CHECK(load_set({"gateway.allowed_origins=https://example.org,http://[::1]:3000"}).problems.empty());
}

TEST_CASE("what cannot be the place of a bucket is refused") {
  for (const std::string good : {"", "https://s3.example.org", "http://127.0.0.1:9000", "http://[::1]:9000"}) {
    CAPTURE(good);
    CHECK(wrong_s3_endpoint(good).empty());
  }
  for (const std::string bad : {"s3.example.org", "ftp://s3.example.org", "https://s3.example.org/", "https://a/b",
                                "https://a?b", "https://a#b", "https://user@a"}) {
    CAPTURE(bad);
    CHECK(!wrong_s3_endpoint(bad).empty());
  }
  for (const std::string good : {"", "abc", "my.bucket-1"}) CHECK(wrong_bucket(good).empty());
  for (const std::string bad : {"ab", "My", "a_b", "-abc", "abc.", "a/b/c"}) {
    CAPTURE(bad);
    CHECK(!wrong_bucket(bad).empty());
  }
  CHECK(!wrong_bucket(std::string(64, 'a')).empty());
  for (const std::string good : {"", "a/", "a/b_c.d-E/", "..a/"}) CHECK(wrong_s3_prefix(good).empty());
  for (const std::string bad : {"/a", "a//b", "../a", "a/../b", "a/./b", "a b", "a/..", "a"}) {
    CAPTURE(bad);
    CHECK(!wrong_s3_prefix(bad).empty());
  }
  CHECK(reports(load_set({"artifacts.store=ftp"}), "--set artifacts.store", "directory"));
  CHECK(reports(load_set({"s3.region=eu west"}), "--set s3.region", "must be at most 64"));
}

TEST_CASE("round numbers are shown in the largest unit that divides them") {
  CHECK(readable_bytes(1048576) == "1 MiB");
  CHECK(readable_bytes(921600) == "900 KiB");
  CHECK(readable_bytes(1000) == "");
  CHECK(readable_milliseconds(90000) == "90 s");
  CHECK(readable_milliseconds(3600000) == "1 h");
  CHECK(readable_milliseconds(0) == "");
}
