// The stream sessions alone, behind as little else as possible: shows what they cost without histories, bus and router.
//
//   hub_server EVENT_BYTES POLL_BYTES     prints its port
#include <sys/resource.h>

#include <boost/asio/ip/tcp.hpp>
#include <cstdio>
#include <cstdlib>
#include <unordered_map>

#include "bench/mini_api.hpp"
#include "http/stream/stream_hub.hpp"
#include "http/timer_wheel.hpp"

using namespace streamdemo;

namespace {

struct entry {
  std::shared_ptr<const std::string> text;
  std::size_t json_at;
};

class hub_server;

// Follows one task.
class follower final : public http::stream_source {
 public:
  follower(hub_server& server, std::uint32_t task, bool websocket)
      : server_(server), task_(task), websocket_(websocket) {}
  ~follower() override;

  void attach(http::stream_sink& sink) override;
  http::stream_state pull(std::vector<http::piece>& out, std::size_t max_bytes) override;
  http::stream_end finish() override { return {}; }
  std::string_view heartbeat() const override { return ":\n\n"; }
  void drain() override {}
  void wake() { sink_->wake(); }

 private:
  friend class hub_server;
  hub_server& server_;
  http::stream_sink* sink_ = nullptr;
  std::uint32_t task_;
  std::uint32_t index_ = 0;
  std::uint32_t cursor_ = 0;
  bool websocket_;
};

class hub_server {
 public:
  hub_server(std::size_t event_bytes, std::size_t poll_bytes)
      : api_(event_bytes, poll_bytes),
        wheel_(std::chrono::steady_clock::now()),
        metrics_(registry_, "bench"),
        log_("bench"),
        hub_(context_.get_executor(), wheel_, {}, metrics_, log_, {[] {}, {}, &std::chrono::steady_clock::now}),
        acceptor_(context_.get_executor(), {asio::ip::address_v4::loopback(), 0}),
        tick_(context_.get_executor()),
        next_(context_.get_executor()) {
    acceptor_.listen(4096);
  }

  void run() {
    std::printf("%d\n", acceptor_.local_endpoint().port());
    std::fflush(stdout);
    accept();
    tick();
    context_.run();
  }

  std::vector<follower*>& followers(std::uint32_t task) { return followers_[task]; }
  const entry& made(std::uint32_t n) {
    while (made_.size() <= n) {
      const int seq = static_cast<int>(made_.size()) + 1;
      const char* type = seq == 1 ? "accepted" : "result";
      auto text = std::make_shared<const std::string>(api_.sse(seq, type));
      const std::size_t at = text->size() - 2 - api_.json(seq, type).size();
      made_.push_back({std::move(text), at});
    }
    return made_[n];
  }
  bench::mini_api& api() { return api_; }

 private:
  void accept() {
    acceptor_.async_accept([this](const boost::system::error_code& ec, base::tcp_socket s) {
      if (!ec) {
        s.set_option(asio::socket_base::send_buffer_size(65536));
        // A socket of its own until it streams; then only its stream session is left.
        const auto waiting = std::make_shared<base::tcp_socket>(std::move(s));
        waiting->async_wait(base::tcp_socket::wait_read, [this, waiting](const boost::system::error_code& failed) {
          if (!failed) answer(std::move(*waiting));
        });
      }
      accept();
    });
  }

  void answer(base::tcp_socket s) {
    char room[8192];
    boost::system::error_code ec;
    const std::size_t n = s.read_some(asio::buffer(room), ec);
    if (ec) return;
    const std::string_view request{room, n};
    const std::size_t target = request.find(' ') + 1;
    const std::string_view path = request.substr(target, request.find(' ', target) - target);
    const auto send = [&](std::string_view text) { asio::write(s, asio::buffer(text), ec); };
    if (request.starts_with("POST")) {
      send(path.ends_with("/cancel") ? api_.cancel(path) : api_.submit(request));
      next_.expires_at(std::chrono::steady_clock::now());
      return publish();
    }
    const auto task = static_cast<std::uint32_t>(bench::mini_api::id_in(path));
    if (request.find("Upgrade: websocket") != std::string_view::npos) {
      send(bench::mini_api::websocket_head());
      hub_.start_websocket(std::move(s), {}, std::make_unique<follower>(*this, task, true));
    } else {
      send(bench::mini_api::sse_head());
      hub_.start_http(std::move(s), {}, http::body_framing::chunked, std::make_unique<follower>(*this, task, false));
    }
  }

  void tick() {
    tick_.expires_after(wheel_.tick());
    tick_.async_wait([this](const boost::system::error_code&) {
      wheel_.advance(std::chrono::steady_clock::now());
      tick();
    });
  }

  // One event each interval; without one, ten at a time, as a bus hands over records that come quickly.
  void publish() {
    const int current = api_.current();
    if (current < 0) return;
    bench::mini_task& t = api_.task(static_cast<std::size_t>(current));
    if (t.published >= t.results) return;
    t.published = std::min(t.results, t.published + (t.interval_ms > 0 ? 1 : 10));
    for (follower* f : followers_[static_cast<std::uint32_t>(current)]) f->wake();
    next_.expires_at(next_.expiry() + std::chrono::milliseconds{t.interval_ms});
    next_.async_wait([this](const boost::system::error_code& ec) {
      if (!ec) publish();
    });
  }

  bench::mini_api api_;
  asio::io_context context_{1};
  http::timer_wheel wheel_;
  base::metrics registry_;
  http::stream_metrics metrics_;
  base::logger log_;
  std::unordered_map<std::uint32_t, std::vector<follower*>> followers_;
  std::vector<entry> made_;
  http::stream_hub hub_;
  base::tcp_acceptor acceptor_;
  base::timer tick_;
  base::timer next_;
};

follower::~follower() {
  auto& all = server_.followers(task_);
  all[index_] = all.back();
  all[index_]->index_ = index_;
  all.pop_back();
}

void follower::attach(http::stream_sink& sink) {
  sink_ = &sink;
  index_ = static_cast<std::uint32_t>(server_.followers(task_).size());
  server_.followers(task_).push_back(this);
}

http::stream_state follower::pull(std::vector<http::piece>& out, std::size_t max_bytes) {
  const auto end = static_cast<std::uint32_t>(server_.api().task(task_).published) + 1;
  std::size_t bytes = 0;
  while (cursor_ < end && bytes < max_bytes) {
    const entry& e = server_.made(cursor_++);
    std::string_view text = *e.text;
    if (websocket_) text = text.substr(e.json_at, text.size() - e.json_at - 2);
    bytes += text.size();
    out.push_back({e.text, text});
  }
  return cursor_ < end ? http::stream_state::more : http::stream_state::wait;
}

}  // namespace

int main(int argc, char** argv) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  hub_server s{argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 250,
               argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 600};
  s.run();
}
