#pragma once

#include <cstdint>
#include <string>

#include "rheobase/base/archive.hpp"
#include "rheobase/network/step_context.hpp"

namespace rheobase {

/// A current that does not come from synapses, added over a block [begin, end) before its neurons advance.
class InjectedCurrent {
  public:
    virtual ~InjectedCurrent() = default;
    virtual void add(const StepContext& step, std::size_t begin, std::size_t end, double* I) = 0;
    /// Called before a run that starts at `step`.
    virtual void begin(std::int64_t) {}
    /// Called when it comes instead of another one, whose state may go on in it.
    virtual void take_over(const InjectedCurrent&) {}
    virtual void archive(Archive&, const std::string&) {}
};

}  // namespace rheobase
