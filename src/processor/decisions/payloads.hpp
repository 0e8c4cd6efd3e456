// Decides which waiting requests have their payload, the value of their record, in memory. That is as many as fit into
// `most` bytes. Payloads that do not fit are let go of, the newest first, of the owner and kind that hold the most;
// once half of the memory is free they are read again, the oldest first, of the owner and kind that hold the least. So
// the payload of a task is mostly there when its turn comes, and whoever has large tasks waiting makes no other's wait.
// A request counts here from its coming until its turn. Pure; used by decisions; one thread. A step takes logarithmic
// time.
#pragma once
#include <streamdemo/base/string_map.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "processor/decisions/start_line.hpp"

namespace streamdemo::processor {

class payloads {
 public:
  // Names a request here, from 1 on.
  using number = std::uint64_t;

  explicit payloads(std::size_t most) : most_(most) {}

  // A request with so many bytes of payload, which is here.
  number add(std::string_view owner, std::string_view kind, start_line::place p, std::size_t bytes);
  // Its turn has come, or it waits no longer.
  void erase(number n);
  // A payload that was to be read again is here.
  void came(number n);

  // Whose payload is to be let go of now; it counts no longer. nullopt: none. Ask until there is none.
  std::optional<start_line::place> next_to_let_go();
  // Whose payload is to be read again now; it counts from now on. Likewise.
  std::optional<start_line::place> next_to_read();

  // Payloads that are here, or being read.
  std::size_t bytes() const noexcept { return bytes_; }
  // Requests without it.
  std::size_t let_go() const noexcept { return let_go_; }

 private:
  // The tasks of one owner and kind, each kept in order of their coming.
  struct queue {
    std::set<number> here;
    std::set<number> let_go;  // but for the largest ones, which are read only when their turn comes
    std::size_t bytes = 0;    // here, or being read
    std::size_t requests = 0;
  };
  using queues = base::string_map<queue>;
  using rank = std::tuple<std::size_t, std::string_view>;  // a queue's bytes, and its name
  struct request {
    queues::value_type* in;
    start_line::place place;
    std::size_t bytes;
    bool counts = true;  // it is here, or being read
  };

  // Changes a queue, and keeps the orders right.
  template <class Change>
  void change(queues::value_type& q, Change c);
  // Letting go of this one alone would make room for reading it again.
  bool is_too_large(const request& r) const noexcept { return r.bytes > most_ / 2; }

  const std::size_t most_;
  queues queues_;
  std::set<rank> with_some_here_;
  std::set<rank> with_some_let_go_;
  std::unordered_map<number, request> requests_;
  number last_ = 0;
  std::size_t bytes_ = 0;
  std::size_t let_go_ = 0;
  bool refilling_ = false;
};

}  // namespace streamdemo::processor
