// Every endpoint, one per file of the same name (sign_in and sign_out are in session.cpp). Each runs on the loop of its
// connection; the call outlives it.
#pragma once
#include "gateway/api/call.hpp"

namespace streamdemo::gateway::endpoints {

answering submit(call& c);
answering submit_ws(call& c);
answering stream(call& c);
answering results(call& c);
answering task(call& c);
answering events(call& c);
answering timeline(call& c);
answering tasks(call& c);
answering cancel(call& c);
answering delete_task(call& c);
answering ticket(call& c);
answering artifacts(call& c);
answering session(call& c);
answering sign_in(call& c);
answering sign_out(call& c);
answering protected_resource(call& c);
answering kinds(call& c);
answering page(call& c);

}  // namespace streamdemo::gateway::endpoints
