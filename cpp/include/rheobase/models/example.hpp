#pragma once

namespace rheobase {

/// The value of a parameter or the initial value of a state variable.
struct Setting {
    const char* name;
    double value;
};

/// A steady life between spikes, on which the order of schemes shows. A conductance G with its reversal potential is
/// added for a second measurement.
struct SmoothStretch {
    double dt;  ///< ms, the coarsest
    double I;
    double G, reversal;
    Setting settings[3];  ///< other than the defaults; unused ones have no name
};

/// What the tests that hold for every model must know of one.
struct Example {
    double strong_I;    ///< a drive that makes it spike again and again, with every scheme and dt = 0.02 ms
    const char* kicks;  ///< the variable to which delta synapses add their weight; empty where they do not simply add
    const char* reset;  ///< the parameter whose value the first variable has after a spike; empty where it has none
    bool silent;        ///< it never spikes
    SmoothStretch smooth;
};

}  // namespace rheobase
