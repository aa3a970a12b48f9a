#include <cstdlib>
#include <cstring>
#include <string>

#include "rheobase/base/errors.hpp"
#include "rheobase/loops/factor_loops.hpp"
#include "rheobase/loops/loops.hpp"
#include "rheobase/loops/matrix_loops.hpp"
#include "rheobase/loops/processor.hpp"

namespace rheobase {

namespace baseline {
extern const Loops loops_table;
extern const MatrixLoops matrix_loops_table;
extern const FactorLoops<float> single_factor_loops;
extern const FactorLoops<double> double_factor_loops;
}  // namespace baseline
#ifdef RHEOBASE_X86
namespace avx2 {
extern const Loops loops_table;
extern const MatrixLoops matrix_loops_table;
extern const FactorLoops<float> single_factor_loops;
extern const FactorLoops<double> double_factor_loops;
}  // namespace avx2
namespace avx512 {
extern const Loops loops_table;
extern const MatrixLoops matrix_loops_table;
extern const FactorLoops<float> single_factor_loops;
extern const FactorLoops<double> double_factor_loops;
}  // namespace avx512
#endif

namespace {

/// Everything compiled for one instruction set.
struct Tables {
    const Loops* loops;
    const MatrixLoops* matrix;
    const FactorLoops<float>* single_factors;
    const FactorLoops<double>* double_factors;
};

constexpr Tables baseline_tables{&baseline::loops_table, &baseline::matrix_loops_table, &baseline::single_factor_loops,
                                 &baseline::double_factor_loops};

#ifdef RHEOBASE_X86
constexpr Tables avx2_tables{&avx2::loops_table, &avx2::matrix_loops_table, &avx2::single_factor_loops,
                             &avx2::double_factor_loops};
constexpr Tables avx512_tables{&avx512::loops_table, &avx512::matrix_loops_table, &avx512::single_factor_loops,
                               &avx512::double_factor_loops};

const Tables& best_tables() {
    const ProcessorFlags flags = processor_flags();
    return flags.avx512() ? avx512_tables : flags.avx2() ? avx2_tables : baseline_tables;
}
#else
const Tables& best_tables() { return baseline_tables; }
#endif

const Tables& choose_tables() {
    const Tables& best = best_tables();
    const char* wanted = std::getenv("RHEOBASE_ISA");
    if (wanted == nullptr || *wanted == '\0') return best;
    if (std::strcmp(wanted, "baseline") == 0) return baseline_tables;
#ifdef RHEOBASE_X86
    if (std::strcmp(wanted, "avx2") == 0 && &best != &baseline_tables) return avx2_tables;
    if (std::strcmp(wanted, "avx512") == 0 && &best == &avx512_tables) return avx512_tables;
#endif
    throw InvalidArgument("RHEOBASE_ISA must be baseline, avx2 or avx512, at most what this machine has (" +
                          std::string(best.loops->isa) + "), got '" + wanted + "'");
}

const Tables& tables_in_use() {
    static const Tables& chosen = choose_tables();
    return chosen;
}

}  // namespace

const Loops& loops() { return *tables_in_use().loops; }

const MatrixLoops& matrix_loops() { return *tables_in_use().matrix; }

template <>
const FactorLoops<float>& factor_loops() {
    return *tables_in_use().single_factors;
}
template <>
const FactorLoops<double>& factor_loops() {
    return *tables_in_use().double_factors;
}

}  // namespace rheobase
