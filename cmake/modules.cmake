# The precompiled header that every module reuses: the standard library, Asio's core and fmt. Nothing of the product.
file(WRITE ${CMAKE_BINARY_DIR}/pch.cpp "")
add_library(streamdemo_pch OBJECT ${CMAKE_BINARY_DIR}/pch.cpp)
target_link_libraries(streamdemo_pch PRIVATE Boost::headers fmt::fmt spdlog::spdlog Threads::Threads)
target_precompile_headers(streamdemo_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.hpp)

# streamdemo_module(NAME DEPENDS …): the static library of src/NAME, which sees the contracts of the modules it names
# and nobody's private headers. A folder that is a library of its own (bus/kafka) has its own CMakeLists.txt, and the
# one around it excludes its sources.
function(streamdemo_module NAME)
  cmake_parse_arguments(ARG "" "" "DEPENDS;PRIVATE_DEPENDS;EXCLUDE" ${ARGN})
  file(GLOB_RECURSE SOURCES RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  foreach(PATTERN ${ARG_EXCLUDE})
    list(FILTER SOURCES EXCLUDE REGEX ${PATTERN})
  endforeach()
  add_library(streamdemo_${NAME} STATIC ${SOURCES})
  target_include_directories(streamdemo_${NAME} PUBLIC ${CMAKE_SOURCE_DIR}/include PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(streamdemo_${NAME} PUBLIC ${ARG_DEPENDS} PRIVATE ${ARG_PRIVATE_DEPENDS})
  target_precompile_headers(streamdemo_${NAME} REUSE_FROM streamdemo_pch)
endfunction()

# streamdemo_test(NAME DIR … DEPENDS …): one doctest binary of all *.cpp below DIR.
function(streamdemo_test NAME DIR)
  cmake_parse_arguments(ARG "" "LABEL" "DEPENDS;ARGS" ${ARGN})
  file(GLOB_RECURSE SOURCES CONFIGURE_DEPENDS ${DIR}/*.cpp)
  if(NOT SOURCES)
    return()
  endif()
  add_executable(test_${NAME} ${SOURCES} $<TARGET_OBJECTS:streamdemo_test_main>)
  target_include_directories(test_${NAME} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/tests ${DOCTEST_INCLUDE_DIR})
  target_link_libraries(test_${NAME} PRIVATE ${ARG_DEPENDS})
  target_precompile_headers(test_${NAME} REUSE_FROM streamdemo_pch)
  add_test(NAME ${NAME} COMMAND test_${NAME} ${ARG_ARGS} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${NAME} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT 600)
endfunction()
