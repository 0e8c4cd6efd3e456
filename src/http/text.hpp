// Small rules of HTTP's text: names without case, lists of tokens. Pure.
#pragma once
#include <streamdemo/http/message.hpp>

namespace streamdemo::http {

// ASCII only, as field names and tokens are.
bool same_name(std::string_view a, std::string_view b) noexcept;

// Whether the comma-separated list has the token, in any case.
bool has_token(std::string_view list, std::string_view token) noexcept;

std::string_view trim(std::string_view text) noexcept;

// The first field of that name; empty when there is none.
std::string_view find_field(const std::vector<field>& fields, std::string_view name) noexcept;

}  // namespace streamdemo::http
