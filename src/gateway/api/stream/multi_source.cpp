#include "gateway/api/stream/multi_source.hpp"

#include <streamdemo/base/hash.hpp>
#include <streamdemo/base/json.hpp>

#include <algorithm>

#include "gateway/api/body/answers.hpp"
#include "gateway/api/stream/streams.hpp"
#include "gateway/api/submit/submit_request.hpp"
#include "gateway/api/waiting.hpp"

namespace streamdemo::gateway {

namespace {

using stream_action = stream_message::action;

// At most so much is read from one task in one turn, so that several tasks share a write. A single task gets as many
// turns as the write has room for.
constexpr std::uint32_t turn_events = 64;
constexpr std::size_t turn_bytes = 16384;
// Limit for a client that has not authenticated: it has nothing else to send, and a token has at most 8 KiB.
constexpr std::size_t max_of_a_stranger = 16384;
// Limits for one socket; when one is reached, its next message waits.
constexpr std::size_t max_operations = 16;
constexpr std::size_t max_answers = 16;

// `,"to":…,"ref":…` each left out if it is empty.
std::string reference(std::string_view to, std::string_view ref) {
  std::string out;
  if (!to.empty()) out.append(",\"to\":\"").append(to).append("\"");
  if (!ref.empty()) out.append(",\"ref\":").append(ref);
  return out;
}

action access_of(stream_action a) noexcept {
  switch (a) {
    case stream_action::submit:
      return action::submit;
    case stream_action::cancel:
      return action::cancel;
    case stream_action::authenticate:
      return action::look;
    case stream_action::subscribe:
    case stream_action::unsubscribe:
      break;
  }
  return action::read;
}

// task_json() without its braces.
std::string task_members(const task_view& v) {
  auto text = task_json(v);
  return text.substr(1, text.size() - 3);
}

}  // namespace

multi_source::follower::follower(multi_source& owner, history_ptr h, std::int64_t after)
    : of(owner),
      events(owner.a_.deliveries(), std::move(h),
             {.cursor = after, .max_events = turn_events, .format = wire::websocket}) {}

void multi_source::follower::wake() noexcept {
  if (is_linked()) return;
  of.ready_.push_back(*this);
  of.sink_->wake();
}

multi_source::multi_source(caller by, places::place place)
    : a_(by.at()),
      by_(std::move(by)),
      place_(std::move(place)),
      link_(std::make_shared<link>(link{this})),
      of_waiting_(&a_.buffers()) {}

multi_source::~multi_source() {
  link_->source = nullptr;
}

http::stream_state multi_source::pull(std::vector<http::piece>& out, std::size_t max_bytes) {
  const bool held_back = answers_.size() >= max_answers;
  for (auto& text : answers_) out.push_back(own_piece(std::move(text)));
  answers_.clear();
  if (ending_) return http::stream_state::end;
  for (std::size_t size = 0; !ready_.empty() && size < max_bytes;) {
    follower& f = ready_.front();
    ready_.pop_front();
    size += deliver(f, out, std::min(turn_bytes, max_bytes - size));
  }
  if (held_back) work();
  return ready_.empty() && answers_.empty() ? http::stream_state::wait : http::stream_state::more;
}

std::size_t multi_source::deliver(follower& f, std::vector<http::piece>& out, std::size_t max_bytes) {
  const auto before = out.size();
  const auto state = f.events.pull(out, max_bytes);
  std::size_t bytes = 0;
  for (auto i = before; i < out.size(); ++i) bytes += out[i].bytes.size();
  if (state == http::stream_state::more) f.wake();
  // The client was told: by the task's last event, or by the signal to reconnect.
  if (state == http::stream_state::end) followers_.erase(f.events.of().view().request_id);
  return bytes;
}

void multi_source::on_text(std::string_view message) {
  if (ending_ || draining_) return;
  const auto bytes = waiting_bytes_ + message.size();
  if (bytes > max_half_read()) {
    return end(error_frame({problem::unauthenticated, "say who you are before you say so much", {}}),
               {.complete = false, .close_code = close_unauthorized, .reason = "a stranger says too much"});
  }
  if (!keep_waiting(bytes)) {
    return end(
        error_frame({problem::overloaded, std::string(no_room), {}}),
        {.complete = false, .close_code = close_overloaded, .reason = std::string(row_of(problem::overloaded).title)});
  }
  waiting_.emplace_back(message);
  work();
}

std::size_t multi_source::max_half_read() const {
  const bool stranger = a_.entrance().asks() && !by_.who().is_known();
  return stranger ? max_of_a_stranger : std::numeric_limits<std::size_t>::max();
}

bool multi_source::keep_waiting(std::size_t bytes) noexcept {
  if (!of_waiting_.hold(bytes)) return false;
  waiting_bytes_ = bytes;
  return true;
}

void multi_source::forget_waiting() noexcept {
  next_.reset();
  waiting_.clear();
  keep_waiting(0);
}

// Messages about one task are handled in order, each after the one before was answered; done() then calls this again. A
// message that waits for that stays parsed in next_.
void multi_source::work() {
  while (!ending_ && answers_.size() < max_answers && under_way_.size() < max_operations) {
    if (!next_) {
      if (waiting_.empty()) return;
      next_ = parse(waiting_.front());
      next_bytes_ = waiting_.front().size();
      waiting_.pop_front();
    }
    if (must_wait(*next_)) return;
    parsed m = std::move(*next_);
    next_.reset();
    keep_waiting(waiting_bytes_ - next_bytes_);
    if (m) {
      take(std::move(*m));
    } else if (const auto& bad = m.error(); !bad.to.empty()) {
      refuse(bad.why, bad.to, bad.ref, bad.request_id);
    } else {
      end(error_frame(bad.why, reference({}, bad.ref)),
          {.complete = false, .close_code = close_bad_message, .reason = std::string(row_of(bad.why.what).title)});
    }
  }
}

multi_source::parsed multi_source::parse(std::string_view message) const {
  a_.messages().Increment();
  auto m = parse_stream_message(message, a_.settings().tasks.max_deadline);
  if (m && m->what == stream_action::submit) m->request_id = by_.request_id(m->kind, m->key);
  return m;
}

bool multi_source::must_wait(const parsed& m) const {
  return m && std::find(under_way_.begin(), under_way_.end(), m->request_id) != under_way_.end();
}

void multi_source::take(stream_message m) {
  if (m.what == stream_action::authenticate) return authenticate(m);
  if (m.what == stream_action::unsubscribe) return unsubscribe(m);
  if (const auto why = cannot_begin(m)) return refuse(*why, m);
  submission s;
  // Counts the payload until the bus has taken or refused it, even if the client is gone by then.
  base::byte_budget::share room(&a_.buffers());
  if (!room.hold(m.payload.capacity())) return refuse({problem::overloaded, std::string(no_room), {}}, m);
  if (m.what == stream_action::submit) {
    s = by_.new_submission(m.kind, m.key, m.request_id);
    s.deadline = m.deadline;
    s.payload_hash = base::sha256_hex(m.payload);
    s.payload = std::move(m.payload);
  }
  if (m.what != stream_action::cancel) ++to_come_;
  under_way_.push_back(m.request_id);
  a_.here().submissions.spawn([o = std::make_shared<operation>(by_, std::move(s), std::move(m), std::move(room)),
                               l = link_] { return carry_out(o, l); });
}

std::optional<refusal> multi_source::cannot_begin(const stream_message& m) const {
  if (const auto allowed = by_.may(access_of(m.what)); !allowed) {
    by_.tell_refused(to_string(m.what), m.request_id, allowed.error());
    return allowed.error();
  }
  if (m.what == stream_action::cancel) return std::nullopt;
  if (m.what == stream_action::submit) {
    const auto kind = a_.find_kind(m.kind);
    if (!kind) return kind.error();
    if (const auto allowed = by_.take_share(m.kind).allowed; !allowed) {
      by_.tell_refused("submit", {}, allowed.error());
      return allowed.error();
    }
    if (auto wrong = wrong_input(**kind, m.payload)) return wrong;
  }
  if (followers_.contains(m.request_id)) {
    // The same idempotency key again: the client gets an answer, and its socket follows the task already.
    if (m.what == stream_action::submit) return std::nullopt;
    return refusal{
        problem::subscribed, "this socket follows that task already; unsubscribe first to read it again", {}};
  }
  if (followers_.size() + to_come_ < a_.settings().gateway.max_subscriptions) return std::nullopt;
  return refusal{
      problem::too_many_subscriptions,
      "this socket follows as many tasks as gateway.max_subscriptions allows; unsubscribe from some, or open "
      "another socket",
      {}};
}

base::awaitable<void> multi_source::carry_out(std::shared_ptr<operation> under_way, std::shared_ptr<link> l) {
  auto& a = under_way->by.at();
  const auto& m = under_way->message;
  outcome o = refusal{};
  if (m.what == stream_action::submit) {
    const auto task = co_await a.service().submit(std::move(under_way->task));
    under_way->by.tell_submitted(m.request_id, task);
    under_way->room.release();
    history_ptr h;
    if (task) h = co_await read_back(a, *task, std::chrono::steady_clock::now() + a.settings().gateway.max_wait);
    if (h) {
      o = std::move(h);
    } else {
      o = task ? not_read_back(task->request_id) : refusal_of(task.error());
    }
  } else if (m.what == stream_action::subscribe) {
    o = co_await under_way->by.task(m.request_id);
  } else {
    o = co_await under_way->by.canceled_task(m.request_id);
    if (o) under_way->by.tell("cancel", m.request_id, 200);
  }
  if (l->source != nullptr) l->source->done(m, o);
}

void multi_source::done(const stream_message& m, const outcome& o) {
  under_way_.erase(std::find(under_way_.begin(), under_way_.end(), m.request_id));
  if (m.what != stream_action::cancel) --to_come_;
  if (ending_) return;
  if (!o) {
    refuse(o.error(), m);
  } else if (!by_.sees((*o)->identity())) {
    // The client has authenticated since then, as somebody who may see less.
    refuse({problem::unknown_task, "no task " + m.request_id + " is known here", {}}, m);
  } else {
    const auto view = (*o)->view();
    auto members = task_members(view);
    if (m.what == stream_action::subscribe) {
      members += ",\"after\":" + std::to_string(m.after) + ",\"last_seq\":" + std::to_string(view.last_seq);
    }
    answer(m, members);
    if (m.what != stream_action::cancel && by_.may(action::read)) follow(m, *o);
  }
  if (draining_ && under_way_.empty()) return leave();
  work();
}

// A client that already has the end gets no more events: the answer's status and last_seq tell it.
void multi_source::follow(const stream_message& m, const history_ptr& h) {
  const auto view = h->view();
  if (followers_.contains(m.request_id) || (task::is_end(view.status) && m.after >= view.last_seq)) return;
  auto& f = *followers_.emplace(m.request_id, std::make_unique<follower>(*this, h, m.after)).first->second;
  f.events.attach(f);
  f.wake();
}

// A client that sends a token on an open socket continues with that token's rights. The socket's owner must stay the
// same.
void multi_source::authenticate(const stream_message& m) {
  const auto who = a_.entrance().of_token(m.token);
  if (!who) {
    const refusal why{problem::unauthenticated, "the token is not known here, or is no longer good", {}};
    by_.tell_refused("authenticate", {}, why);
    return refuse(why, m);
  }
  const auto& before = by_.who();
  if (before.owner.empty() ? !followers_.empty() : before.owner != (*who)->owner) {
    return end(error_frame({problem::forbidden, "this socket belongs to somebody else; open another", {}}),
               {.complete = false, .close_code = close_unauthorized, .reason = "another subject"});
  }
  auto after = by_;
  after.is_now(*who);
  if (before.owner.empty()) {
    auto place = after.stream_place();
    if (!place) {
      return end(error_frame(place.error()), {.complete = false, .close_code = close_overloaded, .reason = "quota"});
    }
    place_ = std::move(*place);
  }
  by_ = std::move(after);
  const bool reads = by_.may(action::read).has_value();
  std::erase_if(followers_, [&](const auto& f) { return !reads || !by_.sees(f.second->events.of().identity()); });
  a_.here().watch.join(*this, *who);
  answer(m, "\"subject\":" + base::json_string((*who)->subject));
}

void multi_source::on_expiring(base::sys_time) {
  answers_.push_back(R"({"type":"expiring"})");
  sink_->wake();
}

void multi_source::on_access_over(access_end w) {
  if (ending_) return;
  const auto reason = reason_of(w);
  end("{\"type\":\"reconnect\",\"reason\":" + base::json_string(reason) + "}",
      {.complete = false,
       .close_code = w == access_end::asks_again ? close_restarting : close_unauthorized,
       .reason = std::string(reason)});
}

void multi_source::attach(http::stream_sink& sink) {
  sink_ = &sink;
  a_.here().watch.join(*this, by_.shared_who());
}

void multi_source::unsubscribe(const stream_message& m) {
  const auto it = followers_.find(m.request_id);
  if (it == followers_.end()) {
    return refuse({problem::not_subscribed, "this socket does not follow that task (any more)", {}}, m);
  }
  const auto cursor = it->second->events.cursor();
  followers_.erase(it);
  answer(m, "\"request_id\":" + base::json_string(m.request_id) + ",\"after\":" + std::to_string(cursor));
}

void multi_source::answer(const stream_message& m, std::string_view members) {
  auto text = "{\"type\":\"answer\"" + reference(to_string(m.what), m.ref) + ",";
  answers_.push_back(text.append(members).append("}"));
  sink_->wake();
}

void multi_source::refuse(const refusal& why, std::string_view to, std::string_view ref, std::string_view request_id) {
  auto members = reference(to, ref);
  if (!request_id.empty()) members += ",\"request_id\":" + base::json_string(request_id);
  answers_.push_back(error_frame(why, members));
  sink_->wake();
}

void multi_source::refuse(const refusal& why, const stream_message& m) {
  // A submission that was refused made no task, so its id is left out.
  refuse(why, to_string(m.what), m.ref, m.what == stream_action::submit ? std::string_view{} : m.request_id);
}

void multi_source::end(std::string last_words, http::stream_end how) {
  answers_.push_back(std::move(last_words));
  end_ = std::move(how);
  ending_ = true;
  forget_waiting();
  sink_->wake();
}

// Waits for operations in progress: otherwise the client would not know whether they took effect.
void multi_source::drain() {
  draining_ = true;
  forget_waiting();
  if (under_way_.empty()) leave();
}

void multi_source::leave() {
  if (ending_) return;
  end("{\"type\":\"reconnect\",\"reason\":" + base::json_string(restart_reason) + "}",
      {.complete = false, .close_code = close_restarting, .reason = std::string(restart_reason)});
}

}  // namespace streamdemo::gateway
