#include <doctest/doctest.h>

#include "config/field.hpp"
#include "unit/config/support.hpp"

using namespace streamdemo::config;
using namespace streamdemo::config::test;
using streamdemo::base::milliseconds;

TEST_CASE("without any source the settings are the defaults and are good") {
  const auto l = load({});
  INFO(all_of(l));
  CHECK(l.problems.empty());
  CHECK(l.settings.gateway.port == 8080);
  CHECK(l.settings.gateway.listen == strings{"127.0.0.1", "::1"});
}

TEST_CASE("a file sets values of every type") {
  const auto l = load_file(R"(
role = "all"
[gateway]
port = 9000
listen = ["0.0.0.0"]
allow_unauthenticated = true
idle_timeout_ms = 1234
[artifacts]
directory = "/srv/files"
)");
  INFO(all_of(l));
  CHECK(l.problems.empty());
  CHECK(l.settings.gateway.port == 9000);
  CHECK(l.settings.gateway.listen == strings{"0.0.0.0"});
  CHECK(l.settings.gateway.idle_timeout == milliseconds{1234});
  CHECK(l.settings.artifacts.directory == "/srv/files");
}

TEST_CASE("a variable wins over the file and a flag over both") {
  const temporary_file file{"[gateway]\nport = 9001\n[management]\nport = 9101\n[results]\nmax_bytes = 2000000\n"};
  const auto l = load({file.path(),
                       {{"STREAMDEMO_GATEWAY_PORT", "9002"}, {"STREAMDEMO_MANAGEMENT_PORT", "9102"}},
                       {"gateway.port=9003"}});
  INFO(all_of(l));
  CHECK(l.problems.empty());
  CHECK(l.settings.gateway.port == 9003);
  CHECK(l.settings.management.port == 9102);
  CHECK(l.settings.results.max_bytes == 2000000);
}

TEST_CASE("a good value of a later source heals nothing: every mistake is reported") {
  const temporary_file file{"[gateway]\nport = 99999\n"};
  const auto l = load({file.path(), {}, {"gateway.port=9003"}});
  CHECK(reports(l, "s.toml:2", "gateway.port must be in 0 … 65535, is 99999"));
}

TEST_CASE("all mistakes are reported together, each with its place") {
  const temporary_file file{"[gateway]\nprot = 1\nport = \"8080\"\nthreads = 0\n\n[gatway]\nport = 1\n"};
  const auto l = load({file.path(), {{"STREAMDEMO_RESULTS_MAX_BYTES", "lots"}}, {"nonsense", "bus=carrier-pigeon"}});
  INFO(all_of(l));
  CHECK(l.problems.size() == 7);
  CHECK(reports(l, "s.toml:2", "gateway.prot is no setting; did you mean gateway.port?"));
  CHECK(reports(l, "s.toml:3", "gateway.port must be a whole number, is a text"));
  CHECK(reports(l, "s.toml:4", "gateway.threads must be in 1 … 256, is 0"));
  CHECK(reports(l, "s.toml:7", "gatway.port is no setting; did you mean gateway.port?"));
  CHECK(reports(l, "STREAMDEMO_RESULTS_MAX_BYTES", "results.max_bytes must be a whole number, is \"lots\""));
  CHECK(reports(l, "--set nonsense", "must be name=value"));
  CHECK(reports(l, "--set bus", "bus must be one of inprocess, kafka, is \"carrier-pigeon\""));
}

TEST_CASE("a name without its unit leads to the one with it") {
  CHECK(reports(load_set({"gateway.idle_timeout=5"}), "--set gateway.idle_timeout",
                "did you mean gateway.idle_timeout_ms?"));
}

TEST_CASE("a section given as a value is named") {
  CHECK(reports(load_file("gateway = 3\n"), "s.toml:1", "gateway is no setting: it is a section"));
}

