#include <doctest/doctest.h>

#include <map>
#include <streamdemo/tracing/options.hpp>

using namespace streamdemo::tracing;

namespace {

using variables = std::map<std::string, std::string, std::less<>>;

read_options read(const variables& v) {
  return options_of([&](std::string_view name) -> std::optional<std::string> {
    const auto found = v.find(name);
    return found == v.end() ? std::nullopt : std::optional(found->second);
  });
}

variables sending(variables more) {
  more.emplace("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");
  return more;
}

}  // namespace

TEST_CASE("without an address nothing is sent, and nobody is warned") {
  for (const auto& v : {variables{}, variables{{"OTEL_EXPORTER_OTLP_ENDPOINT", ""}},
                        variables{{"OTEL_SERVICE_NAME", "x"}, {"OTEL_TRACES_SAMPLER", "always_on"}},
                        sending({{"OTEL_SDK_DISABLED", "True"}}), sending({{"OTEL_TRACES_EXPORTER", "none"}})}) {
    const auto r = read(v);
    CHECK(!r.found.on);
    CHECK(r.warnings.empty());
  }
}

TEST_CASE("the path is added to the address of all signals, and not to that of traces") {
  CHECK(read(sending({})).found.url == "http://collector:4318/v1/traces");
  CHECK(read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://c/otlp/"}}).found.url == "https://c/otlp/v1/traces");
  const auto r = read(sending({{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces:1/in"}}));
  CHECK(r.found.on);
  CHECK(r.found.url == "http://traces:1/in");
  const auto bad = read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"}});
  CHECK(!bad.found.on);
  REQUIRE(bad.warnings.size() == 1);
  CHECK(bad.warnings[0].find("collector:4318") != std::string::npos);
}

TEST_CASE("what cannot be done leaves it off, with a warning") {
  for (const auto& v :
       {sending({{"OTEL_TRACES_EXPORTER", "zipkin"}}), sending({{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}}),
        sending({{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"}})}) {
    const auto r = read(v);
    CHECK(!r.found.on);
    CHECK(r.warnings.size() == 1);
  }
  CHECK(read(sending({{"OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"}})).warnings.empty());
  const auto json = read(sending({{"OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"}}));
  CHECK(json.found.on);
  CHECK(json.warnings.size() == 1);
}

TEST_CASE("samplers") {
  const auto o = [](std::string name, std::string arg = "") {
    return read(sending({{"OTEL_TRACES_SAMPLER", std::move(name)}, {"OTEL_TRACES_SAMPLER_ARG", std::move(arg)}})).found;
  };
  CHECK(read(sending({})).found.follows_parent);
  CHECK(read(sending({})).found.root == sampling::always);
  CHECK(o("always_off").root == sampling::never);
  CHECK(!o("always_off").follows_parent);
  CHECK(o("parentbased_always_off").follows_parent);
  CHECK(o("parentbased_traceidratio", "0.1").root == sampling::by_ratio);
  CHECK(o("parentbased_traceidratio", "0.1").ratio == 0.1);
  CHECK(o("traceidratio").ratio == 1);
  CHECK(o("traceidratio", "1.5").ratio == 1);
  CHECK(o("jaeger_remote").root == sampling::always);
  CHECK(o("jaeger_remote").follows_parent);
  CHECK(read(sending({{"OTEL_TRACES_SAMPLER", "traceidratio"}, {"OTEL_TRACES_SAMPLER_ARG", "much"}})).warnings.size() ==
        1);
}

TEST_CASE("headers and resource attributes are lists, percent-encoded") {
  const auto r = read(sending({{"OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20x, a = b ,,broken"},
                               {"OTEL_RESOURCE_ATTRIBUTES", "service.name=first,deployment.environment.name=a%2Cb%"},
                               {"OTEL_SERVICE_NAME", "second"}}));
  const std::vector<std::pair<std::string, std::string>> headers{{"authorization", "Bearer x"}, {"a", "b"}};
  CHECK(r.found.headers == headers);
  const std::vector<std::pair<std::string, std::string>> resource{{"deployment.environment.name", "a,b%"}};
  CHECK(r.found.resource == resource);
  CHECK(r.found.service_name == "second");
  REQUIRE(r.warnings.size() == 1);
  CHECK(r.warnings[0].find("broken") == std::string::npos);
  CHECK(read(sending({{"OTEL_RESOURCE_ATTRIBUTES", "service.name=first"}})).found.service_name == "first");
  CHECK(read(sending({})).found.service_name == "streamdemo");
}

TEST_CASE("numbers out of their bounds leave the default") {
  const auto r = read(sending(
      {{"OTEL_BSP_MAX_QUEUE_SIZE", "100"}, {"OTEL_BSP_SCHEDULE_DELAY", "0"}, {"OTEL_EXPORTER_OTLP_TIMEOUT", "250"}}));
  CHECK(r.found.max_queue == 100);
  CHECK(r.found.max_batch == 100);
  CHECK(r.found.delay.count() == 5000);
  CHECK(r.found.timeout.count() == 250);
  CHECK(r.warnings.size() == 1);
}

TEST_CASE("fields that would change the request are left out, without their values being told") {
  const auto r = read(sending(
      {{"OTEL_EXPORTER_OTLP_HEADERS", "a=1%0d%0aEvil: secret,Host=evil,content-length=5,bad name=1,x-good=2%2C3"}}));
  REQUIRE(r.found.headers.size() == 1);
  CHECK(r.found.headers[0] == std::pair<std::string, std::string>("x-good", "2,3"));
  REQUIRE(r.warnings.size() == 1);
  CHECK(r.warnings[0].find("secret") == std::string::npos);
}

TEST_CASE("what is not UTF-8 is left out of the resource, because receivers would refuse everything") {
  const auto r = read(sending({{"OTEL_RESOURCE_ATTRIBUTES", "a=%ff,b=2"}, {"OTEL_SERVICE_NAME", "x\xff"}}));
  REQUIRE(r.found.resource.size() == 1);
  CHECK(r.found.resource[0].first == "b");
  CHECK(r.found.service_name == "streamdemo");
  CHECK(r.warnings.size() == 2);
}

TEST_CASE("words are read in either case, and a switch that is neither true nor false is told") {
  CHECK(read(sending({{"OTEL_TRACES_SAMPLER", "Always_Off"}})).found.root == sampling::never);
  const auto r = read(sending({{"OTEL_SDK_DISABLED", "1"}}));
  CHECK(r.found.on);
  REQUIRE(r.warnings.size() == 1);
  CHECK(r.warnings[0].find("OTEL_SDK_DISABLED") != std::string::npos);
}

TEST_CASE("an address is shown without user and password") {
  CHECK(shown_url("http://u:p@host:4318/v1/traces?a=@b") == "http://host:4318/v1/traces?a=@b");
  CHECK(shown_url("https://host/a@b") == "https://host/a@b");
  CHECK(shown_url("host") == "host");
  CHECK(shown_url("") == "");
}
