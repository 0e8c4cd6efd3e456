// Small rules of HTTP's text: names without case, lists of tokens. Pure.
#pragma once
#include <streamdemo/base/text.hpp>
#include <streamdemo/http/message.hpp>

namespace streamdemo::http {

using base::same_word;  // field names and tokens have no case
using base::trim;

// Whether the comma-separated list has the token, in any case.
bool has_token(std::string_view list, std::string_view token) noexcept;

// The first field of that name; empty when there is none.
std::string_view find_field(const std::vector<field>& fields, std::string_view name) noexcept;

}  // namespace streamdemo::http
