// Collects all sources into one structure, and everything that is wrong into one list.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "config/assignment.hpp"
#include "config/contradictions.hpp"
#include "config/limits.hpp"
#include "config/suggest.hpp"

namespace streamdemo::config {

namespace {

constexpr std::string_view tasks_section = "tasks.";
constexpr std::string_view issuers_section = "auth.issuers.";
constexpr std::string_view properties_section = "kafka.properties.";

class loader {
 public:
  void apply(const assignment& a) {
    for (const auto& f : fields_) {
      if (f.key == a.key) return put(f, settings_, a);
    }
    if (a.key.starts_with(properties_section)) return put_property(a);
    if (is_in_table_of(tasks_section, a.key))
      return put_in_table(tasks_section, wrong_added_kind, task_fields_, kinds_, a);
    if (is_in_table_of(issuers_section, a.key)) {
      return put_in_table(issuers_section, wrong_issuer_name, issuer_fields_, settings_.auth.issuers, a);
    }
    unknown(a, names_);
  }

  void add(std::vector<problem> problems) {
    for (auto& p : problems) problems_.push_back(std::move(p));
  }

  loaded finish(const property_judge& judge) {
    deal_out_kinds();
    look_for_half_issuers();
    if (judge) judge_properties(judge);
    for (const auto& c : contradictions(settings_)) {
      // Skip contradictions that follow from a setting that was already reported as wrong.
      if (std::ranges::any_of(c.keys, [&](const auto& key) { return bad_.contains(key); })) continue;
      problems_.push_back({where_of(c.keys), c.what});
    }
    return {std::move(settings_), std::move(problems_)};
  }

 private:
  template <class Owner>
  void put(const basic_field<Owner>& f, Owner& owner, const assignment& a) {
    const auto converted = convert(a.given, f.get(owner));
    const auto* good = std::get_if<value>(&converted);
    const auto what = good ? f.wrong(*good) : std::get<std::string>(converted);
    if (!what.empty()) return wrong(a, what);
    f.set(owner, *good);
    where_[a.key] = a.where;
    bad_.erase(a.key);
  }

  void put_property(const assignment& a) {
    auto text = std::visit(as_text{}, a.given);
    if (!text) return wrong(a, "must be a text, a number, or true or false");
    settings_.kafka.properties[a.key.substr(properties_section.size())] = std::move(*text);
    where_[a.key] = a.where;
  }

  void judge_properties(const property_judge& judge) {
    for (const auto& [name, value] : settings_.kafka.properties) {
      const auto key = std::string(properties_section) + name;
      if (const auto what = judge(name, value)) problems_.push_back({where_[key], fmt::format("{} {}", key, *what)});
    }
  }

  static bool is_in_table_of(std::string_view section, std::string_view key) {
    return key.starts_with(section) && key.find('.', section.size()) != key.npos;
  }

  // `a` belongs to the table section.NAME, one of `tables`.
  template <class Owner>
  void put_in_table(std::string_view section, std::string (*wrong_name)(std::string_view),
                    const std::vector<basic_field<Owner>>& known, std::map<std::string, Owner>& tables,
                    const assignment& a) {
    const auto dot = a.key.find('.', section.size());
    const auto name = a.key.substr(section.size(), dot - section.size());
    const auto table = a.key.substr(0, dot);
    if (const auto what = wrong_name(name); !what.empty()) {
      if (bad_.insert(table).second) problems_.push_back({a.where, fmt::format("\"{}\" {}", name, what)});
      return;
    }
    auto& owner = tables.try_emplace(name).first->second;
    where_.try_emplace(table, a.where);
    std::vector<std::string> names;
    for (const auto& f : known) {
      if (a.key.substr(dot + 1) == f.key) return put(f, owner, a);
      names.push_back(table + "." + f.key);
    }
    unknown(a, names);
  }

