// What all transfers by libcurl have in common, whoever makes them: which ways they may take, and that they hold nobody
// up. Handles are a CURL*, which is a void*. Any thread.
#pragma once
#include <streamdemo/base/error.hpp>

#include <atomic>
#include <string>
#include <string_view>

namespace streamdemo::base {

// Call it before anything else of libcurl.
void use_curl();

// Prepares a new handle, or one that was reset, for an address:
// - the protocol is that of the address, http or https, with TLS 1.2 or later and a certificate that is good for the
//   host by the system's authorities. Redirections are not followed;
// - proxies are those of the environment, but there is none for an address on this machine, which no proxy can reach;
// - no child process inherits the socket, no signal is used, and a resolver that hangs holds nobody up.
// Bounds on time and size are the caller's. `why`: CURL_ERROR_SIZE bytes for what goes wrong, as long as the handle.
void prepare_transfer(void* easy, const std::string& url, char* why);

// Only the authorities in this file (PEM) count, not the system's; it is read for each new connection. Empty: the
// system's do.
void trust_only(void* easy, const std::string& ca_file);
// Error: invalid_argument, the file cannot be read; `correct` names what says it. Empty: there is none to read.
result<void> check_authorities(const std::string& ca_file, std::string_view correct);

// The transfer is given up once `ending`, which outlives the handle, is true.
void give_up_with(void* easy, const std::atomic<bool>& ending);

// Whether the host of an address is localhost or a loopback address.
bool is_on_this_machine(std::string_view url);

}  // namespace streamdemo::base
