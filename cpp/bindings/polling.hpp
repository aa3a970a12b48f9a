#pragma once

#include <pybind11/functional.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <exception>
#include <functional>
#include <optional>

namespace rheobase {

using Progress = std::optional<std::function<void(std::int64_t)>>;

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
            if (!interrupted_) failure_ = std::current_exception();
            return false;
        }
    }

    bool interrupted() const noexcept { return interrupted_; }
    void raise() const {
        if (failure_) std::rethrow_exception(failure_);
    }

  private:
    const Progress& progress_;
    bool interrupted_ = false;
    std::exception_ptr failure_;
};

}  // namespace rheobase
