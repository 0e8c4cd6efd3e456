// The load client: opens many streams, or polls, against a server on 127.0.0.1 and says as one line of JSON what that
// cost the server. It knows nothing of the server but its sockets and its process id, so that the product and the bare
// epoll server are measured by the same eyes.
//
//   load_client PORT PID idle  sse|ws CLIENTS
//   load_client PORT PID each  sse|ws CLIENTS RESULTS INTERVAL_MS
//   load_client PORT PID burst sse|ws CLIENTS RESULTS
//   load_client PORT PID poll  CONNECTIONS REQUESTS
//   load_client PORT PID slow  RESULTS PAYLOAD_BYTES with|without
//   load_client PORT PID tasks CLIENTS SECONDS [RESULTS INTERVAL_MS [sse|ws]]
//
// A token in LOAD_TOKEN is shown with every request. The server must run one task at a time, but for `tasks`: a task
// that waits holds the next one back until the clients are there.
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <thread>

#include "bench/load/crowd.hpp"
#include "bench/load/http_call.hpp"
#include "bench/load/process.hpp"
#include "bench/load/task_swarm.hpp"

using namespace bench;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

constexpr int blocker_ms = 600000;

struct server {
  std::uint16_t port;
  pid_t pid;
};

double seconds_since(steady::time_point t) {
  return std::chrono::duration<double>(steady::now() - t).count();
}

// Waits until the server has done what it had to do.
void settle(const server& s) {
  std::uint64_t before = cpu_ns(s.pid);
  for (int i = 0; i < 100; ++i) {
    std::this_thread::sleep_for(200ms);
    const std::uint64_t now = cpu_ns(s.pid);
    if (now - before < 4000000) return;
    before = now;
  }
}

// A task that runs for as long as it is not canceled. The server runs one at a time, so whatever is submitted once this
// one has its first result waits: a task that began before its clients were there would be half delivered, for free, by
// the time that the measuring starts.
std::string submit_blocker(const server& s) {
  const std::string id = submit(s.port, 2, blocker_ms, 10);
  crowd follower{s.port};
  follower.join(id, false, 1);
  if (!follower.read_until([&] { return follower.all_have(1); }, 30s))
    fail("the task that holds the others did not run");
  return id;
}

// All clients have `accepted` and nothing else.
void must_wait(crowd& all) {
  all.read_until([] { return false; }, 0ms);
  if (all.events() != all.size()) fail("the task began before its clients were there, and before the measuring");
}

void idle(const server& s, bool websocket, std::size_t clients) {
  const std::string id = submit(s.port, 2, blocker_ms, 10);
  {
    // Whatever is made once is made now.
    crowd first{s.port};
    first.join(id, websocket, 100);
  }
  settle(s);
  const std::uint64_t before = anonymous_bytes(s.pid);
  crowd all{s.port};
  all.join(id, websocket, clients);
  settle(s);
  const std::uint64_t after = anonymous_bytes(s.pid);
  const std::uint64_t cpu = cpu_ns(s.pid);
  all.read_until([] { return false; }, 2000ms);
  const double idle_cpu = static_cast<double>(cpu_ns(s.pid) - cpu) / 2e9;
  std::printf("{\"bytes_per_connection\":%.0f,\"idle_cpu\":%.4f}\n",
              (static_cast<double>(after) - static_cast<double>(before)) / static_cast<double>(clients), idle_cpu);
  all.leave();
  cancel(s.port, id);
}

void deliver(const server& s, bool websocket, std::size_t clients, int results, int interval_ms) {
  const std::string blocker = submit_blocker(s);
  // The end of a stream costs too; it is kept out of the measure where events are few.
  const int extra = interval_ms > 0 ? 100000 : 0;
  const std::string id = submit(s.port, results + extra, interval_ms, 10);
  crowd all{s.port};
  all.join(id, websocket, clients);
  settle(s);
  must_wait(all);
  const std::uint64_t events_before = all.events();
  const std::uint64_t bytes_before = all.bytes();
  const std::uint64_t cpu_before = cpu_ns(s.pid);
  const auto start = steady::now();
  cancel(s.port, blocker);
  const auto target = static_cast<std::uint64_t>(results);
  if (!all.read_until([&] { return all.all_have(target); }, 300s))
    fail("not every client got every event within 300 s");
  const double wall = seconds_since(start);
  const double cpu = static_cast<double>(cpu_ns(s.pid) - cpu_before) / 1e9;
  const auto delivered = static_cast<double>(all.results());
  const auto events = static_cast<double>(all.events() - events_before);
  std::printf(
      "{\"us_per_result\":%.3f,\"events_per_core\":%.0f,\"bytes_per_result\":%.1f,\"events_per_result\":%.2f,"
      "\"events\":%.0f,\"cpu\":%.3f,\"wall\":%.3f}\n",
      cpu * 1e6 / delivered, events / cpu, static_cast<double>(all.bytes() - bytes_before) / delivered,
      events / delivered, events, cpu, wall);
  all.leave();
  cancel(s.port, id);
}

