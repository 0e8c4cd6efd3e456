// What an answer of S3 means, and when to try again. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/error.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::artifacts::s3 {

struct seen_answer {
  int status = 0;
  std::string_view code;     // of the error, as S3 names it; empty: unknown, as in answers without a body
  std::string_view message;  // of the error
  std::optional<base::milliseconds> behind;  // how far our clock is behind the server's
  bool of_object = true;                     // it was asked for an object, which may be missing
};

enum class step {
  done,       // it was carried out
  again,      // the server cannot do it now
  set_clock,  // it was signed for a wrong time
  new_key,    // the key is not, or no longer, valid
  give_up,    // another try would not help
};
step judge(const seen_answer& a);

// For an answer that is not `done`. `on`: the bucket and the key.
base::error error_of(const seen_answer& a, std::string_view on);

// How long to wait before try number `tries` + 1. `chance` in [0, 1) spreads those who wait.
base::milliseconds pause_after(int tries, double chance);

}  // namespace streamdemo::artifacts::s3
