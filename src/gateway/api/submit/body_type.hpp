// What the body of a submission is, by its kind and media type. Pure.
#pragma once
#include <string_view>

#include "gateway/api/problem.hpp"

namespace streamdemo::gateway {

// The one kind whose body may be the input itself.
inline constexpr std::string_view video_kind = "process-video";

enum class body_type { json, video };

// `host`: for the curl line that a refusal (415) gives. `empty`: there is no body at all.
checked<body_type> body_type_of(std::string_view kind, std::string_view content_type, bool empty,
                                std::string_view host);

}  // namespace streamdemo::gateway
