#include "app/module_options.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;

TEST_CASE("a processor reads the common request topic and those of kinds that it has a command for, each once") {
  config::settings s;
  s.tasks.commands["one"];
  s.tasks.commands["two"];
  s.tasks.commands["plain"];
  s.tasks.request_topics = {{"one", "request.own"}, {"two", "request.own"}, {"foreign", "request.foreign"}};
  const auto o = app::processor_options(s, "p/1");
  CHECK(o.request_topics == std::vector<std::string>{"request", "request.own"});
}

TEST_CASE(
    "a Kafka client has a name even where this instance has none, and takes every record that a run may publish") {
  config::settings s;
  CHECK(app::kafka_options(s).client_id == "streamdemo");
  s.instance.name = "here";
  s.processor.max_record_bytes = 12345;
  CHECK(app::kafka_options(s).client_id == "here");
  CHECK(app::kafka_options(s).max_record_bytes == 12345);
}

TEST_CASE("what the settings leave open of a bucket is taken from the variables of AWS, a key as a whole") {
  config::settings s;
  s.s3.bucket = "files";
  app::aws_variables none;
  CHECK(app::bucket_options(s, none).endpoint == "https://s3.us-east-1.amazonaws.com");
  CHECK(app::bucket_options(s, none).profile == "default");
  s.s3.region = "eu-central-1";
  CHECK(app::bucket_options(s, none).endpoint == "https://s3.eu-central-1.amazonaws.com");

  app::aws_variables given{.endpoint = "http://there:9000",
                           .region = "eu-west-1",
                           .access_key_id = "A",
                           .secret_access_key = "a",
                           .session_token = "t",
                           .credentials_file = "/file/of/aws",
                           .profile = "work"};
  CHECK(app::bucket_options(s, given).region == "eu-central-1");
  s.s3.region.clear();
  auto o = app::bucket_options(s, given);
  CHECK(o.region == "eu-west-1");
  CHECK(o.endpoint == "http://there:9000");
  CHECK(o.access_key_id + o.secret_access_key + o.session_token == "Aat");
  CHECK(o.credentials_file.empty());

  s.s3.credentials_file = "/our/file";
  o = app::bucket_options(s, given);
  CHECK(o.access_key_id.empty());
  CHECK(o.credentials_file == "/our/file");
  CHECK(o.profile == "work");

  // The token of the variables belongs to another key.
  s.s3.access_key_id = "B";
  s.s3.secret_access_key = "b";
  o = app::bucket_options(s, given);
  CHECK(o.access_key_id + o.secret_access_key + o.session_token == "Bb");

  given.access_key_id.clear();
  s.s3 = {};
  o = app::bucket_options(s, given);
  CHECK(o.credentials_file == "/file/of/aws");
  CHECK_FALSE(o.redirect);
  s.artifacts.serve = config::serve_kind::redirect;
  CHECK(app::bucket_options(s, given).redirect);
}
