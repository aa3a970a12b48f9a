#include <cstdlib>
#include <cstring>
#include <string>

#include "rheobase/base/errors.hpp"
#include "rheobase/loops/kernels.hpp"

namespace rheobase {

namespace baseline {
extern const Kernels table;
}
#ifdef RHEOBASE_X86
namespace avx2 {
extern const Kernels table;
}
namespace avx512 {
extern const Kernels table;
}
#endif

namespace {

const Kernels* best() {
#ifdef RHEOBASE_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw"))
        return &avx512::table;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &avx2::table;
#endif
    return &baseline::table;
}

const Kernels* choose() {
    const Kernels* machine = best();
    const char* wanted = std::getenv("RHEOBASE_ISA");
    if (wanted == nullptr || *wanted == '\0') return machine;
    if (std::strcmp(wanted, "baseline") == 0) return &baseline::table;
#ifdef RHEOBASE_X86
    const bool has_avx2 = machine != &baseline::table;
    if (std::strcmp(wanted, "avx2") == 0 && has_avx2) return &avx2::table;
    if (std::strcmp(wanted, "avx512") == 0 && machine == &avx512::table) return machine;
#endif
    throw InvalidArgument("RHEOBASE_ISA must be baseline, avx2 or avx512, at most what this machine has (" +
                          std::string(machine->isa) + "), got '" + wanted + "'");
}

}  // namespace

const Kernels& kernels() {
    static const Kernels* chosen = choose();
    return *chosen;
}

}  // namespace rheobase
