#pragma once

#include <cstddef>

// How often this program has called operator new so far, over all threads.
std::size_t allocations();
