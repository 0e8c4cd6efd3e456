#include "gateway/api/body/answers.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <streamdemo/base/json.hpp>

namespace streamdemo::gateway {

namespace {

void append_number(std::string& out, std::int64_t n) {
  const fmt::format_int digits(n);
  out.append(digits.data(), digits.size());
}

void append_head(std::string& out, const task_identity& of, task::status now) {
  out += "{\"request_id\":";
  base::append_json_string(out, of.request_id);
  out += ",\"kind\":";
  base::append_json_string(out, of.kind);
  out += ",\"status\":\"";
  out += task::to_string(now);
  out += '"';
}

void append_url(std::string& out, std::string_view name, std::string_view base, std::string_view id,
                std::string_view tail) {
  out += out.back() == '{' ? "\"" : ",\"";
  out += name;
  out += "\":\"";
  out += base;
  out += id;
  out += tail;
  out += '"';
}

// So that an entity tag changes with the place, and is the same at gateways that know the same.
void append_place_mark(std::string& etag, const queue_place& p) {
  const auto slots = p.slots.value_or(kind_slots{});
  const auto second = p.expected ? p.expected->time_since_epoch().count() / 1'000'000 : 0;
  for (const auto n : {std::int64_t{p.ahead}, std::int64_t{slots.free}, std::int64_t{slots.all}, second}) {
    etag += '-';
    append_number(etag, n);
  }
}

}  // namespace

std::string self_url(std::string_view request_id) {
  return "/api/tasks/" + std::string(request_id);
}

std::string task_json(const task_view& v) {
  std::string out;
  out.reserve(700);
  append_head(out, v, v.status);
  out += ",\"urls\":{";
  constexpr std::string_view tasks = "/api/tasks/";
  append_url(out, "self", tasks, v.request_id, "");
  append_url(out, "results", "/api/results/", v.request_id, "");
  append_url(out, "events", tasks, v.request_id, "/events");
  append_url(out, "socket", tasks, v.request_id, "/events");
  append_url(out, "cancel", tasks, v.request_id, "/cancel");
  append_url(out, "timeline", tasks, v.request_id, "/timeline");
  out += "}}\n";
  return out;
}

void append_summary(std::string& out, const task_view& v) {
  append_head(out, v, v.status);
  append_fraction(out, v.fraction);
  out += ",\"last_seq\":";
  append_number(out, v.last_seq);
  append_time(out, "accepted_at", v.accepted_at);
  append_time(out, "expires_at", v.expiry);
  append_time(out, "ended_at", v.ended_at);
  out += '}';
}

live_answer make_live_answer(const task_moment& now, const history::batch& b, std::int64_t after) {
  live_answer a;
  // If a task has ended, a cursor beyond its last event is set back to that event, because nothing can follow it.
  const bool over = task::is_end(now.status);
  a.next = !b.events.empty() ? b.events.back()->seq() : over ? std::min(after, now.last_seq) : after;
  for (const auto& e : b.events) a.event_bytes += e->json().size();
  a.etag = '"';
  a.etag += task::to_string(now.status);
  a.etag += '-';
  append_number(a.etag, now.last_seq);
  a.etag += '-';
  append_number(a.etag, a.next);
  if (now.in_queue) append_place_mark(a.etag, *now.in_queue);
  a.etag += '"';
  return a;
}

void append_queue_place(std::string& out, const queue_place& p) {
  out += "\"ahead\":";
  append_number(out, p.ahead);
  if (p.slots) {
    out += ",\"free_slots\":";
    append_number(out, p.slots->free);
    out += ",\"slots\":";
    append_number(out, p.slots->all);
  } else {
    out += ",\"free_slots\":null,\"slots\":null";
  }
  append_time(out, "expected_at", p.expected.value_or(base::sys_time{}));
}

void append_live_head(std::string& out, const task_identity& of, const task_moment& now) {
  append_head(out, of, now.status);
  if (now.in_queue) {
    out += ",\"queued\":{";
    append_queue_place(out, *now.in_queue);
    out += '}';
  }
  append_fraction(out, now.fraction);
  out += ",\"last_seq\":";
  append_number(out, now.last_seq);
  out += ",\"events\":[";
}

void append_live_tail(std::string& out, const task_moment& now, std::int64_t next) {
  out += "],\"next\":";
  append_number(out, next);
  out += next < now.last_seq ? ",\"more\":true}\n" : ",\"more\":false}\n";
}

http::response json_response(int status, std::string body) {
  http::response r;
  r.status = status;
  r.set("Content-Type", "application/json");
  r.body = std::move(body);
  return r;
}

void append_time(std::string& out, std::string_view name, base::sys_time t) {
  out += ",\"";
  out += name;
  out += "\":";
  if (t == base::sys_time{}) {
    out += "null";
    return;
  }
  out += '"';
  out += base::format_micros(t);
  out += '"';
}

// Formatted as whole millionths, because general formatting of a double costs more than the rest of a poll's answer.
void append_fraction(std::string& out, double fraction) {
  if (fraction < 0) return;
  const auto millionths = static_cast<std::int64_t>(std::llround(fraction * 1e6));
  out += ",\"fraction\":";
  append_number(out, millionths / 1'000'000);
  auto rest = millionths % 1'000'000;
  if (rest == 0) return;
  std::array<char, 7> digits{'.', '0', '0', '0', '0', '0', '0'};
  for (std::size_t i = 6; i >= 1; --i, rest /= 10) digits[i] = static_cast<char>('0' + rest % 10);
  const auto text = std::string_view(digits.data(), digits.size());
  out += text.substr(0, text.find_last_not_of('0') + 1);
}

}  // namespace streamdemo::gateway