TEST_CASE("a mistaken variable is told by the name of a variable") {
  CHECK(reports(load_variable("STREAMDEMO_GATEWAY_PROT", "1"), "STREAMDEMO_GATEWAY_PROT",
                "did you mean STREAMDEMO_GATEWAY_PORT?"));
}

TEST_CASE("variables of others under the same prefix are left alone") {
  CHECK(load_variable("STREAMDEMO_BIN", "/usr/bin/streamdemo").problems.empty());
  CHECK(load_variable("STREAMDEMO_SERVICE_HOST", "10.0.0.1").problems.empty());
}

TEST_CASE("a variable that Kubernetes made for a service is explained") {
  CHECK(reports(load_variable("STREAMDEMO_GATEWAY_PORT", "tcp://10.0.0.1:80"), "STREAMDEMO_GATEWAY_PORT",
                "enableServiceLinks"));
}

TEST_CASE("a file that is not there or no TOML is one problem") {
  const auto missing = load({"/nowhere/s.toml", {}, {}});
  CHECK(missing.problems.size() == 1);
  CHECK(reports(missing, "/nowhere/s.toml", "cannot be read"));

  const auto broken = load_file("[gateway]\nport = = 1\n");
  CHECK(broken.problems.size() == 1);
  CHECK(reports(broken, "s.toml:2", "is no TOML"));
}

TEST_CASE("an empty file is fine") {
  CHECK(load_file("").problems.empty());
}

TEST_CASE("a table below tasks is a kind done by a command") {
  const auto l = load_file(R"([tasks.word-count]
command = ["python3", "wordcount.py"]
working_directory = "/srv"
max_line_bytes = 1000
kill_after_ms = 10
resumable = true
terminal = true
)");
  INFO(all_of(l));
  REQUIRE(l.problems.empty());
  REQUIRE(l.settings.tasks.commands.contains("word-count"));
  const auto& task = l.settings.tasks.commands.at("word-count");
  CHECK(task.command == strings{"python3", "wordcount.py"});
  CHECK(task.working_directory == "/srv");
  CHECK(task.max_line_bytes == 1000);
  CHECK(task.max_output_bytes == command_task{}.max_output_bytes);
  CHECK(task.kill_after == milliseconds{10});
  CHECK(task.resumable);
  CHECK(task.terminal);
  CHECK(l.settings.tasks.request_topics.empty());
}

TEST_CASE("a kind may have only a request topic of its own") {
  const auto l = load_file("[tasks.summarise]\nrequest_topic = \"request.summarise\"\n");
  INFO(all_of(l));
  CHECK(l.problems.empty());
  CHECK(l.settings.tasks.commands.empty());
  CHECK(l.settings.tasks.request_topics.at("summarise") == "request.summarise");
}

TEST_CASE("how many tasks of a kind run at once can be said of each kind that runs here") {
  const auto l = load({std::nullopt,
                       {{"STREAMDEMO_TASKS_PROCESS_VIDEO_CONCURRENCY", "1"}, {"STREAMDEMO_TASKS_A_COMMAND", "cat"}},
                       {"tasks.simulate.concurrency=3", "tasks.a.concurrency=2"}});
  INFO(all_of(l));
  REQUIRE(l.problems.empty());
  CHECK(l.settings.tasks.process_video_concurrency == 1);
  CHECK(l.settings.tasks.simulate_concurrency == 3);
  CHECK(l.settings.tasks.commands.at("a").concurrency == 2);

  CHECK(load_file("[tasks.simulate]\nconcurrency = 2\n").settings.tasks.simulate_concurrency == 2);
  CHECK(reports(load_file("[tasks.simulate]\nresumable = true\n"), "s.toml:2", "whose only setting is concurrency"));
  CHECK(reports(load_file("[tasks.a]\nrequest_topic = \"own\"\nconcurrency = 2\n"), "s.toml:3",
                "tasks.a.concurrency is for a kind with a command"));
}

