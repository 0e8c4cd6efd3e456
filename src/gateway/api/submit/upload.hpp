// A file as the request's body: streamed into the artifact store piece by piece and hashed on the way; committed before
// the task is submitted. On the connection's loop.
#pragma once
#include "gateway/api/call.hpp"

namespace streamdemo::gateway {

struct received_upload {
  std::unique_ptr<upload_shares::share> share;  // of its owner; keep it until the task is accepted
  std::shared_ptr<artifacts::upload> file;      // committed, under the task's id; nullptr if `repeated`
  std::string payload;                          // for the handler
  std::string payload_hash;                     // of content and options
  bool repeated = false;  // an earlier submission with this id has the same content and is under way
};

// Checks the options, then stores the body under `request_id`. The file is removed again if it is refused, the client
// goes away, or nobody calls keep() on it. Refusals: too_large, bad_request (empty, cut), bad_option, key_reused,
// no_space, quota (the owner's uploads), timeout, unavailable (the task of the idempotency key is no longer known),
// internal.
base::awaitable<checked<received_upload>> receive_upload(const call& c, const kind_info& kind, std::string request_id);

}  // namespace streamdemo::gateway
