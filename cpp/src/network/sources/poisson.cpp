#include "rheobase/network/sources/poisson.hpp"

#include <algorithm>
#include <cmath>

#include "rheobase/base/errors.hpp"

namespace rheobase {

std::uint32_t poisson_number(Stream& stream, double mean) {
    constexpr double part = 32.0;  // exp(-part) is far from underflow, and inversion takes few terms
    std::uint32_t total = 0;
    for (double left = mean; left > 0.0; left -= part) {
        const double m = std::min(left, part);
        const double u = stream.uniform();
        double p = std::exp(-m), sum = p;
        std::uint32_t k = 0;
        while (u > sum && k < 1000) {
            ++k;
            p *= m / k;
            sum += p;
        }
        total += k;
    }
    return total;
}

PoissonSource::PoissonSource(std::uint32_t id, std::size_t size, std::vector<double> rates) : Population(id, size) {
    set_rates(std::move(rates));
}

void PoissonSource::set_rates(std::vector<double> rates) {
    require(rates.size() == 1 || rates.size() == size(), "rate must have one value or one per source");
    for (double rate : rates) require(rate >= 0.0 && rate <= max_rate, "rate must lie between 0 and 10^7 Hz");
    rates_ = std::move(rates);
    series_ = {};
}

void PoissonSource::set_series(TimeSeries series) {
    require(series.width() == 1 || series.width() == size(), "a series must have one value or one per source");
    series_ = std::move(series);
    rates_.assign(1, 0.0);
}

std::int64_t PoissonSource::advance(const StepContext& step, std::size_t begin, std::size_t end, double*, std::size_t,
                                    bool, std::vector<std::uint32_t>& spikes) {
    const double* changing = series_.at(step.n);
    const double* rates = changing != nullptr ? changing : rates_.data();
    const bool shared = changing != nullptr ? series_.width() == 1 : rates_.size() == 1;
    const std::uint32_t tag = RandomSource::tag(Purpose::poisson_source, id());
    for (std::size_t first = begin; first < end; first += block) {
        const auto n = static_cast<std::uint32_t>(std::min(block, end - first));
        const double max_rate_of_block = shared ? rates[0] : *std::max_element(rates + first, rates + first + n);
        if (max_rate_of_block <= 0.0) continue;
        Stream stream(step.random, tag ^ (step.high() << 12), step.low(), static_cast<std::uint32_t>(first / block));
        const std::uint32_t count = poisson_number(stream, max_rate_of_block * 1e-3 * step.dt * n);
        const std::size_t old = spikes.size();
        for (std::uint32_t k = 0; k < count; ++k) {
            const std::uint32_t source = static_cast<std::uint32_t>(first) + stream.below(n);
            if (shared || stream.uniform() * max_rate_of_block < rates[source]) spikes.push_back(source);
        }
        std::sort(spikes.begin() + static_cast<std::ptrdiff_t>(old), spikes.end());
    }
    return -1;
}

}  // namespace rheobase