// Each connection asks again as soon as it is answered.
void poll_task(const server& s, int connections, long requests) {
  const std::string blocker = submit_blocker(s);
  const std::string request =
      "GET /api/tasks/" + blocker + "?after=2 HTTP/1.1\r\nHost: localhost\r\n" + authorization() + "\r\n";
  std::vector<pollfd> sockets;
  for (int i = 0; i < connections; ++i) sockets.push_back({connect_to(s.port), POLLIN, 0});
  std::vector<char> room(65536);
  std::size_t answer_bytes = 0;
  const auto round = [&](long count) {
    long sent = 0;
    long answered = 0;
    for (const pollfd& p : sockets) {
      send_all(p.fd, request);
      ++sent;
    }
    while (answered < sent) {
      if (::poll(sockets.data(), sockets.size(), 30000) <= 0) fail("no answer to a poll within 30 s");
      for (const pollfd& p : sockets) {
        if (p.revents == 0) continue;
        const ssize_t n = ::recv(p.fd, room.data(), room.size(), 0);
        if (n <= 0) fail("a poll's connection was closed");
        if (std::memcmp(room.data(), "HTTP/1.1 200", 12) != 0) fail("a poll was not answered with 200");
        answer_bytes = static_cast<std::size_t>(n);
        ++answered;
        if (sent < count) {
          send_all(p.fd, request);
          ++sent;
        }
      }
    }
    return answered;
  };
  round(1000);
  settle(s);
  const std::uint64_t before = cpu_ns(s.pid);
  const long answered = round(requests);
  const double cpu = static_cast<double>(cpu_ns(s.pid) - before) / 1e3;
  std::printf("{\"us_per_poll\":%.3f,\"answer_bytes\":%zu}\n", cpu / static_cast<double>(answered), answer_bytes);
  for (const pollfd& p : sockets) ::close(p.fd);
  cancel(s.port, blocker);
}

double percentile(std::vector<double>& values, double p) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1))];
}

// Reads 1 KB each second, until it is let go; then to the end of its stream.
class slow_reader {
 public:
  slow_reader(const server& s, const std::string& id) : fd_(connect_to(s.port, 4096)), thread_([this] { read(); }) {
    send_all(fd_, stream_request(id, false));
  }
  // Reads on to the end of the stream.
  const event_counter& finish() {
    hurry_ = true;
    thread_.join();
    ::close(fd_);
    return counter_;
  }

 private:
  void read() {
    std::vector<char> room(65536);
    while (!counter_.ended()) {
      const ssize_t n = ::recv(fd_, room.data(), hurry_ ? room.size() : 256, 0);
      if (n <= 0) return;
      counter_.feed({room.data(), static_cast<std::size_t>(n)});
      if (!hurry_) std::this_thread::sleep_for(250ms);
    }
  }
  int fd_;
  std::atomic<bool> hurry_{false};
  event_counter counter_{false};
  std::thread thread_;
};

