// Writes the documents: every setting as a commented TOML file and as Markdown.
#include <fmt/format.h>

#include "config/assignment.hpp"
#include "config/limits.hpp"

namespace streamdemo::config {

namespace {

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

struct as_toml {
  std::string operator()(bool b) const { return b ? "true" : "false"; }
  std::string operator()(std::int64_t n) const { return std::to_string(n); }
  std::string operator()(const std::string& s) const { return in_quotes(s); }
  std::string operator()(const strings& list) const {
    std::string out;
    for (const auto& item : list) out += (out.empty() ? "" : ", ") + in_quotes(item);
    return "[" + out + "]";
  }
  std::string operator()(const properties&) const { return "{}"; }
};

std::string readable(std::string_view key, const value& v) {
  const auto* n = std::get_if<std::int64_t>(&v);
  if (!n) return {};
  if (key.ends_with("_ms")) return readable_milliseconds(*n);
  if (key.ends_with("_bytes")) return readable_bytes(*n);
  return {};
}

template <class Owner>
std::string toml_line(const basic_field<Owner>& f, std::string_view name, std::string_view comment_out = "") {
  const auto v = f.get(Owner{});
  const auto round = readable(f.key, v);
  return fmt::format("# {}\n# Allowed: {}.\n{}{} = {}{}\n", f.sentence, f.allowed, comment_out, name,
                     std::visit(as_toml{}, v), round.empty() ? "" : "  # " + round);
}

std::string toml_kind_example() {
  std::string out = "# A kind that a command line does. The table's name is the kind: [a-z0-9-], at most 64.\n";
  out += "# [tasks.wordcount]\n";
  for (const auto& f : task_fields()) {
    const bool command = f.key == "command";
    out += command ? fmt::format("# {}\n# Allowed: {}.\n# command = [\"python3\", \"wordcount.py\"]\n", f.sentence,
                                 f.allowed)
                   : toml_line(f, f.key, "# ");
  }
  return out;
}

std::string toml_issuer_example() {
  static const std::map<std::string_view, std::string_view> examples{{"issuer", "\"https://id.example.org\""},
                                                                     {"audience", "[\"streamdemo\"]"},
                                                                     {"jwks", "\"https://id.example.org/jwks.json\""}};
  std::string out =
      "# Whose tokens count with auth.mode jwt. The table's name is for log lines: [a-z0-9-], at most 64.\n";
  out += "# [auth.issuers.main]\n";
  for (const auto& f : issuer_fields()) {
    const auto found = examples.find(f.key);
    out += found == examples.end()
               ? toml_line(f, f.key, "# ")
               : fmt::format("# {}\n# Allowed: {}.\n# {} = {}\n", f.sentence, f.allowed, f.key, found->second);
  }
  return out;
}

template <class Owner>
std::string markdown_row(const basic_field<Owner>& f, const std::string& name, const std::string& variable) {
  const auto v = f.get(Owner{});
  const auto round = readable(f.key, v);
  return fmt::format("| `{}` | `{}`{} | {} | {} | `{}` |\n", name, std::visit(as_toml{}, v),
                     round.empty() ? "" : " (" + round + ")", f.allowed, f.sentence, variable);
}

constexpr std::string_view table_head =
    "\n| setting | default | allowed | what it does | variable |\n|---|---|---|---|---|\n";

}  // namespace

std::string reference_toml() {
  std::string out =
      "# Every setting of streamdemo with its default. Later sources win: this file (--config FILE), then variables\n"
      "# (STREAMDEMO_GATEWAY_PORT=9000), then flags (--set gateway.port=9000). Names ending in _ms are milliseconds,\n"
      "# in _bytes bytes.\n";
  std::string_view section;
  const auto all = fields();
  for (const auto& f : all) {
    if (const auto s = section_of(f.key); s != section) {
      if (section == "auth") out += "\n" + toml_issuer_example();
      if (section == "tasks") out += "\n" + toml_kind_example();
      out += fmt::format("\n# {}\n[{}]\n", section_sentence(s), s);
      section = s;
    }
    out += "\n" + toml_line(f, name_in_section(f.key));
  }
  return out;
}

std::string reference_markdown() {
  std::string out =
      "<!-- Made by `streamdemo config --markdown > docs/configuration.md`: edit src/config/fields.cpp instead. -->\n"
      "# Configuration\n\n"
      "Every setting has a default that works on a laptop. Later sources win:\n\n"
      "1. a TOML file: `streamdemo --config FILE`; `streamdemo config` prints a complete one with comments\n"
      "2. variables: `STREAMDEMO_GATEWAY_PORT=9000`\n"
      "3. flags: `--set gateway.port=9000`, and `--role` and `--bus` for the two that stand in no section\n\n"
      "Lists are written `[\"a\", \"b\"]`, or `a,b` in variables and flags. Names ending in `_ms` are milliseconds, "
      "in\n"
      "`_bytes` bytes. A name that no setting has, a wrong type, a value out of its range and settings that "
      "contradict\n"
      "each other are all reported together with file and line, and nothing starts (exit code 2).\n";
  std::string section = "-";
  const auto all = fields();
  for (const auto& f : all) {
    if (const std::string s{section_of(f.key)}; s != section) {
      out += s.empty() ? "\n## The process\n" : fmt::format("\n## [{}]\n", s);
      out += fmt::format("\n{}\n{}", section_sentence(s), table_head);
      section = s;
    }
    out += markdown_row(f, f.key, variable_of(f.key));
  }
  out +=
      "\n## [tasks.KIND]\n\nOne table for each kind that is done by a command line, or that has a request topic of its "
      "own.\n";
  out += table_head;
  for (const auto& f : task_fields()) {
    out +=
        markdown_row(f, fmt::format("tasks.KIND.{}", f.key), "STREAMDEMO_TASKS_KIND_" + variable_of(f.key).substr(11));
  }
  out +=
      "\n## [auth.issuers.NAME]\n\nOne table for each issuer whose tokens count with auth.mode jwt. issuer, audience "
      "and "
      "jwks must be set; the name\nis for log lines and metrics.\n";
  out += table_head;
  for (const auto& f : issuer_fields()) {
    out +=
        markdown_row(f, "auth.issuers.NAME." + f.key, "STREAMDEMO_AUTH_ISSUERS_NAME_" + variable_of(f.key).substr(11));
  }
  out +=
      "\n## [kafka.properties]\n\nEach name and value goes to librdkafka as it is: `sasl.mechanisms = \"PLAIN\"` in "
      "the "
      "file,\n`STREAMDEMO_KAFKA_PROPERTIES_SASL_MECHANISMS` as a variable, `--set "
      "kafka.properties.sasl.mechanisms=PLAIN` as a flag.\n";
  return out;
}

}  // namespace streamdemo::config
