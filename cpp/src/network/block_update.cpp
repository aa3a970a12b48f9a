#include "rheobase/network/block_update.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <optional>
#include <utility>

#include "rheobase/base/prefetch.hpp"

namespace rheobase {

namespace {

/// A part of a range whose neurons are advanced together.
struct Block {
    std::size_t first, n;
};

/// The blocks of neurons from `begin` to `end`, in the order of the step. Where receptors are joined, what is left over
/// has a block of its own.
class BlockOrder {
  public:
    BlockOrder(std::size_t begin, std::size_t end, bool joins, bool backwards) noexcept
        : begin_(begin), end_(end), rest_((end - begin) % block_size), backwards_(backwards) {
        if (joins && rest_ >= joined_size) rest_ %= joined_size;
        size_ = (end - begin - rest_ + block_size - 1) / block_size + (rest_ > 0 ? 1 : 0);
    }
    std::size_t size() const noexcept { return size_; }
    Block operator[](std::size_t k) const noexcept {
        const std::size_t b = backwards_ ? size_ - 1 - k : k;
        if (rest_ > 0 && b + 1 == size_) return {end_ - rest_, rest_};
        const std::size_t first = begin_ + b * block_size;
        return {first, std::min(block_size, end_ - rest_ - first)};
    }

  private:
    std::size_t begin_, end_, rest_, size_;
    bool backwards_;
};

/// What a block of neurons needs of a receptor, but for where it gives its current. Member by member: whole structs
/// of zeros took longer than a pass over the block.
void view_receptor(Receptor& receptor, const Block& at, double* slot, ReceptorBlock& block) noexcept {
    block.n = at.n;
    block.propagator = &receptor.propagator;
    block.words[0] = nullptr;
    receptor.propagators.locate(at.first, block.words);
    block.reversal = receptor.reversal;
    block.stage0 = slot;
    block.stage1 = receptor.kernel->stages == 2 ? receptor.stage[1].data() + at.first : nullptr;
    block.conductance = receptor.conductance;
}

/// One step of a range of neurons, with the memory in which a block's currents and conductances are added up.
class Pass {
  public:
    Pass(Neurons& neurons, QuietBlocks& quiet, const BlockLoops& loops, const StepContext& step,
         const NeuronRange& range, std::vector<std::uint32_t>& spikes)
        : neurons_(neurons),
          quiet_(quiet),
          loops_(loops),
          step_(step),
          range_(range),
          spikes_(spikes),
          backwards_(loops.joined != nullptr && step.n % 2 != 0) {
        if (neurons_.program == nullptr) return;
        memory_ = &neurons_.program->memory_of_thread();
        const std::size_t named = neurons_.model.program->receptors.size();
        named_values_.assign(named * block_size, 0.0);
        for (std::size_t r = 0; r < named; ++r) named_.push_back(named_values_.data() + r * block_size);
    }

    /// Returns the first neuron whose state is not finite, or -1.
    std::int64_t run(bool reached, bool may_rest) {
        constexpr std::size_t ahead = 2;
        const std::size_t already = spikes_.size();
        const BlockOrder blocks(range_.begin, range_.end, loops_.joined != nullptr, backwards_);
        std::vector<double> before;  // of a block that may come to rest
        for (std::size_t k = 0; k < blocks.size(); ++k) {
            const Block at = blocks[k];
            if (loops_.reads_from_memory && k + ahead < blocks.size()) prefetch(blocks[k + ahead]);
            const BlockSlots arrivals{at.first, at.n, range_.slot(0, at.first), neurons_.receptors.size(),
                                      range_.slots_per_receptor};
            if (may_rest && quiet_.is_quiet(arrivals, reached)) continue;
            const bool watched = may_rest && quiet_.is_watched(step_.n, arrivals);
            if (watched) before = changing(at);
            const std::size_t found = advance(at);
            if (watched && found == 0 && rests(at, before)) quiet_.rest(arrivals);
        }
        if (backwards_) std::sort(spikes_.begin() + static_cast<std::ptrdiff_t>(already), spikes_.end());
        return non_finite_;
    }

