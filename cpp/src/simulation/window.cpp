#include "rheobase/simulation/window.hpp"

#include <algorithm>
#include <cmath>

namespace rheobase {

namespace {

/// What is drawn ahead takes memory, and the caller wants to look for Ctrl-C.
constexpr std::int64_t longest_window = 64;

/// Whether all states stay finite. Otherwise all tiles must end with the step in which one does not.
bool nothing_can_fail(const Network& network) {
    constexpr double moderate = 1e50;
    const auto& drives = network.drives();
    for (std::size_t p = 0; p < network.size(); ++p)
        if (!network.population(p).stays_finite()) return false;
    return std::all_of(drives.begin(), drives.end(),
                       [](const std::unique_ptr<Drive>& drive) { return std::fabs(drive->weight()) < moderate; });
}

}  // namespace

std::int64_t count_free_steps(const Network& network, const Layout& layout) {
    if (!network.couplings().empty() || !network.plastic_projections().empty()) return 1;
    std::int64_t steps = longest_window;
    for (const Tile& tile : layout.tiles)
        for (const FanOut& f : tile.fan_outs)
            if (!f.bins.empty() && !network.population(f.pre).is_source())
                steps = std::min<std::int64_t>(steps, f.bins.front().delay);
    return steps > 1 && nothing_can_fail(network) ? steps : 1;
}

}  // namespace rheobase
