#pragma once

// Everything that a loop calls becomes part of it: a function left outside would keep it from becoming vector code, and
// the linker, which keeps one copy of an inline function, might keep the one for another instruction set.
#if defined(__GNUC__)
#define RHEOBASE_FLATTEN __attribute__((flatten))
#else
#define RHEOBASE_FLATTEN
#endif
