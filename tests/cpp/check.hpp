#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace rheobase::test {

inline int failures = 0;

inline void fail(const char* what, const char* file, int line) {
    ++failures;
    std::fprintf(stderr, "%s:%d: %s does not hold\n", file, line, what);
}

/// Whether an emulator runs this, which cannot follow threads through a fork.
inline bool is_emulated() { return std::getenv("RHEOBASE_EMULATED") != nullptr; }

/// Counts and prints a failure unless `holds`.
inline void check(bool holds, const char* what, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    if (!holds) fail(what, file, line);
}

/// |got - wanted| <= tolerance.
inline void near(double got, double wanted, double tolerance, const char* what, const char* file = __builtin_FILE(),
                 int line = __builtin_LINE()) {
    if (std::fabs(got - wanted) <= tolerance) return;
    fail(what, file, line);
    std::fprintf(stderr, "    got %.17g, wanted %.17g within %g\n", got, wanted, tolerance);
}

/// `action` throws an Error.
template <class Error, class Action>
void throws(Action action, const char* what, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    try {
        action();
    } catch (const Error&) {
        return;
    }
    fail(what, file, line);
}

}  // namespace rheobase::test
