#include "app/data_command.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::app;

TEST_CASE("the table of a journal has a line for each partition and for what a group has completed there") {
  bus::journal_info info{.format = 1, .bytes = 1234, .open_by = {}, .topics = {}, .groups = {}};
  const base::sys_time then(std::chrono::seconds(1'700'000'000));
  info.topics.push_back({.name = "request", .partitions = {{.begin = 3, .end = 10, .newest = then}, {}}});
  info.groups.push_back({.group = "workers", .topic = "request", .partition = 0, .offset = 7, .at = then});
  const auto text = text_of(info);
  CHECK(text.starts_with("format 1, 1234 bytes, open by nobody\n"));
  CHECK(text.find(
            "request                                  0            3            9            7  2023-11-14T22:13:20") !=
        std::string::npos);
  // The other one is empty and always was.
  CHECK(text.find("request                                  1            -            -            0  -\n") !=
        std::string::npos);
  CHECK(text.find("workers                  request                                  0               7  2023-11-14T") !=
        std::string::npos);
  info.open_by = "process 7 on here";
  CHECK(text_of(info).find("open by process 7 on here\n") != std::string::npos);
}

TEST_CASE("a directory that is no journal ends with exit code 1") {
  for (const auto what : {data_command::what::info, data_command::what::check, data_command::what::compact}) {
    CHECK(run_data_command({.to_do = what, .directory = "/no/such/journal"}) == 1);
  }
}
