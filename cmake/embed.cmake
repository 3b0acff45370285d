# tieout_embed(TARGET FILE NAME): sources of TARGET may include <NAME.h>, which has the bytes of
# FILE as the terminated array NAME_text.
set(TIEOUT_EMBED_SCRIPT "${PROJECT_SOURCE_DIR}/cmake/write_embedded.cmake")

function(tieout_embed target file name)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/embedded")
  set(in "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
  add_custom_command(OUTPUT "${folder}/${name}.h" DEPENDS "${in}" "${TIEOUT_EMBED_SCRIPT}"
    COMMAND ${CMAKE_COMMAND} -D "IN=${in}" -D "OUT=${folder}/${name}.h" -D "NAME=${name}"
      -P "${TIEOUT_EMBED_SCRIPT}")
  target_sources(${target} PRIVATE "${folder}/${name}.h")
  target_include_directories(${target} PRIVATE "${folder}")
endfunction()