void slow(const server& s, int results, int payload_bytes, bool with_slow) {
  const std::string blocker = submit_blocker(s);
  // As fast as the others can follow: what they cannot take would be their own lag, not the slow one's doing.
  const std::string id = submit(s.port, results, 1, payload_bytes);
  crowd fast{s.port};
  fast.keep_delays();
  fast.join(id, false, 4);
  std::unique_ptr<slow_reader> slow;
  if (with_slow) slow = std::make_unique<slow_reader>(s, id);
  settle(s);
  must_wait(fast);
  const std::uint64_t before = anonymous_bytes(s.pid);
  std::uint64_t most = before;
  cancel(s.port, blocker);
  auto looked = steady::now();
  const auto done = [&] {
    if (steady::now() - looked > 50ms) {
      most = std::max(most, anonymous_bytes(s.pid));
      looked = steady::now();
    }
    return fast.all_ended();
  };
  if (!fast.read_until(done, 300s)) fail("the task beside the slow reader did not end within 300 s");
  most = std::max(most, anonymous_bytes(s.pid));
  const auto* late = slow ? &slow->finish() : nullptr;
  const bool gap = late != nullptr && late->saw_gap() && late->ended();
  const bool late_has_all =
      late != nullptr && !late->saw_gap() && late->ended() && late->results() == static_cast<std::uint64_t>(results);
  std::vector<double>& delays = fast.delays();
  const std::size_t count = delays.size();
  const bool complete = fast.all_have(static_cast<std::uint64_t>(results));
  std::printf(
      "{\"grown_mib\":%.1f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"delays\":%zu,\"complete\":%s,\"gap\":%s,"
      "\"slow_complete\":%s}\n",
      static_cast<double>(most - before) / 1048576, percentile(delays, 0.5), percentile(delays, 0.99), count,
      complete ? "true" : "false", gap ? "true" : "false", late_has_all ? "true" : "false");
}

// Each client does one task after the other, on a connection each.
void tasks(const server& s, std::size_t clients, std::chrono::seconds time, int results, int interval_ms,
           bool websocket) {
  task_swarm all{s.port, clients, websocket,
                 "{\"results\":" + std::to_string(results) + ",\"interval_ms\":" + std::to_string(interval_ms) + "}",
                 static_cast<std::uint64_t>(results)};
  all.work_for(time / 4);
  const auto warm_up = all.tasks();
  all.reset();
  const std::uint64_t cpu_before = cpu_ns(s.pid);
  const auto start = steady::now();
  all.work_for(time);
  const double wall = seconds_since(start);
  const auto done = static_cast<double>(all.tasks());
  const double cpu = static_cast<double>(cpu_ns(s.pid) - cpu_before) / 1e3;
  std::printf(
      "{\"tasks\":%.0f,\"tasks_per_second\":%.1f,\"server_us_per_task\":%.1f,\"delay_p50_ms\":%.3f,"
      "\"delay_p99_ms\":%.3f,\"task_p50_ms\":%.3f,\"task_p99_ms\":%.3f,",
      done, done / wall, done > 0 ? cpu / done : 0, percentile(all.delays(), 0.5), percentile(all.delays(), 0.99),
      percentile(all.durations(), 0.5), percentile(all.durations(), 0.99));
  if (!all.finish(30s)) fail("some tasks did not end within 30 s");
  std::printf("\"tasks_in_all\":%.0f}\n", static_cast<double>(warm_up + all.tasks()));
}

bool is_websocket(const char* word) {
  return std::strcmp(word, "ws") == 0;
}

}  // namespace

int main(int argc, char** argv) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  if (argc < 5) fail("usage: see the head of tests/bench/load_client.cpp");
  const server s{static_cast<std::uint16_t>(std::atoi(argv[1])), static_cast<pid_t>(std::atoi(argv[2]))};
  const std::string scenario = argv[3];
  const auto number = [&](int i) { return i < argc ? std::atol(argv[i]) : 0; };
  if (scenario == "idle") {
    idle(s, is_websocket(argv[4]), static_cast<std::size_t>(number(5)));
  } else if (scenario == "each") {
    deliver(s, is_websocket(argv[4]), static_cast<std::size_t>(number(5)), static_cast<int>(number(6)),
            static_cast<int>(number(7)));
  } else if (scenario == "burst") {
    deliver(s, is_websocket(argv[4]), static_cast<std::size_t>(number(5)), static_cast<int>(number(6)), 0);
  } else if (scenario == "poll") {
    poll_task(s, static_cast<int>(number(4)), number(5));
  } else if (scenario == "slow") {
    slow(s, static_cast<int>(number(4)), static_cast<int>(number(5)), argc > 6 && std::strcmp(argv[6], "with") == 0);
  } else if (scenario == "tasks") {
    tasks(s, static_cast<std::size_t>(number(4)), std::chrono::seconds(number(5)),
          argc > 6 ? static_cast<int>(number(6)) : 1, static_cast<int>(number(7)), argc <= 8 || is_websocket(argv[8]));
  } else {
    fail("unknown scenario " + scenario);
  }
}
