// The payload of an `ended` record: {"status": …}, and if that is not "succeeded" also {"error": {"message": …}}. Pure,
// thread-safe.
#pragma once
#include <streamdemo/task/vocabulary.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::task {

// `why`: a sentence for the client, UTF-8.
std::string end_payload(status how, std::string_view why);

// nullopt: it is not a JSON object, or its "status" is not one with which a task can end.
std::optional<status> end_status(std::string_view payload);

}  // namespace streamdemo::task
