#include <array>
#include <map>
#include <utility>
#include <vector>

#include "check.hpp"
#include "rheobase/random/random.hpp"
#include "rheobase/wiring/row_sort.hpp"

using namespace rheobase;
using namespace rheobase::test;

namespace {

/// Twice: memory is used again.
void rows_keep_the_order_in_which_connections_came() {
    Stream random(RandomSource{1}, 0, 0, 0);
    for (const auto& [rows, projections] : {std::pair{1u, 1u}, {10000u, 3u}, {70u, 4096u}}) {
        RowSort sort(rows, projections);
        for (int repetition = 0; repetition < 2; ++repetition) {
            std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::uint16_t>> expected;
            for (std::uint32_t k = 0; k < 100000; ++k) {
                const std::uint32_t row = random.below(rows), projection = random.below(projections);
                const auto post = static_cast<std::uint16_t>(random.word());
                sort.add(row, projection, post);
                expected[{row, projection}].push_back(post);
            }
            std::size_t found = 0;
            for (std::uint32_t row = 0; row < rows; ++row) {
                sort.reach(row);
                for (std::uint32_t projection = 0; projection < projections; ++projection) {
                    const auto sorted = sort.sorted(row, projection);
                    if (sorted.empty()) continue;
                    const std::vector<std::uint16_t> posts(sorted.begin(), sorted.end());
                    check(posts == expected[{row, projection}], "those of a row, as they came");
                    found += sorted.size();
                }
            }
            check(found == 100000, "every connection is in a row");
        }
    }
}

}  // namespace

int main() {
    rows_keep_the_order_in_which_connections_came();
    return failures;
}
