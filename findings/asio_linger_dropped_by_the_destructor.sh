#!/usr/bin/env bash
# Boost.Asio 1.81 (Debian's libboost1.81-dev): SO_LINGER with a timeout of 0, set on a socket to reset a peer that takes
# nothing, has no effect when the socket is destroyed instead of closed by hand.
#
# What one expects: the option belongs to the socket, so its last close resets the connection, whoever makes it, and the
# kernel throws away what the peer has not taken.
# What happens: before the destructor closes a descriptor whose linger option was set through Asio, it sets the option
# back, so that it cannot block. The kernel then keeps the unsent bytes and the connection in FIN-WAIT-1 until the peer
# takes them or minutes have passed, and no descriptor of the program shows it: a server whose stalled clients cost it
# nothing by its own account. close() leaves the option as it is. So: close by hand whatever shall be reset.
#
# Seen with Debian 12, g++ 12.2:
#   libboost1.81-dev 1.81.0-5+deb12u1
#   Boost 1_81
#   destroyed: FIN-WAIT-1 with 45905 bytes; the peer then reads to an orderly end
#   close():   no connection is left; the peer then reads a reset
#
# Exits 0 while that is so, 1 when the destructor resets, too, 2 when it could not be tried.
set -euo pipefail
dpkg-query --show --showformat '${Package} ${Version}\n' libboost1.81-dev 2>/dev/null || true
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat >"$dir/linger.cpp" <<'CPP'
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/version.hpp>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>

namespace asio = boost::asio;
using asio::ip::tcp;

// The bytes that wait in FIN-WAIT-1 (04) at a local port, as /proc/net/tcp has them; -1: there is no such connection.
static long waiting_at(unsigned port) {
  std::ifstream table("/proc/net/tcp");
  char end[8];
  std::snprintf(end, sizeof end, ":%04X", port);
  for (std::string line; std::getline(table, line);) {
    std::istringstream words(line);
    std::string slot, local, remote, state, queues;
    words >> slot >> local >> remote >> state >> queues;
    if (local.ends_with(end) && state == "04") return std::stol(queues.substr(0, queues.find(':')), nullptr, 16);
  }
  return -1;
}

struct seen {
  long left_behind;
  bool reset;
};

static seen end_one(bool by_hand) {
  asio::io_context io;
  tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
  tcp::socket peer(io);
  peer.open(tcp::v4());
  peer.set_option(asio::socket_base::receive_buffer_size(4096));
  peer.connect(acceptor.local_endpoint());
  auto socket = std::make_unique<tcp::socket>(acceptor.accept());
  const std::string bytes(50000, 'x');
  socket->write_some(asio::buffer(bytes));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // the peer's window is full now
  socket->set_option(asio::socket_base::linger(true, 0));
  if (by_hand) socket->close();
  socket.reset();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  seen s{waiting_at(acceptor.local_endpoint().port()), false};
  boost::system::error_code ec;
  for (char piece[4096]; !ec;) peer.read_some(asio::buffer(piece), ec);
  s.reset = ec == asio::error::connection_reset;
  return s;
}

int main() {
  std::printf("Boost %s\n", BOOST_LIB_VERSION);
  const seen destroyed = end_one(false), closed = end_one(true);
  const auto tell = [](const char* how, const seen& s) {
    if (s.left_behind >= 0) std::printf("%s FIN-WAIT-1 with %ld bytes", how, s.left_behind);
    if (s.left_behind < 0) std::printf("%s no connection is left", how);
    std::printf("; the peer then reads %s\n", s.reset ? "a reset" : "to an orderly end");
  };
  tell("destroyed:", destroyed);
  tell("close():  ", closed);
  if (closed.left_behind >= 0 || !closed.reset) return 2;
  return destroyed.left_behind > 0 && !destroyed.reset ? 0 : 1;
}
CPP
g++ -std=c++20 -O1 "$dir/linger.cpp" -o "$dir/linger" || exit 2
"$dir/linger"
