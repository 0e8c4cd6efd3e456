// A small simulation of processors, gateways and one log. For a while, faults of all kinds are injected; then no more,
// and every acknowledged task must end.
#pragma once
#include "property/gateway.hpp"

namespace property {

class simulation {
 public:
  explicit simulation(std::uint64_t seed);
  // Returns the promise that was broken; empty: none.
  std::string run();

  // The whole log as text, to find the cause.
  std::string story() const;
  int replaced() const { return judge_.replaced(); }

 private:
  struct place {  // where processors run, one process after the other
    std::string name;
    std::unique_ptr<process> now;
    sys_time back_at{};
    int incarnations = 0;
  };
  struct orphan {
    std::shared_ptr<sender> out;
    sys_time until{};
  };

  void submit_tasks();
  void turn(bool faults);
  void take(sender& out, std::int64_t percent);
  void turn_place(place& p);
  void start(place& p);
  void crash(place& p);
  void bad_luck();
  void bad_luck_of(place& p);
  bool all_over() const;
  std::string replay() const;

  random random_;
  simulation_rules rules_;
  sys_time now_{milliseconds(1'000'000'000)};
  judge judge_;
  group group_;
  response_log log_;
  std::vector<place> places_;
  std::vector<std::unique_ptr<gateway>> gateways_;
  std::vector<orphan> orphans_;
  std::vector<std::pair<sys_time, std::string>> plan_;  // when to submit which task
  int next_member_ = 0;
  bool calm_ = false;
};

}  // namespace property
