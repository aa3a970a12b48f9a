#pragma once

#include <cstdint>
#include <functional>

namespace rheobase {

/// Called from time to time by the thread that made a long call, with how much is done; false stops it.
using Poll = std::function<bool(std::int64_t)>;

}  // namespace rheobase
