// What a submission says, parsed and checked. Options of the task itself stand in the query (`deadline_ms`); the JSON
// object is the handler's payload, byte for byte. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/gateway/api/kind_info.hpp>
#include <streamdemo/http/message.hpp>

#include <optional>
#include <string>

#include "gateway/api/problem.hpp"

namespace streamdemo::gateway {

// `?deadline_ms=`, from 1 to `max`; nothing when there is none.
checked<std::optional<base::milliseconds>> deadline_option(const http::request& r, base::milliseconds max);
checked<base::milliseconds> parse_deadline(std::string_view text, base::milliseconds max);

// `Idempotency-Key`: 1 to 255 printable ASCII characters; empty when there is none.
checked<std::string> idempotency_key(const http::request& r);
checked<std::string> checked_key(std::string_view key);

// Whether a payload is what its kind takes; the same question whichever way it came. Refusal: invalid_input, with the
// JSON pointer of the first place that is not.
std::optional<refusal> wrong_input(const kind_info& kind, std::string_view payload);

// The payload of a JSON body: one object, `{}` if it is empty, as its kind takes it.
checked<std::string> json_payload(const kind_info& kind, std::string body);
// The same of what is known to be JSON already, or empty. Its kind has yet to be asked.
checked<std::string> payload_of_json(std::string json);

// A WebSocket's message: the same object, with `idempotency_key` as a member, which is no part of the payload.
struct submit_message {
  std::string payload;
  std::string key;  // empty: none
};
checked<submit_message> parse_submit_message(const kind_info& kind, std::string_view text);

// The payload of an upload: {"source":"upload","upload":name, and the options that stand in the query}. `options` is
// the part behind the name, which together with the content's hash tells whether two uploads are the same.
struct upload_options {
  std::string members;  // each begins with a comma
};
checked<upload_options> parse_upload_options(const upload_input& upload, const http::request& r);
std::string upload_payload(std::string_view name, const upload_options& o);

}  // namespace streamdemo::gateway
