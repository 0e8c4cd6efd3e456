#include "app/command_line.hpp"

#include <CLI/CLI.hpp>

#include "app/lab_options.hpp"

namespace streamdemo::app {

namespace {

std::vector<std::pair<std::string, std::string>> own_variables(char** environment) {
  std::vector<std::pair<std::string, std::string>> out;
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    const auto equals = entry.find('=');
    if (!entry.starts_with("STREAMDEMO_") || equals == std::string_view::npos) continue;
    // STREAMDEMO_CONFIG is the path of the configuration file, which --config reads, and not a setting.
    if (entry.substr(0, equals) == "STREAMDEMO_CONFIG") continue;
    out.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return out;
}

std::string words_of(int argc, char** argv) {
  std::string out = "streamdemo";
  for (int i = 1; i < argc; ++i) out += std::string(" ") + argv[i];
  return out;
}

// The few settings with a flag of their own (such as --role) are passed on like --set.
void add_set(config::sources& s, const char* key, const std::string& value) {
  if (!value.empty()) s.sets.push_back(std::string(key) + "=" + value);
}

}  // namespace

command parse_command_line(int argc, char** argv, char** environment) {
  CLI::App cli("Submit a long task once; get every result the moment it exists.", "streamdemo");
  cli.footer(
      "`streamdemo config` prints every setting with its default and meaning. Later ones win: the file, the\n"
      "environment (STREAMDEMO_GATEWAY_PORT=9000), then flags (--set gateway.port=9000).");
  cli.set_version_flag("--version", "streamdemo " STREAMDEMO_VERSION);

  command c;
  std::string file, role, bus, level;
  std::vector<std::string> sets;
  const auto add_sources = [&](CLI::App& to) {
    to.add_option("--config", file, "The settings' file (TOML)")->envname("STREAMDEMO_CONFIG");
    to.add_option("--role", role, "all (the default), gateway or processor");
    to.add_option("--bus", bus, "inprocess (the default) or kafka");
    to.add_option("--log-level", level, "debug, info, warning, error or off");
    to.add_option("--set", sets, "One setting: --set gateway.port=9000 (may be repeated)")->expected(1)->take_all();
  };
  add_sources(cli);
  cli.add_option("--takeover", c.takeover,
                 "Upgrade in place: take the listening sockets of this process (its id), let it drain and end, then "
                 "serve; who connects meanwhile waits")
      ->check(CLI::PositiveNumber);
  bool markdown = false, check = false;
  auto* reference = cli.add_subcommand("config", "Print the complete, commented reference of all settings");
  reference->add_flag("--markdown", markdown, "as the page docs/configuration.md");
  reference->add_flag("--check", check, "instead: read the settings as a start would, and report what is wrong");
  add_sources(*reference);
  auto* key = cli.add_subcommand("key", "Keys with which clients call a gateway (auth.mode = \"keys\")");
  add_key_command(*key, c.key);
  add_sources(*key);
  auto* data =
      cli.add_subcommand("data", "The journal in which a single process keeps its tasks (inprocess.directory)");
  add_data_command(*data, c.data);
  auto* processor =
      cli.add_subcommand("check-processor", "Give tasks to a processor of another program, and say what it does wrong");
  add_check_command(*processor, c.processor);
  add_sources(*processor);
  lab_options lab;
  add_lab(cli, lab);

  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    // CLI11 prints help and version as "errors" of exit code 0.
    c.exit_code = cli.exit(e) == 0 ? 0 : 2;
    c.what = command::action::leave;
    return c;
  }
  if (!file.empty()) c.sources.file = file;
  c.sources.environment = own_variables(environment);
  c.sources.sets = sets;
  add_set(c.sources, "role", role);
  add_set(c.sources, "bus", bus);
  add_set(c.sources, "instance.log_level", level);
  if (reference->parsed()) {
    c.what = check      ? command::action::check
             : markdown ? command::action::print_markdown
                        : command::action::print_reference;
  }
  if (data->parsed()) c.what = command::action::data;
  if (processor->parsed()) c.what = command::action::check_processor;
  if (key->parsed()) c.what = command::action::key;
  if (lab.compare->parsed()) {
    c.what = lab.buses->parsed() ? command::action::compare_buses : command::action::compare_transports;
    c.transports = std::move(lab.transports);
    c.buses = std::move(lab.bus);
    c.transports.command_line = c.buses.command_line = words_of(argc, argv);
  }
  return c;
}

}  // namespace streamdemo::app
