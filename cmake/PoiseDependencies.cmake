# Finds every library, and says which Debian package holds what is missing.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

function(poise_missing what package)
  message(FATAL_ERROR "${what} is missing; on Debian: apt-get install ${package} (or run ./dev build)")
endfunction()

pkg_check_modules(UV IMPORTED_TARGET libuv>=1.44)
if(NOT UV_FOUND)
  poise_missing("libuv >= 1.44" libuv1-dev)
endif()
add_library(poise_uv INTERFACE)
target_link_libraries(poise_uv INTERFACE PkgConfig::UV Threads::Threads)

find_package(yaml-cpp QUIET)
if(NOT yaml-cpp_FOUND)
  poise_missing("yaml-cpp" libyaml-cpp-dev)
endif()

pkg_check_modules(RE2 IMPORTED_TARGET re2)
if(NOT RE2_FOUND)
  poise_missing("RE2" libre2-dev)
endif()
add_library(poise_re2 INTERFACE)
target_link_libraries(poise_re2 INTERFACE PkgConfig::RE2)

find_path(XXHASH_INCLUDE xxhash.h)
if(NOT XXHASH_INCLUDE)
  poise_missing("xxHash" libxxhash-dev)
endif()
add_library(poise_xxhash INTERFACE)
target_include_directories(poise_xxhash SYSTEM INTERFACE ${XXHASH_INCLUDE})

# A system llhttp is preferred; Debian 12 has only the C sources, inside node-llhttp. Both of the
# parser's machines are in that file: strict mode must be chosen for every file that includes it.
pkg_check_modules(LLHTTP IMPORTED_TARGET libllhttp>=9)
if(LLHTTP_FOUND)
  add_library(poise_llhttp INTERFACE)
  target_link_libraries(poise_llhttp INTERFACE PkgConfig::LLHTTP)
else()
  set(POISE_LLHTTP_SOURCES /usr/share/llhttp CACHE PATH "Folder with llhttp.c, api.c and http.c")
  set(POISE_LLHTTP_INCLUDE /usr/share/include/llhttp CACHE PATH "Folder with llhttp.h")
  if(NOT EXISTS ${POISE_LLHTTP_SOURCES}/llhttp.c OR NOT EXISTS ${POISE_LLHTTP_INCLUDE}/llhttp.h)
    poise_missing("llhttp" node-llhttp)
  endif()
  add_library(poise_llhttp STATIC ${POISE_LLHTTP_SOURCES}/llhttp.c ${POISE_LLHTTP_SOURCES}/api.c
              ${POISE_LLHTTP_SOURCES}/http.c)
  target_include_directories(poise_llhttp SYSTEM PUBLIC ${POISE_LLHTTP_INCLUDE})
  target_compile_definitions(poise_llhttp PUBLIC LLHTTP_STRICT_MODE=1)
endif()

find_path(CLI11_INCLUDE CLI/CLI.hpp)
if(NOT CLI11_INCLUDE)
  poise_missing("CLI11" libcli11-dev)
endif()
add_library(poise_cli11 INTERFACE)
target_include_directories(poise_cli11 SYSTEM INTERFACE ${CLI11_INCLUDE})
