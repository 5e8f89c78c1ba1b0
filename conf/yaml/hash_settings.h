#pragma once

#include "conf/yaml/balance_draft.h"
#include "conf/yaml/cursor.h"

// The settings of a hash in `balance`, to be read in this order: each of the first three decides
// about the avalanche as HAProxy's `hash-type` does.
namespace conf::yaml {

void read_hash_type(const Cursor& at, BalanceDraft& draft);
void read_hash_function(const Cursor& at, BalanceDraft& draft);
void read_avalanche(const Cursor& at, BalanceDraft& draft);

void read_balance_factor(const Cursor& at, BalanceDraft& draft);
void read_hash_key(const Cursor& at, BalanceDraft& draft);

}  // namespace conf::yaml
