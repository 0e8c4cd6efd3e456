// Where the text of an issuer's JWK Set comes from: a file, or an address that is asked on a thread of its own.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/error.hpp>

#include <memory>
#include <optional>
#include <string>

namespace streamdemo::gateway {

class key_feed {
 public:
  // Ends what is under way.
  virtual ~key_feed() = default;
  // Begins to get the text. Blocks for a small file at most. Any thread; not again before take() has given an answer.
  virtual void ask() = 0;
  // What came of it, once; nullopt: not yet. Any thread. Errors: not_found, io, unavailable, timed_out, too_large.
  virtual std::optional<base::result<std::string>> take() = 0;
  // After how long to ask again.
  virtual std::chrono::seconds period() const noexcept = 0;
};

// `where`: https://…, http:// of this machine, or a file. `ca_file`: of authorities for https; empty: the system's.
std::unique_ptr<key_feed> make_key_feed(const std::string& where, const std::string& ca_file);

}  // namespace streamdemo::gateway
