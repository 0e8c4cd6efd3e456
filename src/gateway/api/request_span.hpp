// The span of one request of a client, with the semantic conventions of HTTP servers: from the parsed head to the
// answer. A stream's span ends when the stream begins, since that may stay open for an hour.
#pragma once
#include <streamdemo/http/stream.hpp>
#include <streamdemo/tracing/tracer.hpp>

#include "gateway/api/call.hpp"

namespace streamdemo::gateway {

class request_span {
 public:
  // `t`, `clock` and `r` outlive it. `from`: what the client says of its trace; afterwards, of this request.
  request_span(tracing::tracer& t, const base::clock& clock, const http::request& r, std::string_view route,
               request_origin& from);
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
