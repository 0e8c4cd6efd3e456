// Limits how many runs a process has at once: of each kind, and of all kinds together. The last allowed run of a task
// must be alone: it begins only when nothing else runs here, and nothing else starts beside it, so that a task that
// kills its process destroys no other run. Pure; used by decisions; one thread.
#pragma once
#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace streamdemo::processor {

class slots {
 public:
  using of_kinds = std::map<std::string, std::uint32_t, std::less<>>;

  // A kind that `of_kind` does not name may have all of them.
  slots(std::uint32_t concurrency, of_kinds of_kind) : concurrency_(concurrency), of_kind_(std::move(of_kind)) {}

  bool all_free() const noexcept { return taken_ == 0; }
  void take(std::string_view kind, bool alone) {
    ++taken_;
    taken_alone_ = alone;
    const auto it = taken_of_kind_.find(kind);
    if (it != taken_of_kind_.end()) {
      ++it->second;
    } else {
      taken_of_kind_.emplace(kind, 1);
    }
  }
  void give_back(std::string_view kind) {
    --taken_;
    taken_alone_ = false;
    --taken_of_kind_.find(kind)->second;
  }

  std::uint32_t taken() const noexcept { return taken_; }
  std::uint32_t taken(std::string_view kind) const { return number(taken_of_kind_, kind, 0); }
  // How many tasks of the kind may run at once.
  std::uint32_t most(std::string_view kind) const {
    return std::min(concurrency_, number(of_kind_, kind, concurrency_));
  }
  // How many tasks could begin now, if none of them must be alone: of all kinds together, and of one.
  std::uint32_t free() const noexcept { return taken_alone_ ? 0 : concurrency_ - taken_; }
  std::uint32_t free(std::string_view kind) const { return std::min(free(), most(kind) - taken(kind)); }

 private:
  static std::uint32_t number(const of_kinds& of, std::string_view kind, std::uint32_t otherwise) {
    const auto it = of.find(kind);
    return it == of.end() ? otherwise : it->second;
  }

  std::uint32_t concurrency_;
  of_kinds of_kind_;
  of_kinds taken_of_kind_;
  std::uint32_t taken_ = 0;
  bool taken_alone_ = false;
};

}  // namespace streamdemo::processor
