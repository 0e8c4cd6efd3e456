// A file that comes as the body: streamed into the artifact store piece by piece, hashed as it flows, synced before
// anybody hears of it. On the connection's loop.
#pragma once
#include "gateway/api/call.hpp"

namespace streamdemo::gateway {

struct received_upload {
  std::shared_ptr<artifacts::upload> file;  // committed, under the task's id; nullptr if `repeated`
  std::string payload;                      // for the handler
  std::string payload_hash;                 // of content and options
  bool repeated = false;                    // an earlier submission with this id has the same content and is under way
};

// Stores the body under `request_id`, once its options are found good. Nothing is left behind when it is refused, the
// client goes away, or nobody keeps the file. Refusals: too_large, bad_request (empty, cut), bad_option, key_reused,
// no_space, timeout, internal.
base::awaitable<checked<received_upload>> receive_upload(const call& c, const kind_info& kind, std::string request_id);

}  // namespace streamdemo::gateway
