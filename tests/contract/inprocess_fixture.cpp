#include <streamdemo/bus/inprocess.hpp>

#include "contract/bus_fixture.hpp"

namespace streamdemo::contract {

namespace {

class inprocess_fixture final : public bus_fixture {
 public:
  std::string name() const override { return "inprocess"; }
  capabilities can() const override {
    return {.refuses_when_full = true, .waits_when_full = true, .log_append_time = true};
  }
  std::chrono::seconds patience() const override { return std::chrono::seconds(60); }
  int stays() const override { return 200; }
  bus::bus& bus() override { return *bus_; }

 private:
  base::system_clock clock_;
  base::logger log_{"contract", base::log_level::warning};
  std::unique_ptr<bus::bus> bus_ = bus::make_inprocess_bus(clock_, log_);
};

}  // namespace

std::unique_ptr<bus_fixture> make_inprocess_fixture() {
  return std::make_unique<inprocess_fixture>();
}

}  // namespace streamdemo::contract
