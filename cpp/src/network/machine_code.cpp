#include "rheobase/network/machine_code.hpp"

#include <map>
#include <mutex>

namespace rheobase {

MachineCodePlace& machine_code_place(const std::string& shape) {
    static std::mutex mutex;
    static std::map<std::string, MachineCodePlace> places;
    const std::lock_guard<std::mutex> lock(mutex);
    return places.try_emplace(shape, nullptr).first->second;
}

}  // namespace rheobase
