#include "processor/dead_letter.hpp"

namespace streamdemo::processor {

namespace {

constexpr std::string_view prefix = "__dlq.errors.";

}  // namespace

base::record dead_letter_of(const base::record& request, const dead_letter_facts& facts) {
  auto r = dead_letter_without_content(request, facts);
  r.key = request.key;
  for (const auto h : request.headers) {
    if (!h.name.starts_with(prefix)) r.headers.add(h.name, h.value);
  }
  r.value = request.value;
  return r;
}

base::record dead_letter_without_content(const base::record& request, const dead_letter_facts& facts) {
  base::record r;
  r.topic = facts.topic;
  r.partition = request.partition;
  const auto add = [&r](std::string_view name, std::string_view value) {
    r.headers.add(std::string(prefix).append(name), value);
  };
  add("topic", request.topic);
  add("partition", std::to_string(request.partition));
  add("offset", std::to_string(request.offset));
  add("group", facts.group);
  add("delivery.count", std::to_string(facts.deliveries));
  add("message", facts.reason);
  return r;
}

}  // namespace streamdemo::processor
