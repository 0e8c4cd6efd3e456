#include <fmt/format.h>

#include <streamdemo/bus/journal_tools.hpp>

#include "bus/inprocess/journal/directory_lock.hpp"
#include "bus/inprocess/journal/store.hpp"

namespace streamdemo::bus {

using base::result;

namespace {

using base::errc;
using base::error;
using inprocess::journal::access;
using inprocess::journal::directory_lock;
using inprocess::journal::store;
using std::filesystem::path;

constexpr std::size_t most_findings = 100;
// A process that writes may remove a file between two steps of whoever opens the directory beside it.
constexpr int tries_beside_a_writer = 5;

path records_of(const path& directory) {
  return directory / inprocess::journal::records_directory;
}

result<void> must_be_journal(const path& directory) {
  std::error_code ec;
  if (!std::filesystem::is_directory(directory, ec)) {
    return error{errc::not_found, fmt::format("there is no directory {}", directory.string())};
  }
  // Each store of RocksDB has this file.
  if (!std::filesystem::exists(records_of(directory) / "CURRENT", ec)) {
    const bool hidden = ec == std::errc::permission_denied;
    return error{errc::invalid_argument,
                 hidden
                     ? fmt::format("{} cannot be read: its files are their owner's alone", directory.string())
                     : fmt::format("{} is no journal: name a directory that was the inprocess.directory of a server (a "
                                   "history.directory needs no check: if it is damaged, the gateway reads the log)",
                                   directory.string())};
  }
  return {};
}

std::uint64_t bytes_of(const path& directory) {
  std::uint64_t sum = 0;
  std::error_code ec;
  for (std::filesystem::recursive_directory_iterator it(directory, ec), end; !ec && it != end; it.increment(ec)) {
    // A file may be gone meanwhile.
    std::error_code gone;
    const auto bytes = it->is_regular_file(gone) ? it->file_size(gone) : 0;
    if (!gone) sum += bytes;
  }
  return sum;
}

result<std::unique_ptr<store>> open_beside(const path& directory) {
  auto opened = store::open({.directory = records_of(directory), .how = access::read});
  for (int i = 1; !opened && i < tries_beside_a_writer; ++i) {
    opened = store::open({.directory = records_of(directory), .how = access::read});
  }
  return opened;
}

std::string topic_name(const store& s, inprocess::journal::topic_number number) {
  for (const auto& [name, t] : s.topics()) {
    if (t.number == number) return name;
  }
  return fmt::format("(unknown, number {})", number);
}

class checker {
 public:
  explicit checker(const store& s) : store_(s) {}

  void check() {
    if (auto blocks = store_.verify(); !blocks) wrong(blocks.error().message);
    for (const auto& [name, t] : store_.topics()) {
      for (std::size_t i = 0; i < t.partitions.size(); ++i) {
        partition(name, t.number, static_cast<std::int32_t>(i), t.partitions[i]);
      }
    }
    for (const auto& [place, entry] : store_.commits()) progress(place, entry);
  }
  void wrong(std::string what) {
    if (found_.wrong.size() < most_findings) {
      found_.wrong.push_back(std::move(what));
    } else {
      ++found_.more;
    }
  }
  journal_check take() { return std::move(found_); }

 private:
  void partition(const std::string& topic, inprocess::journal::topic_number number, std::int32_t p,
                 const inprocess::journal::partition_entry& e) {
    const auto where = fmt::format("topic '{}', partition {}", topic, p);
    auto next = e.begin;
    const auto expect = [&](std::int64_t offset) {
      if (offset > next)
        wrong(fmt::format("{}: the records from offset {} to {} are missing", where, next, offset - 1));
    };
    const auto read = store_.visit(number, p, e.begin, e.end, [&](std::int64_t offset, bool good) {
      expect(offset);
      next = offset + 1;
      ++found_.records;
      if (!good) wrong(fmt::format("{}: the record at offset {} cannot be decoded", where, offset));
    });
    if (read) {
      expect(e.end);
    } else {
      wrong(fmt::format("{}: the records from offset {} on cannot be read: {}", where, next, read.error().message));
    }
  }
  void progress(const inprocess::journal::commit_place& place, const inprocess::journal::commit_entry& entry) {
    const auto name = topic_name(store_, place.topic);
    const auto where = fmt::format("group '{}': topic '{}', partition {}", place.group, name, place.partition);
    const auto topic = store_.topics().find(name);
    if (topic == store_.topics().end() || place.partition < 0 ||
        static_cast<std::size_t>(place.partition) >= topic->second.partitions.size()) {
      wrong(fmt::format("{}: there is no such partition", where));
    } else if (const auto end = topic->second.partitions[static_cast<std::size_t>(place.partition)].end;
               entry.offset > end) {
      wrong(fmt::format("{}: completed up to offset {}, but the partition ends at {}", where, entry.offset, end));
    }
  }

  const store& store_;
  journal_check found_;
};

}  // namespace

result<journal_info> look_at_journal(const path& directory) {
  if (auto there = must_be_journal(directory); !there) return there.error();
  auto holder = directory_lock::holder(directory);
  if (!holder) return holder.error();
  const auto s = open_beside(directory);
  if (!s) return s.error();
  journal_info out{.format = (*s)->format_on_disk(),
                   .bytes = bytes_of(directory),
                   .open_by = std::move(*holder),
                   .topics = {},
                   .groups = {}};
  for (const auto& [name, t] : (*s)->topics()) {
    auto& topic = out.topics.emplace_back(journal_topic{.name = name, .partitions = {}});
    for (const auto& p : t.partitions) topic.partitions.push_back({.begin = p.begin, .end = p.end, .newest = p.last});
  }
  for (const auto& [place, entry] : (*s)->commits()) {
    out.groups.push_back({.group = place.group,
                          .topic = topic_name(**s, place.topic),
                          .partition = place.partition,
                          .offset = entry.offset,
                          .at = entry.at});
  }
  return out;
}

result<journal_check> check_journal(const path& directory) {
  if (auto there = must_be_journal(directory); !there) return there.error();
  const auto lock = directory_lock::take(directory);
  if (!lock) return lock.error();
  std::string damage;
  auto s = store::open({.directory = records_of(directory), .how = access::inspect});
  if (!s && s.error().code == errc::corrupt) {
    damage = s.error().message + " (what was written after that is lost; a server starts with what precedes it)";
    s = store::open({.directory = records_of(directory), .how = access::read});
  }
  if (!s) return s.error();
  checker c(**s);
  if (!damage.empty()) c.wrong(damage);
  c.check();
  auto found = c.take();
  found.bytes = bytes_of(directory);
  return found;
}

result<journal_sizes> compact_journal(const path& directory) {
  if (auto there = must_be_journal(directory); !there) return there.error();
  const auto lock = directory_lock::take(directory);
  if (!lock) return lock.error();
  journal_sizes sizes{.before = bytes_of(directory), .after = 0};
  {
    const auto s = store::open({.directory = records_of(directory)});
    if (!s) return s.error();
    if (auto done = (*s)->compact(); !done) return done.error();
  }
  // Closed, so that the files that it has replaced are gone.
  sizes.after = bytes_of(directory);
  return sizes;
}

}  // namespace streamdemo::bus