TEST_CASE("by default a kind leaves a slot to the others, where there is more than one") {
  settings s;
  CHECK(s.processor.concurrency == 4);
  CHECK(most_at_once(s, 0) == 3);
  CHECK(most_at_once(s, 4) == 4);
  s.processor.concurrency = 2;
  CHECK(most_at_once(s, 0) == 1);
  s.processor.concurrency = 1;
  CHECK(most_at_once(s, 0) == 1);
}

TEST_CASE("a kind comes from variables and flags too") {
  const auto l = load({std::nullopt,
                       {{"STREAMDEMO_TASKS_WORD_COUNT_COMMAND", R"(["sh", "-c", "echo \"a, b\""])"},
                        {"STREAMDEMO_TASKS_WORD_COUNT_MAX_LINE_BYTES", "100"}},
                       {"tasks.other.command=cat,-u"}});
  INFO(all_of(l));
  REQUIRE(l.problems.empty());
  CHECK(l.settings.tasks.commands.at("word-count").command == strings{"sh", "-c", "echo \"a, b\""});
  CHECK(l.settings.tasks.commands.at("word-count").max_line_bytes == 100);
  CHECK(l.settings.tasks.commands.at("other").command == strings{"cat", "-u"});
}

TEST_CASE("mistakes in a kind's table are reported") {
  const auto l = load_file(R"([tasks.Upper]
command = ["x"]
[tasks.results]
command = ["x"]
[tasks.a]
comand = ["x"]
[tasks.b]
command = []
[tasks.c]
kill_after_ms = 1
)");
  INFO(all_of(l));
  CHECK(reports(l, "s.toml:2", "\"Upper\" is no name for a kind"));
  CHECK(reports(l, "s.toml:4", "/api/results is taken"));
  CHECK(reports(l, "s.toml:6", "did you mean tasks.a.command?"));
  CHECK(reports(l, "s.toml:8", "tasks.b.command must not be empty"));
  CHECK(reports(l, "s.toml:10", "[tasks.c] must have a command, a request_topic or both"));
}

TEST_CASE("issuers come from the file, variables and flags") {
  const auto l = load({std::nullopt,
                       {{"STREAMDEMO_AUTH_ISSUERS_OUR_OWN_ISSUER", "https://id.example.org"},
                        {"STREAMDEMO_AUTH_ISSUERS_OUR_OWN_AUDIENCE", "a,b"},
                        {"STREAMDEMO_AUTH_ISSUERS_OUR_OWN_JWKS", "http://[::1]:9/keys"},
                        {"STREAMDEMO_AUTH_ISSUERS_OUR_OWN_LEEWAY_MS", "0"}},
                       {"auth.issuers.our-own.algorithms=EdDSA,PS256", "auth.mode=jwt"}});
  INFO(all_of(l));
  REQUIRE(l.problems.empty());
  const auto& i = l.settings.auth.issuers.at("our-own");
  CHECK(i.issuer == "https://id.example.org");
  CHECK(i.audience == strings{"a", "b"});
  CHECK(i.jwks == "http://[::1]:9/keys");
  CHECK(i.algorithms == strings{"EdDSA", "PS256"});
  CHECK(i.leeway == milliseconds(0));
}

TEST_CASE("mistakes in an issuer's table are reported together") {
  const auto l = load_file(R"([auth]
mode = "jwt"
[auth.issuers.Upper]
issuer = "x"
[auth.issuers.half]
issuer = "x"
[auth.issuers.bad]
issuer = ""
audience = []
jwks = "http://id.example.org/keys"
algorithms = ["RS256", "HS256"]
tipes = ["JWT"]
[auth.issuers.none]
algorithms = ["none"]
)");
  INFO(all_of(l));
  CHECK(reports(l, "s.toml:4", "\"Upper\" is no name for an issuer's table"));
  CHECK(reports(l, "s.toml:6", "[auth.issuers.half] must have audience"));
  CHECK(reports(l, "s.toml:6", "[auth.issuers.half] must have jwks"));
  CHECK(reports(l, "s.toml:8", "auth.issuers.bad.issuer must have 1 to 256 characters"));
  CHECK(reports(l, "s.toml:9", "auth.issuers.bad.audience must not be empty"));
  CHECK(reports(l, "s.toml:10", "must be https, or http of this machine alone"));
  CHECK(reports(l, "s.toml:11", "must not hold HS256: whoever could judge such tokens could make them"));
  CHECK(reports(l, "s.toml:12", "did you mean auth.issuers.bad.types?"));
  CHECK(reports(l, "s.toml:14", "must hold names such as RS256, and \"none\" is none"));
}

