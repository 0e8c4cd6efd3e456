// The JSON bodies that several endpoints share, made from what the histories hold. Pure.
#pragma once
#include <streamdemo/http/message.hpp>

#include "gateway/api/body/events_body.hpp"
#include "gateway/history/histories.hpp"

namespace streamdemo::gateway {

// {"request_id":…,"kind":…,"status":…,"urls":{…}}
std::string task_json(const task_view& v);
// One entry of the list of tasks.
void append_summary(std::string& out, const task_view& v);
// {"request_id":…,…,"events":[…],"next":N,"more":…}: the state of a task and its events after a cursor.
struct live_answer {
  std::uint64_t event_bytes = 0;  // without the commas
  std::string etag;
  std::int64_t next = 0;
};
live_answer make_live_answer(const task_moment& now, const history::batch& b, std::int64_t after);
// Its text before the events and after them.
void append_live_head(std::string& out, const task_identity& of, const task_moment& now);
void append_live_tail(std::string& out, const task_moment& now, std::int64_t next);

std::string self_url(std::string_view request_id);

http::response json_response(int status, std::string body);

// Appends `"ahead":2,"free_slots":0,"slots":4,"expected_at":"2026-…Z"`; what is not known as null.
void append_queue_place(std::string& out, const queue_place& p);
// Appends `,"name":"2026-…Z"`; a zero time as null.
void append_time(std::string& out, std::string_view name, base::sys_time t);
// Appends `,"fraction":0.25` when there is one.
void append_fraction(std::string& out, double fraction);

}  // namespace streamdemo::gateway
