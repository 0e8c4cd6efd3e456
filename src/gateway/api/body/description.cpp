#include "gateway/api/body/description.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace streamdemo::gateway {

namespace {

namespace json = boost::json;

constexpr std::string_view components = "#/components/schemas/";

json::object refer_to(std::string_view kind_of, std::string_view name) {
  return {{"$ref", std::string("#/components/") + std::string(kind_of) + '/' + std::string(name)}};
}

// Of a kind that says nothing about its payloads. Without the second member generators take it for an object without
// any.
json::object any_object() {
  return {{"type", "object"}, {"additionalProperties", true}};
}

// Title and default become words of the description: generators name types by the title, and two kinds may have the
// same; what has a default some demand and others send, although whoever leaves a member out may do so.
void explain(json::object& schema) {
  std::string said;
  for (const auto* name : {"title", "description"}) {
    const auto* text = schema.if_contains(name);
    if (text == nullptr || !text->is_string()) continue;
    if (!said.empty()) said += ": ";
    said += text->get_string();
  }
  if (const auto* value = schema.if_contains("default")) {
    said += (said.empty() ? "default " : "; default ") + json::serialize(*value);
  }
  schema.stable_erase("title");
  schema.stable_erase("default");
  if (!said.empty()) schema["description"] = said;
}

// Makes a schema a part of a larger document, in which its root is `root`. Only references depend on the place; and
// `true` and `false` become objects, because generators of clients refuse a document with other schemas.
void place(json::value& v, std::string_view root) {
  if (v.is_bool()) {
    v = v.get_bool() ? json::object{} : json::object{{"not", json::object{}}};
    return;
  }
  auto& schema = v.as_object();
  schema.stable_erase("$schema");
  schema.stable_erase("$id");
  explain(schema);
  for (auto& member : schema) {
    const auto name = member.key();
    auto& part = member.value();
    if (name == "$ref") part = std::string(root) + std::string(part.as_string().subview(1));
    if (name == "properties" || name == "$defs") {
      for (auto& each : part.as_object()) place(each.value(), root);
    } else if (name == "allOf" || name == "anyOf" || name == "oneOf") {
      for (auto& one : part.as_array()) place(one, root);
    } else if (name == "items" || name == "not" || (name == "additionalProperties" && !part.is_bool())) {
      place(part, root);
    }
  }
}

json::object placed(std::string_view text, std::string_view name) {
  auto schema = json::parse(text);
  place(schema, std::string(components) + std::string(name));
  return schema.as_object();
}

// A parameter of the query is never null: it is left out.
void drop_null(json::object& schema) {
  for (const auto* name : {"type", "enum"}) {
    auto* several = schema.if_contains(name);
    if (several == nullptr || !several->is_array()) continue;
    auto& list = several->get_array();
    const auto is_null = [](const json::value& v) { return v.is_null() || v == json::value("null"); };
    list.erase(std::remove_if(list.begin(), list.end(), is_null), list.end());
    if (list.size() == 1 && std::string_view(name) == "type") *several = json::value(list.front());
  }
}

void add_options(json::array& parameters, json::object options) {
  const auto* properties = options.if_contains("properties");
  if (properties == nullptr) return;
  for (const auto& [name, value] : properties->as_object()) {
    auto schema = value.as_object();
    drop_null(schema);
    parameters.push_back({{"name", name}, {"in", "query"}, {"schema", std::move(schema)}});
  }
}

// An operation on tasks of any kind, as one on those of this kind.
json::object of_kind(json::object operation, const std::string& kind) {
  auto id = "submit_" + kind + (operation.contains("requestBody") ? "" : "_on_socket");
  std::replace(id.begin(), id.end(), '-', '_');
  operation["operationId"] = id;
  operation["summary"] = std::string(operation["summary"].as_string()) + ", of the kind " + kind;
  auto& parameters = operation["parameters"].as_array();
  const json::value name = refer_to("parameters", "kind");
  parameters.erase(std::remove(parameters.begin(), parameters.end(), name), parameters.end());
  return operation;
}

// The path of one kind; `general` is that of any kind.
json::object path_of(const kind_info& kind, const json::object& general, json::object& schemas) {
  auto post = of_kind(general.at("post").as_object(), kind.name);
  auto& parameters = post["parameters"].as_array();
  const auto input = kind.name + "-input";
  schemas[input] = kind.input ? placed(kind.input->text(), input) : any_object();
  json::object content{{"application/json", {{"schema", refer_to("schemas", input)}}}};
  if (kind.upload) {
    const auto name = kind.name + "-options";
    auto options = placed(kind.upload->options.text(), name);
    schemas[name] = options;
    add_options(parameters, std::move(options));
    const json::object file{{"schema", {{"type", "string"}, {"format", "binary"}, {"minLength", 1}}}};
    content["application/octet-stream"] = file;
    for (const auto& type : kind.upload->media_types) content[type] = file;
  }
  // No body is the empty object, but no file.
  post["requestBody"] = json::object{{"required", kind.upload.has_value()}, {"content", std::move(content)}};
  return {{"post", std::move(post)}, {"get", of_kind(general.at("get").as_object(), kind.name)}};
}

void drop_security(json::object& document) {
  document["security"] = json::array{};
  for (auto& path : document["paths"].as_object()) {
    for (auto& verb : path.value().as_object()) verb.value().as_object().stable_erase("security");
  }
  document["components"].as_object().stable_erase("securitySchemes");
}

// In every `content` at or below `v`.
void add_items(json::value& v, const json::object& items) {
  if (v.is_array()) {
    for (auto& each : v.get_array()) add_items(each, items);
  }
  if (!v.is_object()) return;
  for (auto& member : v.get_object()) {
    if (member.key() == "content" && member.value().is_object()) {
      for (auto& media : member.value().get_object()) {
        if (const auto* item = items.if_contains(media.key())) media.value() = json::object{{"itemSchema", *item}};
      }
    }
    add_items(member.value(), items);
  }
}

}  // namespace

std::string describe(std::string_view document, const described& of) {
  auto all = json::parse(document).as_object();
  auto& parts = all["components"].as_object();
  parts["parameters"].as_object()["deadline_ms"].as_object()["schema"].as_object()["maximum"] = of.max_deadline.count();
  auto& paths = all["paths"].as_object();
  const auto general = paths["/api/{kind}"].as_object();
  for (const auto& kind : of.kinds) {
    paths["/api/" + kind.name] = path_of(kind, general, parts["schemas"].as_object());
  }
  if (!of.asks_for_names) drop_security(all);
  return json::serialize(all) + '\n';
}

std::string describe_items(std::string_view described, std::string_view additions) {
  auto all = json::parse(described).as_object();
  auto more = json::parse(additions).as_object();
  all["openapi"] = "3.2.0";
  for (auto& path : all["paths"].as_object()) add_items(path.value(), more["itemSchema"].as_object());
  auto& schemas = all["components"].as_object()["schemas"].as_object();
  for (auto& schema : more["schemas"].as_object()) schemas[schema.key()] = schema.value();
  return json::serialize(all) + '\n';
}

}  // namespace streamdemo::gateway
