// What the gateways of one installation know together and nobody else: ids that clients cannot compute, and small texts
// that come back from a client as they were given out. Immutable, thread-safe.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::gateway {

class secrets {
 public:
  // `current` is empty where nobody is asked for a name: then ids are derived without it, as they were before there
  // were secrets, and nothing can be sealed. `earlier`: newest first.
  secrets(std::string current, std::vector<std::string> earlier);

  // The id of the task of that key; different owners have different tasks. The first is the one for a new task; the
  // others may be those of tasks from before the secret was changed.
  std::vector<std::string> derived_ids(std::string_view owner, std::string_view kind, std::string_view key) const;

  // `text` with a signature for that purpose, in characters that URLs and cookies take. Who has it can read the text.
  std::string seal(std::string_view purpose, std::string_view text) const;
  // The text; nullopt: it was not sealed for that purpose by any of the secrets.
  std::optional<std::string> open(std::string_view purpose, std::string_view sealed) const;

 private:
  std::vector<std::string> all_;  // the current one first
};

}  // namespace streamdemo::gateway
