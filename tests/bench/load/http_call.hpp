// Plain blocking HTTP calls to 127.0.0.1, each bounded in time; a failure ends the program with a message.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

[[noreturn]] void fail(const std::string& what);

// A blocking socket, connected; receive_buffer 0: the system's.
int connect_to(std::uint16_t port, int receive_buffer = 0);
void send_all(int fd, std::string_view bytes);

// The header of the token in LOAD_TOKEN, which every request shows; empty: there is none.
std::string authorization();

struct answer {
  int status = 0;
  std::string body;
  std::size_t bytes = 0;  // head and body
};
// One request on a connection of its own.
answer call(std::uint16_t port, const std::string& method, const std::string& target, const std::string& body = {});

// Submits a `simulate` task; its request_id.
std::string submit(std::uint16_t port, int results, int interval_ms, int payload_bytes);
void cancel(std::uint16_t port, const std::string& id);

// The request that opens a stream.
std::string stream_request(const std::string& id, bool websocket, long after = 0);

}  // namespace bench
