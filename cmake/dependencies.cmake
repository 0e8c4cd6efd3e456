# Every outside library, found once. Boost is used without its compiled libraries: the bodies of Asio, Beast and JSON are
# compiled once each in this tree (src/*/…_separate.cpp).
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
find_package(CURL REQUIRED)
find_package(tomlplusplus REQUIRED)
# Debian's librdkafka brings no CMake package of its own.
find_path(RDKAFKA_INCLUDE_DIR librdkafka/rdkafka.h REQUIRED)
find_library(RDKAFKA_LIBRARY rdkafka REQUIRED)
add_library(RdKafka::rdkafka UNKNOWN IMPORTED)
set_target_properties(RdKafka::rdkafka PROPERTIES
  IMPORTED_LOCATION ${RDKAFKA_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${RDKAFKA_INCLUDE_DIR})
# Nor does the RE2 of Debian 12.
find_path(RE2_INCLUDE_DIR re2/re2.h REQUIRED)
find_library(RE2_LIBRARY re2 REQUIRED)
add_library(Re2::re2 UNKNOWN IMPORTED)
set_target_properties(Re2::re2 PROPERTIES
  IMPORTED_LOCATION ${RE2_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${RE2_INCLUDE_DIR})
# RocksDB's own package looks for each compressor that it was built with; the shared library brings them along.
find_path(ROCKSDB_INCLUDE_DIR rocksdb/db.h REQUIRED)
find_library(ROCKSDB_LIBRARY rocksdb REQUIRED)
add_library(RocksDb::rocksdb UNKNOWN IMPORTED)
set_target_properties(RocksDb::rocksdb PROPERTIES
  IMPORTED_LOCATION ${ROCKSDB_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${ROCKSDB_INCLUDE_DIR})
find_path(LZ4_INCLUDE_DIR lz4.h REQUIRED)
find_library(LZ4_LIBRARY lz4 REQUIRED)
add_library(Lz4::lz4 UNKNOWN IMPORTED)
set_target_properties(Lz4::lz4 PROPERTIES
  IMPORTED_LOCATION ${LZ4_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${LZ4_INCLUDE_DIR})
find_library(JEMALLOC_LIBRARY jemalloc REQUIRED)
find_path(CLI11_INCLUDE_DIR CLI/CLI.hpp REQUIRED)
if(BUILD_TESTING)
  find_path(DOCTEST_INCLUDE_DIR doctest/doctest.h REQUIRED)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# One set of flags and definitions for every target, so that all share one precompiled header.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror
                    -Wno-missing-field-initializers  # designated initializers leave out on purpose
)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" OR NOT CMAKE_CXX_FLAGS_DEBUG MATCHES "-O0")
    # False alarms of g++ 12 once it inlines: it takes the frames of Asio's coroutines for memory of another allocator, and
    # loses track of how short strings move out of temporaries and of which variant of a result is set.
    add_compile_options(-Wno-mismatched-new-delete -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread
                        -Wno-restrict -Wno-maybe-uninitialized)
  endif()
  if(STREAMDEMO_JOINED)
    # It takes what a joined file defines for something that a header defines; the builds of single files still look.
    add_compile_options(-Wno-subobject-linkage)
  endif()
else()
  # The standard library of g++ 12 calls a function of its own that it deprecates, in std::stable_sort.
  add_compile_options(-Wno-deprecated-declarations)
  # librdkafka's macros check their arguments by it; and no assignment in the loops of a coroutine is seen.
  add_compile_options(-Wno-gnu-statement-expression-from-macro-expansion -Wno-for-loop-analysis)
  # Without the time of its making, a precompiled header is the same in every clone, and ccache finds what includes it.
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
endif()
add_compile_definitions(
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_NO_TS_EXECUTORS
  BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=8  # a thread keeps as many frames of coroutines as a request has at once
  BOOST_BEAST_SEPARATE_COMPILATION BOOST_ALL_NO_LIB
  SPDLOG_COMPILED_LIB SPDLOG_SHARED_LIB SPDLOG_FMT_EXTERNAL FMT_SHARED
  DOCTEST_CONFIG_SUPER_FAST_ASSERTS)