  private:
    /// Returns how many neurons spiked.
    std::size_t advance(const Block& at) {
        NeuronBlock block;
        view(at, block);
        const bool joined = loops_.joined != nullptr && at.n >= joined_size;
        const std::size_t found = joined ? advance_joined(at, block) : advance_apart(at, block);
        if (block.non_finite >= 0 && (non_finite_ < 0 || backwards_))
            non_finite_ = static_cast<std::int64_t>(at.first) + block.non_finite;
        for (std::size_t k = 0; k < found; ++k) spikes_.push_back(static_cast<std::uint32_t>(at.first) + spiking_[k]);
        return found;
    }

    /// What a block of neurons needs, but for what reaches them.
    void view(const Block& at, NeuronBlock& block) noexcept {
        block.n = at.n;
        block.model = neurons_.prepared.first();
        block.dt = neurons_.dt;
        for (std::size_t v = 0; v < neurons_.state.size() && neurons_.program == nullptr; ++v)
            block.state[v] = neurons_.state[v].data() + at.first;
        block.step = step_.n;
        block.free_from = neurons_.free_from.data() + at.first;
        block.all_free_from = loops_.all_free_from;
        block.spiking = spiking_;
        block.non_finite = -1;
    }

    /// One loop over neurons and their receptors.
    std::size_t advance_joined(const Block& at, NeuronBlock& block) {
        block.I = neurons_.inputs.steady_current(at.first);
        std::size_t kernels = 0;
        for (std::size_t c = 0; c < neurons_.receptors.size(); ++c) {
            const Receptor& receptor = neurons_.receptors[c];
            double* const slot = range_.slot(c, at.first);
            if (receptor.delta()) {
                block.slots = slot;
                continue;
            }
            block.propagators[kernels] = &receptor.propagator;
            block.reversal[kernels] = receptor.reversal;
            block.stages[kernels++] = slot;
        }
        return loops_.joined(block);
    }

    /// Receptors first, then neurons.
    std::size_t advance_apart(const Block& at, NeuronBlock& block) {
        alignas(64) double mean[block_size], slope[block_size];
        const double* words[max_model_words];
        neurons_.inputs.impose(neurons_.state, step_.n, at.first, at.n);
        add_up_inputs(at);
        neurons_.prepared.locate(at.first, words);
        block.words = words;
        block.I = current_;
        block.G = neurons_.conductances ? G_ : none;
        block.mean = mean;
        block.slope = slope;
        block.jump = jumps_;
        const std::size_t found = neurons_.program ? run_program(at, block) : loops_.apart(block);
        for (std::size_t c = 0; c < neurons_.receptors.size(); ++c)
            if (neurons_.receptors[c].delta()) std::fill_n(range_.slot(c, at.first), at.n, 0.0);
        return found;
    }

    std::size_t run_program(const Block& at, NeuronBlock& block) {
        ProgramBlock same{at.n,       at.first,      step_.n,         step_.random,  block.I, block.G,
                          block.jump, named_.data(), block.free_from, block.spiking, -1};
        const std::size_t found = neurons_.program->advance(same, *memory_);
        block.non_finite = same.non_finite;
        return found;
    }

    /// Adds up what drives a block: currents, conductances, jumps, and what a program reads by name.
    void add_up_inputs(const Block& at) {
        current_ = neurons_.inputs.current(step_, at.first, at.n, I_);
        jumps_ = none;
        conducting_ = false;
        for (std::size_t c = 0; c < neurons_.receptors.size(); ++c) {
            Receptor& receptor = neurons_.receptors[c];
            double* const slot = range_.slot(c, at.first);
            if (receptor.delta())
                jumps_ = jumps_ == none ? slot : std::transform(slot, slot + at.n, jumps_, jump_, std::plus<>()) - at.n;
            else if (receptor.program != nullptr)
                join_program(receptor, at);
            else if (receptor.read_as)
                give_by_name(receptor, at, slot);
            else
                join_kernel(receptor, at, slot);
        }
        advance_kernels();
    }

