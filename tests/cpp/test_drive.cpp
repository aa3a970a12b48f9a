#include <cstdint>
#include <vector>

#include "check.hpp"
#include "rheobase/loops/loops.hpp"
#include "rheobase/network/drive.hpp"

using namespace rheobase;
using namespace rheobase::test;

namespace {

constexpr RandomSource random_source{11};
constexpr std::uint32_t tag = 77, step_low = 5, step_high = 1;

/// The number of thresholds that the neuron's number reaches, one neuron at a time.
std::size_t count_by_definition(const PoissonTable& table, std::uint32_t neuron) {
    const Words shared = random_source.words(tag, neuron / drives_per_counter, step_low, step_high);
    const Words own = random_source.words(tag, own_drive_counter(neuron), step_low, step_high);
    const std::uint32_t byte = neuron % drives_per_counter;
    const auto high = static_cast<std::uint8_t>(shared.w[byte / 4] >> 8 * (byte % 4));
    std::size_t count = 0;
    for (const std::uint32_t threshold : table.thresholds)
        if (drive_number(high, own.w[0]) >= threshold) ++count;
    return count;
}

/// Wherever the neurons begin and end, however many thresholds have their upper bits in common, and where there are
/// more thresholds than eight bits count.
void loops_draw_what_is_defined() {
    for (const double mean : {0.0, 1e-7, 0.01, 1.7, 20.0, 180.0, 400.0})
        for (const std::uint32_t first : {0u, 5u, 248u, 1000u})
            for (const std::size_t n : {1u, 7u, 64u, 250u, 600u}) {
                const PoissonTable table(mean);
                std::vector<double> slots(n + 1, 0.5);
                loops().drive({n, first, table.thresholds.data(), table.thresholds.size(), table.upper.data(),
                               table.upper.size(), 2.0, slots.data(), random_source, tag, step_low, step_high});
                for (std::size_t i = 0; i < n; ++i) {
                    const std::size_t count = count_by_definition(table, first + static_cast<std::uint32_t>(i));
                    near(slots[i], 0.5 + 2.0 * static_cast<double>(count), 0.0, "the spikes of a neuron");
                }
                near(slots[n], 0.5, 0.0, "neurons beyond get none");
            }
}

void upper_bits_tell_all_but_some() {
    const PoissonTable table(1.7);
    check(table.upper.back() == 255, "the last is 255");
    for (std::size_t k = 0; k < table.upper.size(); ++k) {
        check(table.upper[k] == table.thresholds[k] >> 24, "upper bits of a threshold");
        check(k + 1 == table.upper.size() || table.upper[k] < 255, "255 once");
    }
}

}  // namespace

int main() {
    loops_draw_what_is_defined();
    upper_bits_tell_all_but_some();
    return failures;
}
