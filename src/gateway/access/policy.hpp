// Who may do what with which task. Every operation is asked about here, and nowhere else. Pure.
#pragma once
#include "gateway/access/principal.hpp"

namespace streamdemo::gateway {

enum class action {
  open,    // for everyone: the page and its descriptions
  greet,   // for everyone: a socket on which one says who one is
  look,    // for every principal: what kinds there are, who one is
  list,    // the tasks that one may read
  submit,  // a task of a kind
  read,    // a task's events, results and files
  cancel,  // a task
  forget,  // a task's data
  ticket,  // a ticket that reads one task
};

// What one must have for it; nullopt: no scope.
std::optional<scope> needed_scope(action a) noexcept;

// The action at all, on whatever task: known before there is one.
bool may(const principal& p, action a) noexcept;
// To submit a task of that kind.
bool may_have(const principal& p, std::string_view kind) noexcept;

// Whose tasks it has to do with: its own, and an administrator everybody's. A task without an owner, from before there
// were any, is the administrator's alone.
bool is_over(const principal& p, std::string_view owner) noexcept;

struct owned_task {
  std::string_view id;
  std::string_view owner;
  std::string_view kind;
};
// Whether the task exists for it. What does not is answered exactly as an id that nobody has.
bool sees(const principal& p, const owned_task& t) noexcept;

}  // namespace streamdemo::gateway
