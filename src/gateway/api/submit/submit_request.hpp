// Parses and checks a submission. Options of the task itself (`deadline_ms`) are in the query; the JSON object is the
// handler's payload, byte for byte. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/gateway/api/kind_info.hpp>
#include <streamdemo/http/message.hpp>

#include <optional>
#include <string>

#include "gateway/api/problem.hpp"

namespace streamdemo::gateway {

// `?deadline_ms=`, from 1 to `max`; nullopt when there is none.
checked<std::optional<base::milliseconds>> deadline_option(const http::request& r, base::milliseconds max);
checked<base::milliseconds> parse_deadline(std::string_view text, base::milliseconds max);

// `Idempotency-Key`: 1 to 255 printable ASCII characters; empty when there is none.
checked<std::string> idempotency_key(const http::request& r);
checked<std::string> checked_key(std::string_view key);

// Checks a payload against the input schema of its kind, whichever way it came. nullopt: it is valid. Refusal:
// invalid_input, with a JSON pointer to what is wrong.
std::optional<refusal> wrong_input(const kind_info& kind, std::string_view payload);

// The payload of a JSON body: one object, or `{}` if the body is empty, checked by wrong_input().
checked<std::string> json_payload(const kind_info& kind, std::string body);
// The same for text that is known to be valid JSON, or empty; without wrong_input().
checked<std::string> payload_of_json(std::string json);

// A message on the WebSocket /api/{kind}: the same object. Its member `idempotency_key`, if present, is taken out of
// the payload.
struct submit_message {
  std::string payload;
  std::string key;  // empty: none
};
checked<submit_message> parse_submit_message(const kind_info& kind, std::string_view text);

// The payload of an upload: {"source":"upload","upload":name, and the options that stand in the query}. `members` is
// the part after the name; together with the content's hash it tells whether two uploads are the same.
struct upload_options {
  std::string members;  // each begins with a comma
};
checked<upload_options> parse_upload_options(const upload_input& upload, const http::request& r);
std::string upload_payload(std::string_view name, const upload_options& o);

}  // namespace streamdemo::gateway
