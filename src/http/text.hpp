// Small functions for HTTP's text: case-insensitive names, lists of tokens. Pure.
#pragma once
#include <streamdemo/base/text.hpp>
#include <streamdemo/http/message.hpp>

namespace streamdemo::http {

using base::same_word;  // field names and tokens are case-insensitive
using base::trim;

// Whether the comma-separated list has the token, ignoring case.
bool has_token(std::string_view list, std::string_view token) noexcept;

// The value of the first field with that name; empty: there is none.
std::string_view find_field(const std::vector<field>& fields, std::string_view name) noexcept;

}  // namespace streamdemo::http
