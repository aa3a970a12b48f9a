# Makes of the words in neuron_models.txt
#   rheobase/models/neuron_models.hpp   every model's header and the list of them all
#   advance_<model>.cpp                 the loops of one model, so that a change of its header compiles no other's
#   find_advance.cpp                    where they are found
# The header of a model is named after it, in lower case; underscores are free.

set(words_file ${CMAKE_CURRENT_LIST_DIR}/neuron_models.txt)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${words_file})
file(STRINGS ${words_file} neuron_models REGEX "[^ ]")
set(RHEOBASE_NEURON_MODELS "" CACHE STRING "Models to compile, where not all are needed, as in sanitized builds")
if(RHEOBASE_NEURON_MODELS)
  set(neuron_models ${RHEOBASE_NEURON_MODELS})
endif()
file(GLOB neuron_headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/include/rheobase/models/neurons/*.hpp)

function(find_neuron_header model result)
  string(TOLOWER ${model} wanted)
  foreach(path ${neuron_headers})
    get_filename_component(header ${path} NAME_WE)
    string(REPLACE "_" "" plain ${header})
    if(plain STREQUAL wanted)
      set(${result} ${header} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "${words_file}: no header in models/neurons/ is named after ${model}")
endfunction()

set(generated_directory ${CMAKE_CURRENT_BINARY_DIR}/generated)
set(generated_include_directory ${generated_directory}/include)
set(generated_loop_sources ${generated_directory}/find_advance.cpp)
set(includes "")
set(advances "")
set(advances_joined "")
foreach(model ${neuron_models})
  find_neuron_header(${model} header)
  string(APPEND includes "#include \"rheobase/models/neurons/${header}.hpp\"\n")
  list(APPEND advances find_advance_${model})
  list(APPEND advances_joined find_advance_joined_${model})
  configure_file(${CMAKE_CURRENT_LIST_DIR}/src/loops/advance_model.cpp.in
                 ${generated_directory}/advance_${header}.cpp @ONLY)
  list(APPEND generated_loop_sources ${generated_directory}/advance_${header}.cpp)
endforeach()
list(JOIN neuron_models ", " models)
list(JOIN advances ", " advances)
list(JOIN advances_joined ", " advances_joined)
configure_file(${CMAKE_CURRENT_LIST_DIR}/include/rheobase/models/neuron_models.hpp.in
               ${generated_include_directory}/rheobase/models/neuron_models.hpp @ONLY)
configure_file(${CMAKE_CURRENT_LIST_DIR}/src/loops/find_advance.cpp.in ${generated_directory}/find_advance.cpp @ONLY)
