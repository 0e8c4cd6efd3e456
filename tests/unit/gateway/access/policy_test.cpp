#include "gateway/access/policy.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::gateway;

namespace {

principal alice() {
  principal p;
  p.issuer = "keys";
  p.subject = "alice";
  p.owner = owner_of(p.issuer, p.subject);
  p.may = static_cast<scopes>(scope::submit) | static_cast<scopes>(scope::read);
  return p;
}

owned_task task_of(const principal& p, std::string_view kind = "simulate") {
  return {.id = "one", .owner = p.owner, .kind = kind};
}

}  // namespace

TEST_CASE("an action needs its scope, and an administrator has all") {
  auto p = alice();
  CHECK(may(p, action::open));
  CHECK(may(p, action::look));
  CHECK(may(p, action::submit));
  CHECK(may(p, action::list));
  CHECK(may(p, action::read));
  CHECK_FALSE(may(p, action::cancel));
  p.may = static_cast<scopes>(scope::admin);
  for (const auto a : {action::list, action::submit, action::read, action::cancel, action::ticket}) CHECK(may(p, a));
}

TEST_CASE("nobody may do nothing that needs a scope") {
  for (const auto a : {action::list, action::submit, action::read, action::cancel, action::ticket}) {
    CHECK_FALSE(may(*nobody(), a));
    CHECK(may(*anyone(), a));
  }
}

TEST_CASE("a task is its owner's and the administrator's") {
  const auto p = alice();
  auto other = alice();
  other.owner = owner_of("keys", "bob");
  CHECK(sees(p, task_of(p)));
  CHECK_FALSE(sees(other, task_of(p)));
  other.may = static_cast<scopes>(scope::admin);
  CHECK(sees(other, task_of(p)));
  CHECK(sees(*anyone(), task_of(p)));
}

TEST_CASE("a task from before there were owners is the administrator's alone") {
  auto p = alice();
  CHECK_FALSE(sees(p, {.id = "one", .owner = {}, .kind = "simulate"}));
  p.owner.clear();
  CHECK_FALSE(sees(p, {.id = "one", .owner = {}, .kind = "simulate"}));
  p.may = static_cast<scopes>(scope::admin);
  CHECK(sees(p, {.id = "one", .owner = {}, .kind = "simulate"}));
}

TEST_CASE("kinds bound what one sees, for an administrator, too") {
  auto p = alice();
  p.kinds = {"simulate"};
  CHECK(may_have(p, "simulate"));
  CHECK_FALSE(may_have(p, "process-video"));
  CHECK(sees(p, task_of(p)));
  CHECK_FALSE(sees(p, task_of(p, "process-video")));
}

TEST_CASE("a ticket sees its task alone") {
  auto p = alice();
  p.only_task = "one";
  CHECK(sees(p, task_of(p)));
  p.only_task = "another";
  CHECK_FALSE(sees(p, task_of(p)));
}

TEST_CASE("owners are others for another issuer or subject, whatever stands where") {
  CHECK(owner_of("keys", "alice") == owner_of("keys", "alice"));
  CHECK(owner_of("keys", "alice").size() == 22);
  CHECK(owner_of("keys", "alice") != owner_of("keys", "bob"));
  CHECK(owner_of("keysa", "lice") != owner_of("keys", "alice"));
  CHECK(owner_of("", "keysalice") != owner_of("keys", "alice"));
}

TEST_CASE("scopes have names") {
  for (const auto s : {scope::submit, scope::read, scope::cancel, scope::admin}) CHECK(parse_scope(to_string(s)) == s);
  CHECK_FALSE(parse_scope("tasks:"));
  CHECK(to_string(all_scopes) == "tasks:submit tasks:read tasks:cancel tasks:admin");
}