    /// Lets the current or conductance of a kernel join the others, once there are enough for a loop.
    void join_kernel(Receptor& receptor, const Block& at, double* slot) {
        ReceptorBlock& joining = kernels_[kernel_count_++];
        view_receptor(receptor, at, slot, joining);
        joining.I_before = current_;
        joining.I = I_;
        joining.first = receptor.conductance && !std::exchange(conducting_, true);
        joining.G = G_;
        current_ = I_;
        if (kernel_count_ == max_kernels) advance_kernels();
    }

    void advance_kernels() { loops().advance_receptors(kernels_, std::exchange(kernel_count_, 0)); }

    /// Gives the current or conductance of a kernel to the model that reads it by its name.
    void give_by_name(Receptor& receptor, const Block& at, double* slot) {
        alignas(64) double unused[block_size];
        double* const value = named_[*receptor.read_as];
        ReceptorBlock alone;
        view_receptor(receptor, at, slot, alone);
        alone.reversal = 0.0;
        alone.I_before = none;
        alone.I = receptor.conductance ? unused : value;
        alone.first = true;
        alone.G = value;
        loops().advance_receptors(&alone, 1);
    }

    /// Advances a receptor's program, and lets its current or conductance join the others, or gives it by its name.
    void join_program(Receptor& receptor, const Block& at) {
        advance_kernels();
        alignas(64) double driving[block_size];
        receptor.program->collect(step_.n, at.first, at.n);
        const std::size_t bad = receptor.program->post().advance(step_, at.first, at.n, driving);
        if (bad < at.n && non_finite_ < 0) non_finite_ = static_cast<std::int64_t>(at.first + bad);
        if (receptor.read_as) {
            std::copy_n(driving, at.n, named_[*receptor.read_as]);
            return;
        }
        const double scale = receptor.conductance ? receptor.reversal : 1.0;
        for (std::size_t i = 0; i < at.n; ++i) I_[i] = current_[i] + scale * driving[i];
        current_ = I_;
        if (!receptor.conductance) return;
        if (std::exchange(conducting_, true))
            for (std::size_t i = 0; i < at.n; ++i) G_[i] += driving[i];
        else
            std::copy_n(driving, at.n, G_);
    }

    /// What a step changes of a block.
    std::vector<double> changing(const Block& at) const {
        std::vector<double> all;
        const auto add = [&](const double* values) { all.insert(all.end(), values, values + at.n); };
        for (const auto& values : neurons_.state) add(values.data() + at.first);
        for (std::size_t c = 0; c < neurons_.receptors.size(); ++c) {
            const Receptor& receptor = neurons_.receptors[c];
            add(range_.slot(c, at.first));
            if (receptor.has_stages() && receptor.kernel->stages == 2) add(receptor.stage[1].data() + at.first);
        }
        return all;
    }

    /// Whether the step changed no bit of a block, nor will the next do so.
    bool rests(const Block& at, const std::vector<double>& before) const {
        const auto free_from = neurons_.free_from.begin() + static_cast<std::ptrdiff_t>(at.first);
        if (*std::max_element(free_from, free_from + static_cast<std::ptrdiff_t>(at.n)) > step_.n) return false;
        const std::vector<double> after = changing(at);
        return std::memcmp(before.data(), after.data(), after.size() * sizeof(double)) == 0;
    }

