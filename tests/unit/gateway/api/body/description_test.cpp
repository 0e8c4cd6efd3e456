#include "gateway/api/body/description.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "gateway/api/body/embedded_files.hpp"
#include "gateway/api/body/page_files.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
namespace json = boost::json;

namespace {

base::json_schema schema(std::string_view text) {
  return base::json_schema::parse(text).value();
}

std::string embedded() {
  return *page_files(embedded_files()).find("openapi.json")->plain.bytes;
}

json::value described_with(const std::vector<kind_info>& kinds, bool asks_for_names = true) {
  return json::parse(
      describe(embedded(), {.kinds = kinds, .max_deadline = base::milliseconds(90), .asks_for_names = asks_for_names}));
}

std::string at(const json::value& document, std::string_view pointer) {
  return json::serialize(document.at_pointer(pointer));
}

}  // namespace

TEST_CASE("each kind has a path with its schema, whose references lead to the same places as before") {
  kind_info a{.name = "a-b"};
  a.input = schema(R"({"$schema":"https://json-schema.org/draft/2020-12/schema","properties":{
      "x":{"$ref":"#/$defs/y"},"no":false,"any":true,"all":{"items":{"$ref":"#"}},"$ref":{"const":{"$ref":"#"}}},
      "additionalProperties":false,"$defs":{"y":{"type":"integer"}}})");
  const std::vector<kind_info> kinds{a, {.name = "open"}};
  const auto d = described_with(kinds);
  const std::string post = "/paths/~1api~1a-b/post";
  CHECK(at(d, post + "/operationId") == R"("submit_a_b")");
  CHECK(at(d, "/paths/~1api~1a-b/get/operationId") == R"("submit_a_b_on_socket")");
  CHECK(at(d, post + "/requestBody/content") ==
        R"({"application/json":{"schema":{"$ref":"#/components/schemas/a-b-input"}}})");
  CHECK(at(d, post + "/responses") == at(d, "/paths/~1api~1{kind}/post/responses"));
  CHECK(at(d, post + "/parameters").find("parameters/kind") == std::string::npos);
  CHECK(at(d, post + "/parameters").find("parameters/deadline_ms") != std::string::npos);
  CHECK(at(d, "/components/schemas/a-b-input") ==
        R"({"properties":{"x":{"$ref":"#/components/schemas/a-b-input/$defs/y"},"no":{"not":{}},"any":{},)"
        R"("all":{"items":{"$ref":"#/components/schemas/a-b-input"}},"$ref":{"const":{"$ref":"#"}}},)"
        R"("additionalProperties":false,"$defs":{"y":{"type":"integer"}}})");
  CHECK(at(d, "/components/schemas/open-input") == R"({"type":"object","additionalProperties":true})");
  CHECK(at(d, "/components/parameters/deadline_ms/schema/maximum") == "90");
  CHECK(d.at("paths").as_object().contains("/api/{kind}"));
}

TEST_CASE("titles and defaults are told in words: generators name types by the one and demand or send the other") {
  kind_info film{.name = "film"};
  film.input = schema(R"({"title":"Film","properties":{"a":{"title":"A","description":"in m","default":{"title":1}},
      "b":{"default":2},"title":{"type":"string"}}})");
  const std::vector<kind_info> kinds{film};
  CHECK(at(described_with(kinds), "/components/schemas/film-input") ==
        R"({"properties":{"a":{"description":"A: in m; default {\"title\":1}"},"b":{"description":"default 2"},)"
        R"("title":{"type":"string"}},"description":"Film"})");
}

TEST_CASE("the options of an upload are parameters, which are never null") {
  kind_info film{.name = "film"};
  film.upload = upload_input{{"video/*"}, schema(R"({"properties":{"size":{"type":["string","null"],"enum":["s",null]},
      "n":{"type":["integer","string","null"]}}})")};
  const std::vector<kind_info> kinds{film};
  const auto d = described_with(kinds);
  const auto parameters = at(d, "/paths/~1api~1film/post/parameters");
  CHECK(parameters.find(R"({"name":"size","in":"query","schema":{"type":"string","enum":["s"]}})") !=
        std::string::npos);
  CHECK(parameters.find(R"({"name":"n","in":"query","schema":{"type":["integer","string"]}})") != std::string::npos);
  const auto content = d.at_pointer("/paths/~1api~1film/post/requestBody/content").as_object();
  CHECK(content.contains("video/*"));
  CHECK(content.contains("application/octet-stream"));
  CHECK(at(d, "/paths/~1api~1film/post/requestBody/required") == "true");
}

TEST_CASE("where nobody has to say who they are, no operation asks for it") {
  const std::vector<kind_info> kinds{{.name = "open"}};
  CHECK(at(described_with(kinds), "/paths/~1api~1open/post/security").find("tasks:submit") != std::string::npos);
  const auto d = described_with(kinds, false);
  CHECK(at(d, "/security") == "[]");
  for (const auto& path : d.at("paths").as_object()) {
    for (const auto& verb : path.value().as_object()) CHECK_FALSE(verb.value().as_object().contains("security"));
  }
}

TEST_CASE("in 3.2 each stream says what its items are, and all else is as in 3.1") {
  const std::vector<kind_info> kinds{{.name = "open"}};
  const auto before = described_with(kinds);
  const auto additions = *page_files(embedded_files()).find("openapi-3.2.json")->plain.bytes;
  auto after = json::parse(describe_items(json::serialize(before), additions));
  CHECK(at(before, "/openapi") == R"("3.1.0")");
  CHECK(at(after, "/openapi") == R"("3.2.0")");
  for (const std::string place : {"/paths/~1api~1{kind}/post/responses/200", "/paths/~1api~1open/post/responses/200",
                                  "/paths/~1api~1tasks~1{id}~1events/get/responses/200"}) {
    CHECK(at(after, place + "/content/text~1event-stream") ==
          R"({"itemSchema":{"$ref":"#/components/schemas/ServerSentEvent"}})");
    CHECK(at(after, place + "/content/application~1x-ndjson") ==
          R"({"itemSchema":{"$ref":"#/components/schemas/StreamItem"}})");
  }
  CHECK(at(after, "/paths/~1api~1open/post/responses/200/content/application~1json") ==
        at(before, "/paths/~1api~1open/post/responses/200/content/application~1json"));
  CHECK(at(after, "/components/schemas/Event") == at(before, "/components/schemas/Event"));
  CHECK(after.at_pointer("/components/schemas").as_object().contains("Signal"));
  CHECK(after.at("paths").as_object().size() == before.at("paths").as_object().size());
}
