#include <cmath>
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

/// What the neuron's byte stands for, or else its word, one neuron at a time.
std::size_t count_by_definition(const DriveTable& table, std::uint32_t neuron) {
    const Words shared = random_source.words(tag, neuron / drives_per_counter, step_low, step_high);
    const std::uint32_t byte = neuron % drives_per_counter;
    const auto drawn = static_cast<std::uint8_t>(shared.w[byte / 4] >> 8 * (byte % 4));
    for (std::size_t k = 0; k < table.byte_count; ++k)
        if (drawn <= table.last_bytes[k]) return table.fewest + k;
    const std::uint32_t word = random_source.words(tag, own_drive_counter(neuron), step_low, step_high).w[0];
    std::size_t count = 0;
    while (count < table.threshold_count && word >= table.thresholds[count]) ++count;
    return count;
}

/// Wherever the neurons begin and end, whether bytes stand for all numbers, for some or for none.
void loops_draw_what_is_defined() {
    for (const double mean : {0.0, 1e-7, 0.01, 1.7, 20.0, 180.0, 240.0, 400.0})
        for (const std::uint32_t first : {0u, 5u, 248u, 1000u})
            for (const std::size_t n : {1u, 7u, 64u, 250u, 600u}) {
                const PoissonTable table(mean);
                std::vector<double> slots(n + 1, 0.5);
                loops().drive({n, first, table.view(), 2.0, slots.data(), random_source, tag, step_low, step_high});
                for (std::size_t i = 0; i < n; ++i) {
                    const std::size_t count = count_by_definition(table.view(), first + static_cast<std::uint32_t>(i));
                    near(slots[i], 0.5 + 2.0 * static_cast<double>(count), 0.0, "the spikes of a neuron");
                }
                near(slots[n], 0.5, 0.0, "neurons beyond get none");
            }
}

/// What bytes and words give together, each of the words with the same probability.
void tables_hold_the_poisson_distribution() {
    for (const double mean : {0.0, 1e-7, 0.01, 1.7, 20.0, 180.0, 240.0, 500.0}) {
        const PoissonTable made(mean);
        const DriveTable table = made.view();
        const double by_bytes = table.byte_count == 0 ? 0.0 : (table.last_bytes[table.byte_count - 1] + 1.0) / 256.0;
        for (std::size_t k = 0; k < 800; ++k) {
            double found = 0.0;
            if (k >= table.fewest && k < table.fewest + table.byte_count) {
                const std::size_t j = k - table.fewest;
                found += (table.last_bytes[j] - (j == 0 ? -1.0 : table.last_bytes[j - 1])) / 256.0;
            }
            if (by_bytes < 1.0 && k <= table.threshold_count) {
                const double above = k == table.threshold_count ? 0x1p32 : table.thresholds[k];
                found += (1.0 - by_bytes) * (above - (k == 0 ? 0.0 : table.thresholds[k - 1])) * 0x1p-32;
            }
            const double wanted = mean == 0.0 ? (k == 0 ? 1.0 : 0.0)
                                              : std::exp(static_cast<double>(k) * std::log(mean) - mean -
                                                         std::lgamma(static_cast<double>(k) + 1.0));
            near(found, wanted, 0x1p-31, "the probability of a number of spikes");
        }
    }
}

void few_bytes_leave_it_to_words() {
    const PoissonTable made(1.7);
    const DriveTable table = made.view();
    check(table.fewest == 0, "no spike is among what bytes stand for");
    check(table.last_bytes[table.byte_count - 1] >= 250, "all bytes but five");
}

}  // namespace

int main() {
    loops_draw_what_is_defined();
    tables_hold_the_poisson_distribution();
    few_bytes_leave_it_to_words();
    return failures;
}
