// What the store has under the key of an event: its text, or, of a large one that shrinks, its text compressed. Pure.
//
// RocksDB compresses blocks, too, but only as it writes files: a write buffer is full by the bytes before that, and a
// file by those after it. Of large results that shrink well, each merge of a few small files would unpack and pack
// hundreds of MiB anew. Compressed once, before all that, they are as small in a write buffer as in a file.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::gateway {

// `room` is used, if anything is, and must stay as long as the result.
std::string_view value_of_text(std::string_view text, std::string& room);
// nullopt: it is damaged.
std::optional<std::string> text_of_value(std::string_view value);

}  // namespace streamdemo::gateway
