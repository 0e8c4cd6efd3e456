#include "gateway/access/policy.hpp"

#include <algorithm>

namespace streamdemo::gateway {

std::optional<scope> needed_scope(action a) noexcept {
  switch (a) {
    case action::open:
    case action::greet:
    case action::look:
      return std::nullopt;
    case action::submit:
      return scope::submit;
    case action::list:
    case action::read:
    case action::ticket:
      return scope::read;
    case action::cancel:
    case action::forget:
      return scope::cancel;
  }
  return scope::admin;
}

bool may(const principal& p, action a) noexcept {
  const auto needed = needed_scope(a);
  return !needed || has_scope(p.may, *needed) || has_scope(p.may, scope::admin);
}

bool may_have(const principal& p, std::string_view kind) noexcept {
  return p.kinds.empty() || std::find(p.kinds.begin(), p.kinds.end(), kind) != p.kinds.end();
}

bool is_over(const principal& p, std::string_view owner) noexcept {
  return has_scope(p.may, scope::admin) || (!owner.empty() && owner == p.owner);
}

bool sees(const principal& p, const owned_task& t) noexcept {
  if (!p.only_task.empty() && p.only_task != t.id) return false;
  return may_have(p, t.kind) && is_over(p, t.owner);
}

}  // namespace streamdemo::gateway
