#include "check/record_judge.hpp"

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <streamdemo/base/json.hpp>
#include <streamdemo/base/partition.hpp>
#include <streamdemo/base/shown.hpp>
#include <streamdemo/task/end_payload.hpp>
#include <streamdemo/task/media_type.hpp>
#include <streamdemo/task/offer.hpp>

#include <algorithm>

namespace streamdemo::check {

namespace json = boost::json;
using task::message_type;
using task::message_view;

namespace {

std::optional<json::object> object_of(std::string_view text) {
  if (!base::is_json(text)) return std::nullopt;
  auto v = json::parse({text.data(), text.size()});
  if (!v.is_object()) return std::nullopt;
  return std::move(v.get_object());
}

}  // namespace

void record_judge::lines_once::add(const std::string& what, const std::string& where) {
  if (seen.size() < max_lines && seen.insert(what).second) lines.push_back(what + where);
}

record_judge::record_judge(options o) : options_(std::move(o)) {
  for (std::int32_t i = 0; i < options_.partitions; ++i) folds_.emplace_back(task::fold::options{});
}

void record_judge::expect(const std::string& request_id, bool must_fail) {
  tasks_[request_id].must_fail = must_fail;
}

bool record_judge::all_over() const {
  return std::all_of(tasks_.begin(), tasks_.end(), [](const auto& t) { return t.second.ended.has_value(); });
}

std::size_t record_judge::ended() const {
  return static_cast<std::size_t>(
      std::count_if(tasks_.begin(), tasks_.end(), [](const auto& t) { return t.second.ended.has_value(); }));
}

std::string record_judge::place(const base::record& r) const {
  return fmt::format("{}/{}/{}", r.topic, r.partition, r.offset);
}

bool record_judge::read(const base::record& r) {
  const auto type = r.header_value("ce_type");
  if (type == task::ce_type(message_type::alive)) {
    judge_alive(r);
    return false;
  }
  const auto known = tasks_.find(r.key);
  if (known == tasks_.end()) {
    if (r.header_value("ce_subject") == options_.kind && r.key.empty())
      wrong(r, "a record has no key: the key must be that of the request");
    return false;
  }
  if (type == task::ce_type(message_type::accepted)) {
    if (const auto m = task::decode(r)) folds_[static_cast<std::size_t>(r.partition)].apply(*m, r.log_time);
    return true;
  }
  const auto home = base::partition_for(r.key, options_.partitions);
  if (r.partition != home) {
    wrong(r,
          "a record is in another partition than its request, where it counts for nothing: name the partition of the "
          "request with each record that you send");
    return true;
  }
  judge_envelope(r);
  const auto m = task::decode(r);
  if (!m) {
    wrong(r, "a record cannot be read: " + m.error().message);
  } else {
    judge_message(r, *m, known->second);
  }
  return true;
}

void record_judge::judge_envelope(const base::record& r) {
  if (r.header_value("ce_specversion") != "1.0") wrong(r, "ce_specversion is not 1.0");
  const auto id = r.header_value("ce_id").value_or("");
  if (id.empty()) {
    wrong(r, "ce_id is missing");
  } else if (!ids_.emplace(id).second) {
    wrong(r, "a ce_id comes twice: each record needs one of its own");
  }
  if (!r.header_value("ce_time")) note(r, "ce_time is missing: the time at which the bus got the record is shown");
  if (!r.header_value("content-type")) note(r, "content-type is missing: JSON is assumed");
}

void record_judge::judge_message(const base::record& r, const message_view& m, given_task& t) {
  if (m.kind != options_.kind) {
    wrong(r, fmt::format("ce_subject is {}, and must be the kind, {}", base::shown(m.kind.empty() ? "missing" : m.kind),
                         options_.kind));
  }
  if (m.source.find('/') == std::string::npos) {
    note(r,
         "ce_source is only a name: with a `/` and an id that is new at each start, a restarted process is not taken "
         "for the one before");
  }
  judge_payload(r, m);
  judge_step(r, m, t);
}

void record_judge::judge_payload(const base::record& r, const message_view& m) {
  if (task::says_json(m.content_type) && !base::is_json(m.payload)) {
    wrong(r, fmt::format("the payload of a {} is no JSON, although its content-type says so", to_string(m.type)));
    return;
  }
  const auto o = object_of(m.payload);
  if (m.type == message_type::progress) {
    const auto* f = o ? o->if_contains("fraction") : nullptr;
    if (f == nullptr || !f->is_number() || f->to_number<double>() < 0 || f->to_number<double>() > 1)
      wrong(r, R"(the payload of a progress is not {"fraction": 0 to 1})");
  }
  if (m.type == message_type::ended && task::end_status(m.payload) == task::status::failed) {
    const auto* e = o->if_contains("error");
    const auto* text = e != nullptr && e->is_object() ? e->get_object().if_contains("message") : nullptr;
    if (text == nullptr || !text->is_string())
      note(r, R"(an ended with failed says no reason: {"status":"failed","error":{"message":"…"}})");
  }
}

void record_judge::judge_step(const base::record& r, const message_view& m, given_task& t) {
  const auto s = folds_[static_cast<std::size_t>(r.partition)].apply(m, r.log_time);
  switch (s.what) {
    case task::step::kind::ignored:
      wrong(r, fmt::format("a record of type {} counts for nothing: {}", to_string(m.type), s.why));
      return;
    case task::step::kind::hole:
      wrong(r, fmt::format("ce_runseq jumps to {}: a number is missing, and the task ends as failed", m.runseq));
      t.ended = task::status::failed;
      return;
    case task::step::kind::event:
      break;
    default:
      return;
  }
  if (m.run.empty()) {
    t.ended = s.state->end;
    note(r,
         fmt::format("a task was ended as {} by {}, not by its processor", to_string(*t.ended), base::shown(m.source)));
    return;
  }
  if (s.breaks_rules) wrong(r, fmt::format("a record of type {} is taken for failed: {}", to_string(m.type), s.why));
  if (m.type == message_type::started) {
    if (++t.attempts == 2) note(r, "a task was begun a second time, as after a crash or a rebalance");
    t.source = m.source;
    t.results = 0;
  } else if (m.source != t.source) {
    wrong(r, "ce_source changes within a run");
  }
  if (m.type == message_type::result) {
    ++t.results;
    ++results_;
  }
  if (m.type != message_type::ended) return;
  t.ended = s.state->end;
  if (t.must_fail && t.ended == task::status::succeeded) note(r, "the task with the wrong payload ended as succeeded");
  if (!t.must_fail && t.ended != task::status::succeeded)
    wrong(r, fmt::format("a task ended as {}: {}", to_string(*t.ended), base::shown(m.payload)));
  if (t.ended == task::status::succeeded && t.results == 0) note(r, "a task ended as succeeded without a result");
}

void record_judge::judge_alive(const base::record& r) {
  const auto m = task::decode(r);
  if (!m || !task::tells_offer(*m)) return;
  const auto o = task::parse_offer(m->payload);
  if (!o) {
    // Of this kind or another one: a value that cannot be read does not say.
    if (m->payload.find('"' + options_.kind + '"') != std::string::npos)
      wrong(r, "an offer of slots cannot be read: " + o.error().message);
    return;
  }
  if (!o->kinds.contains(options_.kind)) return;
  offers_ = true;
  if (!o->partitions.contains(options_.request_topic)) {
    wrong(r, fmt::format("an offer of slots for the kind names no partitions of {}, so no task is placed by it",
                         options_.request_topic));
  }
}

void record_judge::finish() {
  std::size_t silent = 0, open = 0;
  for (const auto& [id, t] : tasks_) {
    if (t.ended) continue;
    ++(t.attempts == 0 ? silent : open);
  }
  if (silent > 0) {
    wrong_.add(fmt::format("{} of {} tasks were not begun: no started came with their key in their partition of {}. A "
                           "processor must read {} in a group, from its earliest record",
                           silent, tasks_.size(), options_.response_topic, options_.request_topic),
               "");
  }
  if (open > 0) wrong_.add(fmt::format("{} of {} tasks were begun and did not end", open, tasks_.size()), "");
  if (!offers_) {
    notes_.add(
        "no offer of free slots was seen: gateways place tasks in turn, and cannot tell clients how long they "
        "wait",
        "");
  }
}

}  // namespace streamdemo::check
