#include "app/data_command.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace streamdemo::app {

namespace {

// The name is not `failed`, since the sources of this module are compiled together.
int data_failed(const base::error& e) {
  fmt::print(stderr, "streamdemo: {}\n", e.message);
  return 1;
}

std::string time_or_none(base::sys_time t) {
  return t == base::sys_time{} ? std::string("-") : base::format_millis(t);
}

int show(const std::filesystem::path& directory) {
  const auto info = bus::look_at_journal(directory);
  if (!info) return data_failed(info.error());
  fmt::print("{}", text_of(*info));
  return 0;
}

int check(const std::filesystem::path& directory) {
  const auto found = bus::check_journal(directory);
  if (!found) return data_failed(found.error());
  for (const auto& w : found->wrong) fmt::print(stderr, "streamdemo: {}\n", w);
  if (found->more > 0) fmt::print(stderr, "streamdemo: and {} more\n", found->more);
  const auto wrong = found->wrong.size() + found->more;
  fmt::print("{} records and {} bytes read: {}\n", found->records, found->bytes,
             wrong == 0 ? "nothing is wrong" : fmt::format("{} of what was found is wrong", wrong));
  return wrong == 0 ? 0 : 1;
}

int compact(const std::filesystem::path& directory) {
  const auto sizes = bus::compact_journal(directory);
  if (!sizes) return data_failed(sizes.error());
  fmt::print("{} bytes before, {} bytes after\n", sizes->before, sizes->after);
  return 0;
}

}  // namespace

void add_data_command(CLI::App& data, data_command& c) {
  data.require_subcommand(1);
  const auto add = [&](const char* name, const char* text, data_command::what to_do) {
    auto* one = data.add_subcommand(name, text);
    one->add_option("directory", c.directory, "The inprocess.directory of a server, such as data/journal")->required();
    one->callback([&c, to_do] { c.to_do = to_do; });
  };
  add("info", "Show what is in it and who has it open; a running server may", data_command::what::info);
  add("check", "Read every block and every record; exit code 1 if something is wrong", data_command::what::check);
  add("compact", "Write everything anew, without what was removed", data_command::what::compact);
}

int run_data_command(const data_command& c) {
  switch (c.to_do) {
    case data_command::what::info:
      return show(c.directory);
    case data_command::what::check:
      return check(c.directory);
    case data_command::what::compact:
      return compact(c.directory);
  }
  return 0;
}

std::string text_of(const bus::journal_info& info) {
  auto out = fmt::format("format {}, {} bytes, open by {}\n", info.format, info.bytes,
                         info.open_by.empty() ? "nobody" : info.open_by);
  out += fmt::format("\n{:<32} {:>9} {:>12} {:>12} {:>12}  {}\n", "TOPIC", "PARTITION", "FIRST", "LAST", "RECORDS",
                     "NEWEST");
  for (const auto& t : info.topics) {
    for (std::size_t p = 0; p < t.partitions.size(); ++p) {
      const auto& [begin, end, newest] = t.partitions[p];
      const bool empty = begin == end;
      out += fmt::format("{:<32} {:>9} {:>12} {:>12} {:>12}  {}\n", t.name, p, empty ? "-" : fmt::to_string(begin),
                         empty ? "-" : fmt::to_string(end - 1), end - begin, time_or_none(newest));
    }
  }
  out += fmt::format("\n{:<24} {:<32} {:>9} {:>15}  {}\n", "GROUP", "TOPIC", "PARTITION", "COMPLETED BELOW", "WRITTEN");
  for (const auto& g : info.groups) {
    out += fmt::format("{:<24} {:<32} {:>9} {:>15}  {}\n", g.group, g.topic, g.partition, g.offset, time_or_none(g.at));
  }
  return out;
}

}  // namespace streamdemo::app
