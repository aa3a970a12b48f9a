#pragma once

#include "rheobase/base/archive.hpp"
#include "rheobase/network/network.hpp"

namespace rheobase {

/// When the projections of a network were made, in either direction: what the layout of its connections depends on.
void archive_projections(Archive& archive, Network& network);

/// Everything of a built network that changes in a run, in either direction, with the step that it has reached.
void archive_state(Archive& archive, Network& network);

}  // namespace rheobase
