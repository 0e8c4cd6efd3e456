// Reads a corpus of tests/tokens/corpus.py and prints a JSON object: a case's name, and "good" or why it is not.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <fstream>
#include <iostream>
#include <iterator>

#include "gateway/access/jwt.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto corpus = boost::json::parse(text);
  jwt_rules rules{.issuer = boost::json::value_to<std::string>(corpus.at("issuer")),
                  .audience = {boost::json::value_to<std::string>(corpus.at("audience"))},
                  .algorithms = {},
                  .types = {"at+jwt"},
                  .leeway = std::chrono::seconds(60)};
  for (const auto& a : boost::json::value_to<std::vector<std::string>>(corpus.at("algorithms"))) {
    rules.algorithms.push_back(base::parse_signature_algorithm(a).value());
  }
  const auto keys = parse_jwk_set(boost::json::serialize(corpus.at("jwks")));
  if (!keys) {
    std::cerr << keys.error().message << '\n';
    return 1;
  }
  boost::json::object verdicts;
  for (const auto& one : corpus.at("cases").as_array()) {
    const auto token = boost::json::value_to<std::string>(one.at("token"));
    const auto read = read_jwt(token);
    const auto judged =
        read ? judge_jwt(*read, rules, *keys, base::system_clock().now()) : jwt_result<principal_ptr>(read.error());
    verdicts[one.at("name").as_string()] = judged ? "good" : to_string(judged.error());
  }
  std::cout << boost::json::serialize(verdicts) << '\n';
}
