// The actions, performed on the bus and on the handlers.
#include <fmt/format.h>
#include <streamdemo/base/shown.hpp>

#include "processor/letter.hpp"
#include "processor/runtime.hpp"

namespace streamdemo::processor {

void runtime::perform() {
  // What an action causes at once is taken up by the loop that performs it.
  if (performing_) return;
  performing_ = true;
  for (auto more = decisions_.take_actions(); !more.empty(); more = decisions_.take_actions()) {
    for (auto& a : more) std::visit([&](auto& x) { act(std::move(x)); }, a);
  }
  performing_ = false;
  count_.running.Set(decisions_.running());
  count_.queued.Set(static_cast<double>(decisions_.queued()));
  count_.remembered_bytes.Set(static_cast<double>(decisions_.remembered_bytes()));
  count_.held_bytes.Set(static_cast<double>(consumer_->held_bytes()));
  if (draining_) moved_.notify_all();
}

void runtime::act(ask_end a) {
  loops_.spawn([this, a] { return find_end(a); });
}

void runtime::act(follow a) {
  reader_->follow({options_.response_topic, a.partition}, bus::from_time{a.from});
}

void runtime::act(unfollow a) {
  reader_->unfollow({options_.response_topic, a.partition});
}

void runtime::act(publish a) {
  auto& m = a.message;
  m.source = options_.source;
  m.time = clock_.now();
  const auto type = m.type;
  run_key key;
  if (type == task::message_type::started) key = {a.partition, m.request_id, m.run};
  auto r = task::encode(std::move(m), options_.response_topic, a.partition);
  producer_->publish(std::move(r), std::nullopt,
                     [this, type, partition = a.partition, key = std::move(key)](bus::result<bus::published> done) {
                       if (!done)
                         log_.error("a {} was not taken by the bus: {}", to_string(type), done.error().message);
                       if (type == task::message_type::alive) decisions_.on_alive_published(partition);
                       if (type == task::message_type::started && done) {
                         decisions_.on_started_published(key, done->offset);
                       }
                     });
}

void runtime::act(begin a) {
  const auto h = handlers_.find(a.kind);
  if (h == handlers_.end()) throw std::logic_error("a run of a kind without a handler began: " + a.kind);
  const bool at_once = a.first_to_all;
  auto r = std::make_shared<run>(surroundings_, std::move(a));
  runs_[r->key().run] = r;
  work_.spawn([this, r, to = h->second.get(), at_once] { return work(r, *to, at_once); });
}

void runtime::act(stop a) {
  // One whose handler has just returned is over already.
  if (const auto it = runs_.find(a.key.run); it != runs_.end()) {
    const auto r = it->second;
    r->stop(a.why);
  }
}

void runtime::act(dead_letter a) {
  count_.dead_letters.Increment();
  const auto& from = *a.request;
  log_.warning("request {} of {}/{} (task {}) goes to {}: {}", from.offset, from.topic, from.partition,
               base::shown(from.key), options_.dead_letter_topic, a.reason);
  const letter_facts facts{options_.dead_letter_topic, options_.group, a.deliveries, std::move(a.reason)};
  producer_->publish(letter_of(from, facts), std::nullopt, [this, a, facts](bus::result<bus::published> done) {
    if (done || done.error().code != errc::too_large) return dead_lettered(a, done);
    producer_->publish(letter_without_content(*a.request, facts), std::nullopt,
                       [this, a](bus::result<bus::published> again) { dead_lettered(a, again); });
  });
}

void runtime::dead_lettered(const dead_letter& a, const bus::result<bus::published>& done) {
  // Not acknowledged: the request stays un-completed and comes again to the next owner.
  if (!done) return log_.error("a dead letter was not taken by the bus: {}", done.error().message);
  decisions_.on_dead_lettered(a.token);
  perform();
}

void runtime::act(complete a) {
  consumer_->complete(a.delivery);
}

void runtime::act(outdated a) {
  if (std::exchange(left_, true) || draining_) return;
  auto why = fmt::format(
      "task {} was accepted under rules of version {}, this program knows them up to {}: it leaves such tasks alone "
      "and "
      "takes no more, its runs go on; upgrade it",
      base::shown(a.task), a.fold, task::fold_version);
  log_.error("{}", why);
  standing_.end(std::move(why));
  loops_.spawn([this] { return leave_group(); });
}

}  // namespace streamdemo::processor
