#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <vector>

#include "rheobase/base/errors.hpp"
#include "rheobase/base/profile.hpp"
#include "rheobase/network/network.hpp"
#include "rheobase/simulation/course.hpp"
#include "rheobase/simulation/delivery.hpp"
#include "rheobase/simulation/recording.hpp"
#include "rheobase/simulation/window.hpp"
#include "rheobase/wiring/layout.hpp"

namespace rheobase {

/// What a run works on.
struct Stage {
    Network& network;
    Layout& layout;
    Delivery& delivery;
    Recording& recording;
};

/// One share of a run: the time loop over the tiles of one thread, whichever does a round of it. Cache lines apart,
/// since every thread writes its own at every step.
class alignas(64) TimeLoop {
  public:
    TimeLoop(const Stage& stage, Course& course, std::size_t thread, bool profiled);

    /// Does this share of a round.
    void take_round(const Course::Turn& turn) noexcept;
    /// Puts back what lies elsewhere between windows.
    void end() noexcept;

    std::uint64_t events() const noexcept { return total_.events; }
    const Profile& profile() const noexcept { return profile_; }
    /// What was thrown on this thread, or null.
    std::exception_ptr error() const noexcept { return error_; }
    const std::optional<NonFiniteState>& failure() const noexcept { return failure_; }

  private:
    using Ids = Course::Ids;

    void prepare();
    template <class Visit>
    void for_each_tile(Visit visit);
    void advance_sources();
    void advance_window();
    void advance_tile(std::size_t tile);
    bool coasts(std::size_t tile) const noexcept;
    bool may_coast(std::size_t tile) const noexcept;
    void coast(std::size_t tile);
    void return_home(std::size_t tile) noexcept;
    void advance_step_by_step(std::size_t tile);
    void note_failure(std::size_t population, std::size_t neuron, std::int64_t step);
    StepContext context(std::int64_t n) const noexcept { return {n, stage_.network.dt(), stage_.network.streams()}; }
    void send_off(std::size_t tile, const StepContext& step);
    void kick(std::size_t tile, const StepContext& step);
    void update(std::size_t tile, const StepContext& step);
    void advance(std::size_t tile, const StepContext& step, const Ids& populations);
    void publish(std::size_t tile, const StepContext& step, const Ids& populations);
    void publish(std::size_t tile, std::int64_t step, std::uint32_t population,
                 const std::vector<std::uint32_t>& found);
    void deliver(std::size_t tile, const StepContext& step);
    void learn(std::size_t tile, const StepContext& step);
    void couple(std::size_t tile, const StepContext& step);
    void sample(std::size_t tile, const StepContext& step);
    void keep_spikes();
    void record_after_all();
    void note_arrivals(std::size_t tile, std::uint64_t events);

    template <class Work>
    void guard(Work work) noexcept;
    void abandon() noexcept;

    Stage stage_;
    Course& course_;
    const std::size_t thread_, first_tile_, last_tile_;
    Stopwatch stopwatch_;
    Profile profile_;
    /// What keeps neurons from coasting.
    struct Disturbance {
        std::uint64_t events = 0;  ///< synapses that were reached
        std::uint64_t stops = 0;   ///< neurons that spiked or were kicked, or went alone
    };
    Disturbance total_;
    std::vector<Disturbance> last_;                    ///< by own tile: of its last window
    std::vector<std::vector<AwakeNeurons>> awake_;     ///< by own tile, then population: those that coast
    std::vector<Arrival> arrivals_;                    ///< of a window, at the tile at hand
    std::vector<std::vector<std::uint32_t>> coasted_;  ///< by step of a window: the spikes of a population
    std::vector<std::uint8_t> reached_;                ///< by own tile: something may have arrived since it was updated
    std::vector<std::vector<std::uint32_t>> found_;    ///< by population: the spikes of the tile at hand
    Window window_{0, 0};                              ///< the one at hand
    bool backwards_ = false;                           ///< tiles are taken from the last to the first
    bool published_ = false;                           ///< all spikes of the window are in the histories
    std::optional<NonFiniteState> failure_;
    std::exception_ptr error_;
};

}  // namespace rheobase
