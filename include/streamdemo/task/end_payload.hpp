// What an `ended` record carries: {"status": …}, and where it is not "succeeded" why: {"error": {"message": …}}.
// Pure, thread-safe.
#pragma once
#include <streamdemo/task/vocabulary.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::task {

// `message`: a sentence for the client, UTF-8.
std::string end_payload(status how, std::string_view message);

// nullopt: it is no JSON object, or its "status" is not one that a task can end with.
std::optional<status> end_status(std::string_view payload);

}  // namespace streamdemo::task
