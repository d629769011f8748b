# Warnings, sanitizers and the helper that makes one library a folder.
add_library(poise_warnings INTERFACE)
target_compile_options(poise_warnings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
    -Wold-style-cast -Woverloaded-virtual -Wno-sign-conversion -Werror>)

# g++ 12 reports overlapping or too long copies inside std::string that cannot happen (GCC bugs 105329
# and 105651), in release builds without link-time optimisation.
target_compile_options(poise_warnings INTERFACE
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-Wno-restrict -Wno-array-bounds>)

# x86-64-v2 has the SSE4.2 that llhttp's fast paths need; every x86 server CPU since 2009 has it.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  add_compile_options(-march=x86-64-v2)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_C_FLAGS_RELEASE "-O2 -g1")

if(POISE_SANITIZE)
  # The vptr check opens a pipe to probe memory: out of descriptors it reports what is not there.
  add_compile_options(-fsanitize=${POISE_SANITIZE} -fno-sanitize=vptr -fno-omit-frame-pointer -fno-sanitize-recover=all)
  # g++ takes the library's own code for careless there.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
  add_link_options(-fsanitize=${POISE_SANITIZE})
  if(POISE_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
  endif()
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  include(CheckIPOSupported)
  check_ipo_supported(RESULT POISE_IPO LANGUAGES CXX)
  option(POISE_LTO "Link-time optimisation in release builds" ${POISE_IPO})
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ${POISE_LTO})
endif()

# poise_library(NAME FOLDER DEPENDENCIES...): every .cpp directly in FOLDER, and in its
# folder of strategies or probes. CONFIGURE_DEPENDS: a new file needs no edit here.
function(poise_library name folder)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp
       ${CMAKE_SOURCE_DIR}/${folder}/strategies/*.cpp
       ${CMAKE_SOURCE_DIR}/${folder}/probes/*.cpp)
  if(sources)
    add_library(poise_${name} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(poise_${name} PRIVATE poise_warnings)
  else()
    add_library(poise_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(poise_${name} ${scope} ${CMAKE_SOURCE_DIR})
  foreach(dependency ${ARGN})
    if(TARGET poise_${dependency})
      target_link_libraries(poise_${name} ${scope} poise_${dependency})
    else()
      target_link_libraries(poise_${name} ${scope} ${dependency})
    endif()
  endforeach()
endfunction()

# poise_dashboard(NAME FOLDER): the page of FOLDER becomes a part of library NAME.
function(poise_dashboard name folder)
  file(GLOB parts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*)
  set(embed ${CMAKE_SOURCE_DIR}/cmake/EmbedPage.cmake)
  set(out ${CMAKE_BINARY_DIR}/dashboard_page.cpp)
  add_custom_command(OUTPUT ${out} DEPENDS ${parts} ${embed} VERBATIM
    COMMAND ${CMAKE_COMMAND} -DPAGE=${CMAKE_SOURCE_DIR}/${folder} -DOUT=${out} -P ${embed})
  target_sources(poise_${name} PRIVATE ${out})
endfunction()
