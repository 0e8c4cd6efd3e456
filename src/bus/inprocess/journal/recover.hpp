// Puts a topic back into memory from the journal: the records that one of its groups has not completed. A topic that
// refuses holds nothing else; the others are read from the journal as far as somebody asks for them.
#pragma once
#include "bus/inprocess/journal/store.hpp"
#include "bus/inprocess/topic.hpp"

namespace streamdemo::bus::inprocess::journal {

struct recovered_topic {
  topic_number number = 0;
  topic data;
};

// Adds the topic to the store if it is new there. Blocks on the disk. Errors: invalid_argument (the store has it with
// another number of partitions), io, no_space, corrupt.
result<recovered_topic> recover(store& s, const topic_spec& spec);

}  // namespace streamdemo::bus::inprocess::journal
