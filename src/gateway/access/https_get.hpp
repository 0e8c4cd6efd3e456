// One small document from an address that the configuration names. Blocks, so it is for a thread of its own.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/error.hpp>

#include <atomic>
#include <string>

namespace streamdemo::gateway {

// The body of a 200. Certificates, redirections and proxies are as base::prepare_transfer() says, `ca_file` as
// base::trust_only(): it is read anew each time. `ending`: turns true when nobody waits any more. Errors: unavailable,
// timed_out, too_large, canceled.
base::result<std::string> https_get(const std::string& url, const std::string& ca_file, std::size_t max_bytes,
                                    base::milliseconds timeout, const std::atomic<bool>& ending);

}  // namespace streamdemo::gateway
