// Streams outlive the moment in which their client was known: on one loop, who streams for whom, and until when. A
// stream is told half a minute before its principal expires, and at the moment itself; and at once when what the
// principal was known by is taken away. Streams of one principal stand together, so that a stream costs a list's links.
// On its loop.
#pragma once
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/base/task_group.hpp>

#include <boost/intrusive/list.hpp>
#include <map>
#include <set>

#include "gateway/access/gate.hpp"

namespace streamdemo::gateway {

// Why a stream ends before its task.
enum class access_end : std::uint8_t {
  expired,     // the principal has
  taken_away,  // its key or its session was
  asks_again,  // nothing is wrong: the client comes back and is judged anew
};

// What is watched. Leaves by its own end.
class watched_stream
    : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  virtual void on_expiring(base::sys_time at) = 0;
  virtual void on_access_over(access_end w) = 0;

 protected:
  ~watched_stream() = default;
};

class access_watch {
 public:
  static constexpr std::chrono::seconds notice{30};

  // `entrance` and `clock` outlive it.
  access_watch(base::executor ex, const gate& entrance, const base::clock& clock, const base::logger& log);

  // From now on `s` is watched as a stream of `who`; it leaves whom it belonged to before. Costs nothing where nobody
  // is asked for a name.
  void join(watched_stream& s, principal_ptr who);
  // Ends whoever is not good any more: at once, or, where everybody was judged a moment ago, a moment later.
  void judge_again();
  // Needed before the destructor.
  base::awaitable<void> stop();

 private:
  using streams = boost::intrusive::list<watched_stream, boost::intrusive::constant_time_size<false>>;
  struct group {
    principal_ptr who;
    std::optional<base::sys_time> until;  // nullopt: as long as it is good
    bool noticed = false;
    streams of;

    bool expires() const noexcept { return until == who->expires; }
    // What comes next: the notice, or the end. A stranger has nothing that could be renewed.
    bool wants_notice() const noexcept { return until && expires() && !noticed && who->is_known(); }
    base::sys_time due() const noexcept { return wants_notice() ? *until - notice : *until; }
  };
  using key = std::pair<const principal*, base::sys_time>;
  using groups = std::map<key, std::unique_ptr<group>>;

  base::awaitable<void> watch();
  // Does what is due; when to look next.
  base::steady_time look();
  void come_due(const key& k, base::sys_time now);
  void judge_all();
  void forget_empty();
  void wake_before(base::sys_time t);
  static void end(group& g, access_end w);

  const gate& gate_;
  const base::clock& clock_;
  groups groups_;
  // Of groups that something will become of; each stands here once, so that who is not due costs nothing.
  std::set<std::pair<base::sys_time, key>> due_;
  base::sys_time next_look_{};
  base::sys_time judged_{};  // everybody, last
  base::sys_time forgot_{};  // the empty ones, last
  bool must_judge_ = false;
  base::notifier joined_;
  base::task_group group_;
  bool watching_ = false;
};

}  // namespace streamdemo::gateway
