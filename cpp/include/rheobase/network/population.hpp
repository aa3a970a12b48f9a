#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rheobase/base/archive.hpp"
#include "rheobase/network/step_context.hpp"
#include "rheobase/network/stretch.hpp"

namespace rheobase {

/// Cells that spike: neurons, or sources that nothing reaches. Ranges [begin, end) of it are advanced by one thread
/// each.
class Population {
  public:
    Population(std::uint32_t id, std::size_t size) : id_(id), size_(size) {}
    virtual ~Population() = default;
    Population(const Population&) = delete;
    Population& operator=(const Population&) = delete;

    std::uint32_t id() const noexcept { return id_; }
    std::size_t size() const noexcept { return size_; }

    /// Ranges given to threads begin at multiples of this: of a cache line where the population is not small.
    virtual std::size_t granularity() const noexcept { return size_ < 1024 ? 1 : 8; }

    /// Whether nothing in the network decides when they spike, so that they may be advanced before the others.
    virtual bool is_source() const noexcept { return false; }

    /// Receptors, each with one input slot per neuron.
    virtual std::size_t receptor_count() const noexcept { return 0; }

    /// Moves [begin, end) from n to n + 1 and appends the spikes found there, ascending. `slots` holds,
    /// slots_per_receptor for each receptor, the first stage of its kernel or the arrivals that move V; `reached`
    /// says whether anything may have arrived since the step before. Returns the first neuron whose state is not
    /// finite, or -1.
    virtual std::int64_t advance(const StepContext& step, std::size_t begin, std::size_t end, double* slots,
                                 std::size_t slots_per_receptor, bool reached, std::vector<std::uint32_t>& spikes) = 0;

    /// Whether cells take steps between two arrivals at once, from the beginning of a run to its end.
    virtual bool coasts() const noexcept { return false; }
    /// Lets them do so: what `advance` and deliveries do in so many steps, to the bit. Returns how many could not, and
    /// went alone.
    virtual std::size_t coast(const Stretch&) { return 0; }
    /// Whether no state can stop being finite in the run that begins, however long, where static synapses and moderate
    /// drive are all that reaches it. (What might fail must end with the step in which it does.)
    virtual bool stays_finite() const { return true; }

    /// Lets what has arrived in [begin, end) by n + 1 change what no kernel takes in from the slots themselves.
    virtual void take_in(const StepContext&, std::size_t, std::size_t, double*, std::size_t) {}

    /// The first stage of a receptor's kernel, one value per neuron; null where no kernel keeps it in its slots.
    virtual double* first_stage(std::size_t) noexcept { return nullptr; }

    /// Called before a run that starts at `step`.
    virtual void begin(std::int64_t) {}
    /// Its state, in either direction.
    virtual void archive(Archive&, const std::string&) {}

  private:
    std::uint32_t id_;
    std::size_t size_;
};

}  // namespace rheobase
