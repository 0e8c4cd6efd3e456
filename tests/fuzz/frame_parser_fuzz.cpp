// libFuzzer target: any bytes, any limit, any cuts.
#include <cstdio>
#include <cstdlib>

#include "fuzz/frame_parser_check.hpp"

using namespace streamdemo::http::websocket;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  // The first bytes pick the limit and the cuts, so that the fuzzer can steer them too.
  std::mt19937 random{static_cast<std::uint32_t>(data[0] | (data[1] << 8))};
  const std::uint64_t limit = static_cast<std::uint64_t>(data[2] | (data[3] << 8));
  const std::string bytes{reinterpret_cast<const char*>(data) + 4, size - 4};
  const std::string fault = find_fault(bytes, limit, random);
  if (!fault.empty()) {
    std::fprintf(stderr, "%s\n", fault.c_str());
    std::abort();
  }
  return 0;
}
