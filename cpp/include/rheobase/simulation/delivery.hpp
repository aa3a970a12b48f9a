#pragma once

#include <cstdint>
#include <vector>

#include "rheobase/network/network.hpp"
#include "rheobase/simulation/gathering.hpp"
#include "rheobase/wiring/layout.hpp"

namespace rheobase {

/// A spike on its way through a row of a tile: what it still has to reach, and the step at which the next segment is
/// due.
struct Travelling {
    Place place;  ///< until the row has been read: its beginning
    std::uint32_t fan_out;
    const std::uint8_t* end;
    std::int64_t due;  ///< until the row has been read: the step at which the spike was found
};

/// Spikes on their way through a tile.
struct Traffic {
    std::vector<Travelling> spikes;  ///< by the step of the spike, then fan-out, then neuron
    std::size_t known = 0;           ///< how many have had their row read
    std::vector<Segment> due;        ///< workspace of delivery
};

/// Brings spikes from the histories of a network to the input slots of its tiles. Tiles are independent of each other.
class Delivery {
  public:
    Delivery(const Network& network, Layout& layout)
        : network_(network), layout_(layout), gathering_(network, layout) {}

    /// Puts the spikes of the histories where they are by now on their way.
    void restart();

    /// Before the tiles of a share are taken through a window: gathers what arrives there, where rows fall due as a
    /// whole.
    void begin_window(std::size_t share, Window window);
    /// Lets the spikes found up to `step` enter the rows of a tile, those that have not. The rows are read later, when
    /// memory has had time to come.
    void send_off(std::size_t tile, std::int64_t step);
    /// The same of those that sources send at `step`, within a window: until its end, when `send_off` puts them among
    /// those of neurons, by their step.
    void send_ahead(std::size_t tile, std::int64_t step);
    /// Asks for the memory of plastic rows that spikes reach at `step`.
    void expect_plastic(std::size_t tile, std::int64_t step);
    /// Brings what moves V within the step to the slots: arrivals at step.n + 1, then Poisson drive. Returns how many
    /// synapses were reached.
    std::uint64_t kick(std::size_t tile, const StepContext& step) { return bring(tile, true, step); }
    /// Brings what kernels take in at the end of the step to the slots, in the same way.
    std::uint64_t deliver(std::size_t tile, const StepContext& step) { return bring(tile, false, step); }
    /// Appends what static synapses bring at step.n + 1 and would join the slots then, in the order of kick and
    /// deliver, as arrivals of step `counted`. Returns how many there are.
    std::uint64_t collect(std::size_t tile, const StepContext& step, std::uint32_t counted,
                          std::vector<Arrival>& arrivals);

  private:
    /// Cache lines apart, since every thread writes its own at every step.
    struct alignas(64) TileTraffic {
        Traffic delta, kernels;              ///< to what moves V within the step, and to all else
        Traffic ahead_delta, ahead_kernels;  ///< what sources send within the window at hand
        std::int64_t sent = 0;               ///< spikes up to this step are on their way
    };
    enum class Who { all, sources };
    void send(std::size_t tile, std::int64_t step, std::int64_t brought, Who who, Traffic& delta, Traffic& kernels);
    std::uint64_t bring(std::size_t tile, bool delta, const StepContext& step);
    std::uint64_t bring_spikes(std::size_t tile, Traffic& traffic, std::int64_t step);
    static std::uint64_t collect_due(Traffic& traffic, const std::vector<FanOut>& fan_outs, std::int64_t step);
    std::uint64_t bring_plastic(std::size_t tile, bool delta, std::int64_t step);
    void drive(std::size_t tile, bool delta, const StepContext& step);

    const Network& network_;
    Layout& layout_;
    bool gathers_ = false;  ///< spikes are gathered, none travels
    Gathering gathering_;
    std::vector<TileTraffic> traffic_;  ///< one per tile
};

}  // namespace rheobase
