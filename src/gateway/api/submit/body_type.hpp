// What the body of a submission is, by its kind and media type. Pure.
#pragma once
#include <streamdemo/gateway/api/kind_info.hpp>

#include <string_view>

#include "gateway/api/problem.hpp"

namespace streamdemo::gateway {

enum class body_type { json, upload };

// `host`: for the curl line that a refusal (415) gives. `empty`: there is no body at all.
checked<body_type> body_type_of(const kind_info& kind, std::string_view content_type, bool empty,
                                std::string_view host);

}  // namespace streamdemo::gateway
