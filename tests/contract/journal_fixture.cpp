#include <streamdemo/bus/inprocess.hpp>

#include "contract/bus_fixture.hpp"
#include "support/temporary_directory.hpp"

namespace streamdemo::contract {

namespace {

class journal_fixture final : public bus_fixture {
 public:
  std::string name() const override { return "inprocess-journal"; }
  // Its topics that wait do so for no reader: who is behind reads from the disk.
  capabilities can() const override { return {.refuses_when_full = true, .log_append_time = true}; }
  std::chrono::seconds patience() const override { return std::chrono::seconds(60); }
  int stays() const override { return 200; }
  bus::bus& bus() override { return *bus_; }

 private:
  base::system_clock clock_;
  base::logger log_{"contract", base::log_level::warning};
  base::metrics metrics_;
  test::temporary_directory directory_;
  std::unique_ptr<bus::bus> bus_ =
      bus::make_journaled_bus({.directory = directory_.path() / "journal", .max_disk_bytes = 1 << 30}, clock_, metrics_,
                              log_)
          .value();
};

}  // namespace

std::unique_ptr<bus_fixture> make_journal_fixture() {
  return std::make_unique<journal_fixture>();
}

}  // namespace streamdemo::contract