TEST_CASE("an issuer's keys come from where nobody else can answer") {
  const auto problems = [](const std::string& jwks) {
    return load_set({"auth.issuers.a.issuer=x", "auth.issuers.a.audience=y", "auth.issuers.a.jwks=" + jwks})
        .problems.size();
  };
  for (const auto* good : {"https://id.example.org/keys", "http://127.0.0.1/keys", "http://127.1.2.3:80",
                           "http://[::1]/", "http://localhost:8080/keys", "/etc/keys.json", "keys.json"}) {
    CAPTURE(good);
    CHECK(problems(good) == 0);
  }
  for (const auto* bad : {"http://id.example.org/keys", "http://127.0.0.1.example.org/", "http://localhost.example.org",
                          "http://127.0.0.1@example.org/", "https://user@example.org/", "ftp://127.0.0.1/", "https://",
                          "file:///etc/keys", "http://0.0.0.0/", "http:///keys", "HTTP://example.org/"}) {
    CAPTURE(bad);
    CHECK(problems(bad) == 1);
  }
}

TEST_CASE("settings of the Kafka client pass through under their own names") {
  const auto l = load({std::nullopt,
                       {{"STREAMDEMO_KAFKA_PROPERTIES_SASL_PASSWORD", "secret"}},
                       {"kafka.properties.sasl.username=me", "kafka.brokers=a:9092,b:9093"}});
  CHECK(l.problems.empty());
  CHECK(l.settings.kafka.properties == properties{{"sasl.password", "secret"}, {"sasl.username", "me"}});
  CHECK(l.settings.kafka.brokers == strings{"a:9092", "b:9093"});

  const auto file = load_file("[kafka.properties]\nsecurity.protocol = \"SSL\"\n\"fetch.min.bytes\" = 1\n");
  CHECK(file.problems.empty());
  CHECK(file.settings.kafka.properties == properties{{"security.protocol", "SSL"}, {"fetch.min.bytes", "1"}});
}

TEST_CASE("a contradiction is reported at the setting that somebody set") {
  const auto l = load_file("[tasks]\n\ndefault_deadline_ms = 7200000\n");
  REQUIRE(l.problems.size() == 1);
  CHECK(reports(l, "s.toml:3", "tasks.max_deadline_ms = 3600000 must be at least tasks.default_deadline_ms = 7200000"));
}

TEST_CASE("a mistake is not reported a second time as a contradiction") {
  const auto l = load_file("[tasks]\ndefault_deadline_ms = 7200000\nmax_deadline_ms = \"long\"\n");
  INFO(all_of(l));
  CHECK(l.problems.size() == 1);
}

TEST_CASE("what the bus refuses of its properties is reported with everything else, each at its place") {
  const temporary_file file{"[kafka.properties]\nacks = 1\n\"client.rack\" = \"a\"\n[gateway]\nport = -1\n"};
  const auto l = load({file.path(), {}, {"kafka.properties.linger.ms=x"}},
                      [](const std::string& name, const std::string&) -> std::optional<std::string> {
                        return name == "client.rack" ? std::nullopt : std::optional<std::string>("is refused");
                      });
  CHECK(l.problems.size() == 3);
  CHECK(reports(l, "s.toml:2", "kafka.properties.acks is refused"));
  CHECK(reports(l, "s.toml:5", "gateway.port"));
  CHECK(reports(l, "--set kafka.properties.linger.ms", "kafka.properties.linger.ms is refused"));
}
