#pragma once

#include <pybind11/functional.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <exception>
#include <functional>
#include <optional>

#include "rheobase/base/shared_work.hpp"

namespace rheobase {

using Progress = std::optional<std::function<void(std::int64_t)>>;

inline const Progress no_progress;

/// What a loop without the GIL calls from time to time: signals and the progress bar get their turn. It tells the loop
/// to stop where they raise; KeyboardInterrupt only stops it, every other error is raised by `raise`.
class Polling {
  public:
    explicit Polling(const Progress& progress) : progress_(progress) {}

    /// Whether the loop shall go on.
    bool operator()(std::int64_t done) {
        const pybind11::gil_scoped_acquire acquire;
        try {
            if (PyErr_CheckSignals() != 0) throw pybind11::error_already_set();
            if (progress_) (*progress_)(done);
            return true;
        } catch (pybind11::error_already_set& error) {
            interrupted_ = error.matches(PyExc_KeyboardInterrupt);
            cause_ = std::current_exception();
            return false;
        }
    }

    bool interrupted() const noexcept { return interrupted_; }
    /// Calls `work` with the poll, without the GIL. Where the poll stops it, the error that stopped it is raised, also
    /// KeyboardInterrupt.
    template <class Work>
    auto complete(Work work) {
        try {
            const pybind11::gil_scoped_release release;
            return work([this](std::int64_t done) { return (*this)(done); });
        } catch (const Stopped&) {
            std::rethrow_exception(cause_);
        }
    }
    void raise() const {
        if (cause_ && !interrupted_) std::rethrow_exception(cause_);
    }

  private:
    const Progress& progress_;
    bool interrupted_ = false;
    std::exception_ptr cause_;
};

}  // namespace rheobase
