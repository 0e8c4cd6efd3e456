#include "gateway/api/request_span.hpp"

#include <streamdemo/tracing/messaging.hpp>

namespace streamdemo::gateway {

namespace {

struct status_of {
  int operator()(const http::response& r) const noexcept { return r.status; }
  int operator()(const http::stream_reply&) const noexcept { return 200; }
  int operator()(const http::websocket_reply&) const noexcept { return 101; }
};

// "host:port", "[::1]:port", "host".
void set_server(tracing::span& s, std::string_view authority) {
  const auto colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  s.set("server.address", authority.substr(0, has_port ? colon : authority.size()));
  std::int64_t port = 0;
  for (const char c : has_port ? authority.substr(colon + 1, 5) : std::string_view{}) port = port * 10 + (c - '0');
  if (port > 0) s.set("server.port", port);
}

}  // namespace

tracing::span_ptr request_span::begin(tracing::tracer& t, const base::clock& clock, request_origin& from) {
  // Whoever sends no valid traceparent has no state of it either.
  if (!from.tracestate.empty() && !tracing::parse_traceparent(from.traceparent)) from.tracestate.clear();
  return t.begin(from.traceparent, tracing::span_kind::server, clock.now());
}

request_span::request_span(tracing::tracer& t, const base::clock& clock, tracing::span_ptr s, const http::request& r,
                           std::string_view route, std::string_view peer)
    : tracer_(t), clock_(clock), span_(std::move(s)) {
  const auto verb = http::to_string(r.verb);
  span_->name = std::string(verb) + ' ' + std::string(route);
  span_->set("http.request.method", verb);
  span_->set("http.route", route);
  // Not the query: it may have a ticket.
  span_->set("url.path", r.path);
  span_->set("url.scheme", "http");
  if (const auto host = r.authority(); !host.empty()) set_server(*span_, host);
  if (!peer.empty()) span_->set("client.address", peer);
  if (const auto agent = r.header("User-Agent"); !agent.empty()) span_->set("user_agent.original", agent);
  if (const auto id = r.param("id"); !id.empty()) span_->set(tracing::task_key, id);
  if (const auto kind = r.param("kind"); !kind.empty()) span_->set(tracing::kind_key, kind);
}

request_span::~request_span() {
  if (!span_) return;
  span_->set("error.type", "canceled");
  span_->fail("there was no answer: the client went away, or the gateway ended");
  tracer_.end(std::move(span_), clock_.now());
}

void request_span::answered(const http::reply& r) {
  if (!span_) return;
  const int status = std::visit(status_of{}, r);
  span_->set("http.response.status_code", status);
  if (status >= 500) {
    span_->set("error.type", std::to_string(status));
    span_->fail({});
  }
  tracer_.end(std::move(span_), clock_.now());
}

}  // namespace streamdemo::gateway
