#include "artifacts/s3/object_pages.hpp"

#include <doctest/doctest.h>

#include <streamdemo/base/id.hpp>

using namespace streamdemo;
using artifacts::s3::name_below;

TEST_CASE("the store's own objects have the id of a task and a plain name below their area") {
  const auto id = base::random_id();
  CHECK(name_below("p/files/", "p/files/" + id + "/clip.mp4") == id + "/clip.mp4");
  for (const auto& other :
       {"p/files/" + id, "p/files/" + id + "/", "p/files/" + id + "/a/b", std::string("p/files/task/clip.mp4"),
        "p/inputs/" + id + "/clip.mp4", "p/files/" + id + "/.hidden", std::string("p/fi"), std::string()}) {
    CHECK_MESSAGE(name_below("p/files/", other).empty(), other);
  }
}
