// What this machine can do at most, one number per kind of work that a step of a network consists of.
//
// Argument: threads. Prints one JSON line: bytes per second read from memory, bytes per second moved (read and written)
// in half a megabyte per thread, additions per second to random slots of as many bytes, and random words per second of
// Philox4x32-10; all threads together.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

/// Runs `work` on each thread, a few times, and returns how much of it was done per second at best.
template <class Work>
double best_rate(std::size_t threads, Work work) {
    double best = 0.0;
    for (int repetition = 0; repetition < 5; ++repetition) {
        std::vector<std::thread> running;
        std::vector<double> done(threads, 0.0);
        const auto begin = Clock::now();
        for (std::size_t t = 0; t < threads; ++t) running.emplace_back([&, t] { done[t] = work(t); });
        for (auto& thread : running) thread.join();
        const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
        double total = 0.0;
        for (const double amount : done) total += amount;
        if (total / seconds > best) best = total / seconds;
    }
    return best;
}

/// Keeps the compiler from leaving out what nobody reads.
volatile double sink;

double read_memory(const std::vector<double>& numbers) {
    constexpr std::size_t lanes = 32;
    double sums[lanes] = {};
    for (std::size_t i = 0; i + lanes <= numbers.size(); i += lanes)
        for (std::size_t k = 0; k < lanes; ++k) sums[k] += numbers[i + k];
    for (const double sum : sums) sink = sink + sum;
    return 8.0 * static_cast<double>(numbers.size());
}

double move_in_cache(std::vector<double>& numbers) {
    constexpr int passes = 2000;
    for (int pass = 0; pass < passes; ++pass) {
        for (double& number : numbers) number = 0.999 * number + 0.001;
        sink = numbers[static_cast<std::size_t>(pass) % numbers.size()];
    }
    return 16.0 * passes * static_cast<double>(numbers.size());
}

double add_to_slots(std::vector<double>& slots, const std::vector<std::uint16_t>& places) {
    constexpr int passes = 4000;
    for (int pass = 0; pass < passes; ++pass) {
        for (const std::uint16_t place : places) slots[place] += 1.0;
        sink = slots[0];
    }
    return static_cast<double>(passes) * static_cast<double>(places.size());
}

double draw_words() {
    constexpr std::uint32_t counters = 1024;
    constexpr int passes = 20000;
    std::vector<std::uint32_t> words(4 * counters);
    for (int pass = 0; pass < passes; ++pass) {
        for (std::uint32_t c = 0; c < counters; ++c) {
            std::uint32_t w0 = c, w1 = static_cast<std::uint32_t>(pass), w2 = 7, w3 = 9, k0 = 1, k1 = 2;
            for (int round = 0; round < 10; ++round) {
                const std::uint64_t a = std::uint64_t{0xD2511F53} * w0, b = std::uint64_t{0xCD9E8D57} * w2;
                w0 = static_cast<std::uint32_t>(b >> 32) ^ w1 ^ k0;
                w2 = static_cast<std::uint32_t>(a >> 32) ^ w3 ^ k1;
                w1 = static_cast<std::uint32_t>(b);
                w3 = static_cast<std::uint32_t>(a);
                k0 += 0x9E3779B9;
                k1 += 0xBB67AE85;
            }
            words[c] = w0;
            words[counters + c] = w1;
            words[2 * counters + c] = w2;
            words[3 * counters + c] = w3;
        }
        sink = words[static_cast<std::size_t>(pass) % words.size()];
    }
    return 4.0 * counters * passes;
}

}  // namespace

int main(int argc, char** argv) {
    const auto threads = argc == 2 ? static_cast<std::size_t>(std::strtoul(argv[1], nullptr, 10)) : 0;
    if (threads == 0) {
        std::fprintf(stderr, "usage: peaks THREADS\n");
        return 2;
    }
    constexpr std::size_t in_memory = std::size_t{256} << 17, in_cache = std::size_t{512} << 7;
    std::vector<std::vector<double>> memory(threads), cache(threads);
    std::vector<std::vector<std::uint16_t>> places(threads);
    for (std::size_t t = 0; t < threads; ++t) {
        memory[t].assign(in_memory, 1.0);
        cache[t].assign(in_cache, 1.0);
        std::mt19937 random(static_cast<std::uint32_t>(t) + 1);
        places[t].resize(8192);
        for (auto& place : places[t]) place = static_cast<std::uint16_t>(random() % in_cache);
    }
    const double read = best_rate(threads, [&](std::size_t t) { return read_memory(memory[t]); });
    const double moved = best_rate(threads, [&](std::size_t t) { return move_in_cache(cache[t]); });
    const double added = best_rate(threads, [&](std::size_t t) { return add_to_slots(cache[t], places[t]); });
    const double drawn = best_rate(threads, [](std::size_t) { return draw_words(); });
    std::printf("{\"memory_bytes\": %.6g, \"cache_bytes\": %.6g, \"additions\": %.6g, \"words\": %.6g}\n", read, moved,
                added, drawn);
    return 0;
}
