# The precompiled header that every module reuses: the standard library, Asio's core and fmt. Nothing of the product.
file(WRITE ${CMAKE_BINARY_DIR}/pch.cpp "")
add_library(streamdemo_pch OBJECT ${CMAKE_BINARY_DIR}/pch.cpp)
target_link_libraries(streamdemo_pch PRIVATE Boost::headers fmt::fmt spdlog::spdlog Threads::Threads)
target_precompile_headers(streamdemo_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.hpp)

# streamdemo_private_root(OUT FOLDER): the directory to search for the private headers of src/FOLDER, which are included as
# "FOLDER/x.hpp". It holds that folder alone, so the compiler itself refuses the private headers of every other module.
function(streamdemo_private_root OUT FOLDER)
  set(ROOT ${CMAKE_BINARY_DIR}/private/${FOLDER})
  file(MAKE_DIRECTORY ${ROOT})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/src/${FOLDER} ${ROOT}/${FOLDER} SYMBOLIC)
  set(${OUT} ${ROOT} PARENT_SCOPE)
endfunction()

# streamdemo_module(NAME DEPENDS …): the static library of src/NAME, which sees the contracts of the modules it names
# and nobody else's private headers. A folder that is a library of its own (bus/kafka) has its own CMakeLists.txt, says
# with PART_OF whose private headers are its own, too, and the one around it excludes its sources.
# Tests see the private headers of the modules they name in DEPENDS: streamdemo_test reads STREAMDEMO_PRIVATE_ROOT.
function(streamdemo_module NAME)
  cmake_parse_arguments(ARG "" "PART_OF" "DEPENDS;PRIVATE_DEPENDS;EXCLUDE" ${ARGN})
  file(GLOB_RECURSE SOURCES RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  foreach(PATTERN ${ARG_EXCLUDE})
    list(FILTER SOURCES EXCLUDE REGEX ${PATTERN})
  endforeach()
  if(NOT ARG_PART_OF)
    set(ARG_PART_OF ${NAME})
  endif()
  streamdemo_private_root(PRIVATE_ROOT ${ARG_PART_OF})
  add_library(streamdemo_${NAME} STATIC ${SOURCES})
  target_include_directories(streamdemo_${NAME} PUBLIC ${CMAKE_SOURCE_DIR}/include PRIVATE ${PRIVATE_ROOT})
  target_link_libraries(streamdemo_${NAME} PUBLIC ${ARG_DEPENDS} PRIVATE ${ARG_PRIVATE_DEPENDS})
  target_precompile_headers(streamdemo_${NAME} REUSE_FROM streamdemo_pch)
  set_target_properties(streamdemo_${NAME} PROPERTIES STREAMDEMO_PRIVATE_ROOT ${PRIVATE_ROOT})
endfunction()

# streamdemo_test(NAME DIR … DEPENDS …): one doctest binary of all *.cpp below DIR.
function(streamdemo_test NAME DIR)
  cmake_parse_arguments(ARG "" "LABEL" "DEPENDS;ARGS" ${ARGN})
  file(GLOB_RECURSE SOURCES CONFIGURE_DEPENDS ${DIR}/*.cpp)
  if(NOT SOURCES)
    return()
  endif()
  add_executable(test_${NAME} ${SOURCES} $<TARGET_OBJECTS:streamdemo_test_main>)
  target_include_directories(test_${NAME} PRIVATE ${CMAKE_SOURCE_DIR}/tests ${DOCTEST_INCLUDE_DIR})
  foreach(MODULE ${ARG_DEPENDS})
    if(MODULE MATCHES "^streamdemo_")
      target_include_directories(test_${NAME} PRIVATE $<TARGET_PROPERTY:${MODULE},STREAMDEMO_PRIVATE_ROOT>)
    endif()
  endforeach()
  target_link_libraries(test_${NAME} PRIVATE ${ARG_DEPENDS})
  target_precompile_headers(test_${NAME} REUSE_FROM streamdemo_pch)
  # One unit per file: files of tests use the same short names for their helpers.
  set_target_properties(test_${NAME} PROPERTIES UNITY_BUILD OFF)
  add_test(NAME ${NAME} COMMAND test_${NAME} ${ARG_ARGS} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${NAME} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT 600)
endfunction()