    /// Asks for what a step reads of a block: then it comes while others are advanced.
    void prefetch(const Block& at) const noexcept {
        if (quiet_.rested(at.first)) return;
        const auto ask = [&at](const auto* from) {
            constexpr std::size_t per_line = 64 / sizeof *from;
            for (std::size_t i = 0; i < at.n; i += per_line) rheobase::prefetch<Into::L2>(from + i);
        };
        for (const Aligned<double>& values : neurons_.state) ask(values.data() + at.first);
        if (loops_.asks_who_is_free) ask(neurons_.free_from.data() + at.first);
        for (std::size_t c = 0; c < neurons_.receptors.size(); ++c) ask(range_.slot(c, at.first));
    }

    alignas(64) static constexpr double none[block_size] = {};
    static constexpr std::size_t max_kernels = 6;  // those of one kind share a loop by threes

    Neurons& neurons_;
    QuietBlocks& quiet_;
    const BlockLoops& loops_;
    const StepContext& step_;
    const NeuronRange& range_;
    std::vector<std::uint32_t>& spikes_;
    const bool backwards_;
    std::int64_t non_finite_ = -1;
    ProgramMemory* memory_ = nullptr;
    Aligned<double> named_values_;  ///< of receptors that a program reads by their names
    std::vector<double*> named_;

    const double* current_ = nullptr;  ///< of the block, as far as it is added up; in I_ once something joined it
    const double* jumps_ = nullptr;    ///< likewise
    bool conducting_ = false;          ///< G_ holds something
    std::size_t kernel_count_ = 0;
    ReceptorBlock kernels_[max_kernels];  ///< those that wait for a loop
    alignas(64) double I_[block_size], G_[block_size], jump_[block_size];
    std::uint32_t spiking_[block_size];
};

/// More than a share of L3 holds.
bool lies_in_memory(const Neurons& of) noexcept {
    constexpr std::size_t near = std::size_t{1} << 24;
    return of.size * (of.state.size() + 1 + of.receptors.size()) * sizeof(double) > near;
}

}  // namespace

void BlockUpdate::begin(std::int64_t step) {
    const Neurons& of = neurons_;
    const bool same = of.same_in_each_step();
    quiet_.begin(of.size, same);
    if (of.program == nullptr)
        loops_.apart = loops().find_advance(of.model.index, of.method, of.prepared.homogeneous(), of.conductances);
    loops_.joined = same ? find_joined() : nullptr;
    loops_.all_free_from = of.free_from.empty() ? 0 : *std::max_element(of.free_from.begin(), of.free_from.end());
    loops_.asks_who_is_free = loops_.joined == nullptr || loops_.all_free_from > step || of.may_be_refractory();
    loops_.reads_from_memory = lies_in_memory(of);
}

std::int64_t BlockUpdate::advance(const StepContext& step, const NeuronRange& range, bool reached,
                                  std::vector<std::uint32_t>& spikes) {
    return Pass(neurons_, quiet_, loops_, step, range, spikes).run(reached, true);
}

void BlockUpdate::advance_part(const StepContext& step, const NeuronRange& range, std::vector<std::uint32_t>& spikes) {
    Pass(neurons_, quiet_, loops_, step, range, spikes).run(false, false);
}

/// The loop of neurons and their receptors together, where they and what drives them are alike.
AdvanceBlock BlockUpdate::find_joined() const {
    if (!neurons_.inputs.same_I_x() || !neurons_.prepared.homogeneous()) return nullptr;
    std::size_t kernels = 0, conductances = 0, deltas = 0;
    for (const Receptor& receptor : neurons_.receptors) {
        if (receptor.delta()) {
            ++deltas;
            continue;
        }
        if (receptor.kernel->stages != 1 || !receptor.propagators.homogeneous()) return nullptr;
        ++kernels;
        conductances += receptor.conductance ? 1 : 0;
    }
    if (kernels > max_joined || deltas > 1 || (conductances > 0 && conductances < kernels)) return nullptr;
    return loops().find_advance_joined(neurons_.model.index, neurons_.method, {kernels, conductances > 0, deltas > 0});
}

}  // namespace rheobase
