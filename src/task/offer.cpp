#include <streamdemo/base/json.hpp>
#include <streamdemo/base/json_tree.hpp>
#include <streamdemo/task/offer.hpp>

namespace streamdemo::task {

namespace {

namespace json = boost::json;

constexpr std::size_t max_offer_bytes = 256 * 1024;
constexpr std::size_t max_depth = 32;  // ours are 3 deep; others may say more, which is passed over
constexpr std::int64_t max_slots = 1'000'000;
constexpr std::size_t max_kinds = 1000;  // their sum is a 32-bit number
constexpr std::int64_t max_partition = 1'000'000;

void append_counts(std::string& out, const slot_counts& c) {
  out += R"("free":)" + std::to_string(c.free) + R"(,"running":)" + std::to_string(c.running);
}

// Reads members and keeps the first error; later calls are harmless after one.
class offer_reader {
 public:
  slot_counts counts(const json::object& from, bool mandatory) {
    return {static_cast<std::uint32_t>(number(from.if_contains("free"), "free", mandatory)),
            static_cast<std::uint32_t>(number(from.if_contains("running"), "running", false))};
  }

  slot_counts counts_of_kind(const json::object& from) {
    auto c = counts(from, true);
    c.at_once = static_cast<std::uint32_t>(number(from.if_contains("at_once"), "at_once", false));
    return c;
  }

  void kinds(const json::value* from, offer& o) {
    if (from == nullptr || !from->is_object()) return complain("kinds", "is no object");
    if (from->get_object().size() > max_kinds) return complain("kinds", "has too many members");
    for (const auto& [kind, value] : from->get_object()) {
      if (!is_kind(kind) || !value.is_object()) return complain("kinds", "has a member that is no kind or no object");
      o.kinds.emplace(kind, counts_of_kind(value.get_object()));
    }
  }

  void partitions(const json::value* from, offer& o) {
    if (from == nullptr || !from->is_object()) return complain("partitions", "is no object");
    for (const auto& [topic, value] : from->get_object()) {
      if (!value.is_array()) return complain("partitions", "has a member that is no array");
      auto& of_topic = o.partitions[topic];
      for (const auto& p : value.get_array()) {
        of_topic.push_back(static_cast<std::int32_t>(whole(&p, "partitions", max_partition)));
      }
    }
  }

  const std::string& problem() const { return problem_; }

 private:
  std::int64_t number(const json::value* v, std::string_view name, bool mandatory) {
    if (v == nullptr && !mandatory) return 0;
    return whole(v, name, max_slots);
  }

  std::int64_t whole(const json::value* v, std::string_view name, std::int64_t most) {
    json::error_code ec;
    const auto n = v == nullptr || !v->is_number() ? -1 : v->to_number<std::int64_t>(ec);
    if (!ec && n >= 0 && n <= most) return n;
    complain(name, "is no whole number up to a million");
    return 0;
  }

  void complain(std::string_view name, std::string_view what) {
    if (problem_.empty()) problem_ = fmt::format("\"{}\" {}", name, what);
  }

  std::string problem_;
};

}  // namespace

std::string offer_payload(const offer& o) {
  std::string out = o.draining ? R"({"draining":true,)" : R"({"draining":false,)";
  append_counts(out, o.slots);
  out += R"(,"kinds":{)";
  const char* between = "";
  for (const auto& [kind, counts] : o.kinds) {
    out += std::exchange(between, ",") + base::json_string(kind) + ":{";
    append_counts(out, counts);
    if (counts.at_once != 0) out += R"(,"at_once":)" + std::to_string(counts.at_once);
    out += '}';
  }
  out += R"(},"partitions":{)";
  between = "";
  for (const auto& [topic, partitions] : o.partitions) {
    out += std::exchange(between, ",") + base::json_string(topic) + fmt::format(":[{}]", fmt::join(partitions, ","));
  }
  return out + "}}";
}

result<offer> parse_offer(std::string_view payload) {
  if (payload.size() > max_offer_bytes) return error{errc::corrupt, "the offer is too long"};
  const auto value = base::parse_json_tree(payload, max_depth);
  if (!value) return error{errc::corrupt, "the offer " + value.error().message};
  if (!value->is_object()) return error{errc::corrupt, "the offer is no JSON object"};
  const auto& members = value->get_object();
  offer o;
  offer_reader r;
  if (const auto* d = members.if_contains("draining")) o.draining = d->is_bool() && d->get_bool();
  r.kinds(members.if_contains("kinds"), o);
  r.partitions(members.if_contains("partitions"), o);
  o.slots = r.counts(members, false);
  if (!members.contains("free")) {
    o.slots = {};
    for (const auto& [kind, c] : o.kinds) o.slots = {o.slots.free + c.free, o.slots.running + c.running};
  }
  if (!r.problem().empty()) return error{errc::corrupt, "the offer's " + r.problem()};
  return o;
}

}  // namespace streamdemo::task
