# tieout_layer(NAME): the static library of the folder it is called in, all its .c files.
# What every target of the project shares is in the interface library tieout_flags.
add_library(tieout_flags INTERFACE)
target_compile_options(tieout_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wundef -Wvla -Wconversion -Wno-sign-conversion
  -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wwrite-strings -Werror
  # Contracting a*b+c into one rounding would make scores depend on the instruction set.
  -ffp-contract=off)
target_compile_definitions(tieout_flags INTERFACE _POSIX_C_SOURCE=200809L _FILE_OFFSET_BITS=64)
target_link_libraries(tieout_flags INTERFACE OpenMP::OpenMP_C)

set(TIEOUT_SANITIZE "" CACHE STRING "address,undefined or thread")
if(TIEOUT_SANITIZE)
  target_compile_options(tieout_flags INTERFACE
    -fsanitize=${TIEOUT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(tieout_flags INTERFACE -fsanitize=${TIEOUT_SANITIZE})
endif()

function(tieout_layer name)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.c")
  list(FILTER sources EXCLUDE REGEX "/main\\.c$")
  add_library(tieout_${name} STATIC ${sources})
  target_include_directories(tieout_${name} PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}")
  target_link_libraries(tieout_${name} PUBLIC tieout_flags)
endfunction()
