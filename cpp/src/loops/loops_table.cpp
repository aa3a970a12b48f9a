#include "loops/instruction_set.hpp"
#include "rheobase/math/exponential_function.hpp"

#define RHEOBASE_TEXT_(x) #x
#define RHEOBASE_TEXT(x) RHEOBASE_TEXT_(x)

namespace rheobase {
namespace RHEOBASE_ISA {

const Loops loops_table = {RHEOBASE_TEXT(RHEOBASE_ISA),
                           RHEOBASE_FUSED != 0,
                           find_advance,
                           find_advance_joined,
                           coast_size,
                           find_coast,
                           advance_receptors,
                           deliver,
                           gather,
                           find_plastic,
                           drive,
                           draw_normals,
                           draw_uniforms,
                           draw_connection_words,
                           draw_numbers,
                           find_normal_quantiles,
                           find_vector_operation,
                           find_non_finite,
                           find_free,
                           find_true};

}  // namespace RHEOBASE_ISA
}  // namespace rheobase
