#include "http/tcp_counters.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

namespace streamdemo::http {

namespace {

// The C library's tcp_info ends before the counters. In the kernel it continues like this (linux/tcp.h, which cannot be
// included together with the C library's header).
struct kernel_tcp_info {
  tcp_info known;
  std::uint64_t pacing_rate, max_pacing_rate, bytes_acked, bytes_received;
  std::uint32_t segs_out, segs_in, notsent_bytes, min_rtt, data_segs_in, data_segs_out;
  std::uint64_t delivery_rate, busy_time, rwnd_limited, sndbuf_limited;
  std::uint32_t delivered, delivered_ce;
  std::uint64_t bytes_sent, bytes_retrans;
};
static_assert(sizeof(tcp_info) == 104 && sizeof(kernel_tcp_info) == 216);

}  // namespace

wire_counts& wire_counts::operator+=(const wire_counts& other) noexcept {
  connections += other.connections;
  bytes_sent += other.bytes_sent;
  bytes_received += other.bytes_received;
  segments_sent += other.segments_sent;
  segments_received += other.segments_received;
  return *this;
}

wire_counts tcp_counters(int fd) noexcept {
  kernel_tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || size < sizeof info) return {};
  return {.connections = 1,
          .bytes_sent = info.bytes_sent - info.bytes_retrans,
          .bytes_received = info.bytes_received,
          .segments_sent = info.segs_out,
          .segments_received = info.segs_in};
}

}  // namespace streamdemo::http
