#include <vector>

#include "check.hpp"
#include "rheobase/random/distribution.hpp"
#include "rheobase/random/random.hpp"
#include "rheobase/wiring/delay_table.hpp"

using namespace rheobase;
using namespace rheobase::test;

namespace {

using Kind = Distribution::Kind;
constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double dt = 0.1;

std::vector<Distribution> distributions() {
    return {{Kind::normal, 1.5, 0.75, 0.1, inf},    {Kind::normal, 0.75, 0.375, 0.1, 1.2},
            {Kind::uniform, 0.3, 20.0, -inf, inf},  {Kind::uniform, 1.0, 1.0, -inf, inf},
            {Kind::lognormal, 0.0, 0.5, 0.2, 9.0},  {Kind::normal, 2.0, 0.0, -inf, inf},
            {Kind::normal, 1.5, 0.001, 1.4999, inf}};
}

void tables_hold_what_distributions_give() {
    Stream random(RandomSource{2}, 0, 0, 0);
    for (const Distribution& draw : distributions()) {
        check(DelayTable::pays(draw, dt, 1000000), "worth its making");
        const DelayTable table(draw, dt);
        std::vector<std::uint32_t> words{0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF};
        for (int k = 0; k < 20000; ++k) words.push_back(random.word());
        for (const std::uint32_t word : words) {
            const double value = draw.at(word);
            check(table.accepts(word) == draw.accepts(value), "accepts what lies within the bounds");
            if (draw.accepts(value))
                check(table.steps(word) == DelayTable::count_steps(value, dt), "the delay that is drawn");
        }
    }
}

void few_draws_are_made_without_a_table() {
    check(!DelayTable::pays({Kind::normal, 1.5, 0.75, 0.1, inf}, dt, 100), "100 draws do not pay");
    check(!DelayTable::pays({Kind::uniform, 0.1, 5000.0, -inf, inf}, dt, 1000000000), "nor do 50,000 delays");
    check(!DelayTable::pays({Kind::uniform, 2.0, 1.0, -inf, inf}, dt, 1000000), "nor does what falls with the word");
}

}  // namespace

int main() {
    tables_hold_what_distributions_give();
    few_draws_are_made_without_a_table();
    return failures;
}
