#include "support/guard_entry.hpp"
