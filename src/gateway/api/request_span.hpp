// The span of one request of a client, with the semantic conventions of HTTP servers: from the parsed head to the
// answer. A stream's span ends when the stream begins, since that may stay open for an hour.
#pragma once
#include <streamdemo/http/stream.hpp>
#include <streamdemo/tracing/tracer.hpp>

#include "gateway/api/call.hpp"

namespace streamdemo::gateway {

class request_span {
 public:
  // `from`: what the client says of its trace; afterwards, of this request. nullptr: it is not recorded.
  static tracing::span_ptr begin(tracing::tracer& t, const base::clock& clock, request_origin& from);

  // `s`: from begin(). `t`, `clock` and `r` outlive it.
  request_span(tracing::tracer& t, const base::clock& clock, tracing::span_ptr s, const http::request& r,
               std::string_view route, std::string_view peer);
  // Without an answer, the request was given up.
  ~request_span();
  request_span(const request_span&) = delete;
  request_span& operator=(const request_span&) = delete;

  void answered(const http::reply& r);

 private:
  tracing::tracer& tracer_;
  const base::clock& clock_;
  tracing::span_ptr span_;
};

}  // namespace streamdemo::gateway