  void deal_out_kinds() {
    for (auto& [kind, table] : kinds_) {
      const auto key = "tasks." + kind;
      const bool command = !table.command.command.empty();
      const bool bad = bad_.contains(key + ".command") || bad_.contains(key + ".request_topic");
      if (!command && table.request_topic.empty() && !bad) {
        problems_.push_back({where_[key], fmt::format("[{}] must have a command, a request_topic or both", key)});
      }
      if (!command && !bad && table.command.concurrency != 0) {
        problems_.push_back({where_[key + ".concurrency"],
                             fmt::format("{}.concurrency is for a kind with a command: this one is run by processors "
                                         "of others, which have their own bounds",
                                         key)});
      }
      if (command) settings_.tasks.commands[kind] = std::move(table.command);
      if (!table.input_schema.empty()) settings_.tasks.input_schemas[kind] = std::move(table.input_schema);
      if (!table.request_topic.empty()) settings_.tasks.request_topics[kind] = std::move(table.request_topic);
    }
  }

  // Reports missing settings of an issuer that have no default. Wrong values were already reported.
  void look_for_half_issuers() {
    for (const auto& [name, issuer] : settings_.auth.issuers) {
      const auto table = std::string(issuers_section) + name;
      const auto needs = [&](const char* key, bool is_there) {
        if (is_there || bad_.contains(table + "." + key)) return;
        bad_.insert(table + "." + key);
        problems_.push_back({where_[table], fmt::format("[{}] must have {}", table, key)});
      };
      needs("issuer", !issuer.issuer.empty());
      needs("audience", !issuer.audience.empty());
      needs("jwks", !issuer.jwks.empty());
    }
  }

  void wrong(const assignment& a, const std::string& what) {
    bad_.insert(a.key);
    auto text = a.key + " " + what;
    const auto* from_outside = std::get_if<untyped>(&a.given);
    if (from_outside && from_outside->text.starts_with("tcp://")) {
      text += " (Kubernetes sets such a variable for a Service of that name: set enableServiceLinks to false)";
    }
    problems_.push_back({a.where, std::move(text)});
  }

  void unknown(const assignment& a, const std::vector<std::string>& known) {
    bad_.insert(a.key);
    auto text = a.key + " is no setting";
    if (!section_sentence(a.key).empty() && !a.key.empty()) {
      text += fmt::format(": it is a section, write [{}] and its settings below", a.key);
    } else if (const auto name = nearest(a.key, known)) {
      const bool variable = a.where.starts_with("STREAMDEMO_");
      text += fmt::format("; did you mean {}?", variable ? variable_of(*name) : *name);
    } else {
      text += "; `streamdemo config` lists them all";
    }
    problems_.push_back({a.where, std::move(text)});
  }

  // Where to fix a contradiction: the last of its settings that a source gave.
  std::string where_of(const std::vector<std::string>& keys) const {
    std::string where = keys.front();
    for (const auto& key : keys) {
      if (const auto found = where_.find(key); found != where_.end()) where = found->second;
    }
    return where;
  }

  struct as_text {
    std::optional<std::string> operator()(const untyped& u) const { return u.text; }
    std::optional<std::string> operator()(const foreign&) const { return std::nullopt; }
    std::optional<std::string> operator()(const value& v) const {
      if (const auto* b = std::get_if<bool>(&v)) return *b ? "true" : "false";
      if (const auto* n = std::get_if<std::int64_t>(&v)) return std::to_string(*n);
      if (const auto* s = std::get_if<std::string>(&v)) return *s;
      return std::nullopt;
    }
  };

  static std::vector<std::string> names_of(const std::vector<field>& all) {
    std::vector<std::string> names;
    for (const auto& f : all) names.push_back(f.key);
    return names;
  }

  std::vector<field> fields_ = fields();
  std::vector<task_field> task_fields_ = task_fields();
  std::vector<issuer_field> issuer_fields_ = issuer_fields();
  std::vector<std::string> names_ = names_of(fields_);
  settings settings_;
  std::map<std::string, task_table> kinds_;
  std::map<std::string, std::string> where_;  // key → the source that set it last
  std::set<std::string> bad_;
  std::vector<problem> problems_;
};

}  // namespace

loaded load(const sources& s, const property_judge& judge) {
  loader l;
  std::vector<problem> problems;
  if (s.file) {
    for (const auto& a : read_toml_file(*s.file, problems)) l.apply(a);
  }
  for (const auto& a : read_environment(s.environment)) l.apply(a);
  for (const auto& a : read_sets(s.sets, problems)) l.apply(a);
  l.add(std::move(problems));
  return l.finish(judge);
}

}  // namespace streamdemo::config
