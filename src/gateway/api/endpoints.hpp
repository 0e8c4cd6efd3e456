// Every endpoint, one per file of the same name. Each runs on the loop of its connection; `a` outlives it.
#pragma once
#include <streamdemo/http/stream.hpp>

#include "gateway/api/core.hpp"

namespace streamdemo::gateway::endpoints {

using answering = base::awaitable<http::reply>;

answering submit(core& a, http::request& r);
answering submit_ws(core& a, http::request& r);
answering stream(core& a, http::request& r);
answering results(core& a, http::request& r);
answering task(core& a, http::request& r);
answering events(core& a, http::request& r);
answering timeline(core& a, http::request& r);
answering tasks(core& a, http::request& r);
answering cancel(core& a, http::request& r);
answering artifacts(core& a, http::request& r);
answering kinds(core& a, http::request& r);
answering page(core& a, http::request& r);

}  // namespace streamdemo::gateway::endpoints
