# A toolchain: Zig's C++ compiler, which the package `ziglang` brings, for any target. ZIG_TARGET is its name, such as
# x86_64-linux-gnu.2.17 (the oldest C library that the result runs with), aarch64-linux-musl or x86_64-windows-gnu.
# Tests of another machine run under an emulator.

set(ZIG_TARGET "" CACHE STRING "Zig's name of what is compiled for")
set(ZIG_PYTHON python CACHE STRING "The Python that has the package ziglang")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES ZIG_TARGET ZIG_PYTHON)

set(zig ${ZIG_PYTHON} -m ziglang)
set(CMAKE_CXX_COMPILER ${zig} c++ -target ${ZIG_TARGET})
list(JOIN zig " " zig_line)
set(CMAKE_CXX_ARCHIVE_CREATE "${zig_line} ar qc <TARGET> <OBJECTS>")
set(CMAKE_CXX_ARCHIVE_APPEND "${zig_line} ar q <TARGET> <OBJECTS>")
set(CMAKE_CXX_ARCHIVE_FINISH "${zig_line} ranlib <TARGET>")

string(REGEX MATCH "^[^-]+" zig_processor "${ZIG_TARGET}")
if(ZIG_TARGET MATCHES "windows")
  set(CMAKE_SYSTEM_NAME Windows)
  set(CMAKE_SYSTEM_PROCESSOR ${zig_processor})
  set(CMAKE_CROSSCOMPILING_EMULATOR wine)
elseif(NOT zig_processor STREQUAL CMAKE_HOST_SYSTEM_PROCESSOR)
  set(CMAKE_SYSTEM_NAME Linux)
  set(CMAKE_SYSTEM_PROCESSOR ${zig_processor})
  set(CMAKE_CROSSCOMPILING_EMULATOR qemu-${zig_processor})
endif()
