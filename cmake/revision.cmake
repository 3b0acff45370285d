# tieout_use_revision(TARGET): its sources may include <revision.h>, which says what results and
# measurements are stamped with and is looked up at every build.
set(TIEOUT_REVISION_FOLDER "${PROJECT_BINARY_DIR}/revision")
add_custom_target(tieout_revision BYPRODUCTS "${TIEOUT_REVISION_FOLDER}/revision.h"
  COMMAND ${CMAKE_COMMAND} -D "SOURCE=${PROJECT_SOURCE_DIR}"
    -D "OUT=${TIEOUT_REVISION_FOLDER}/revision.h"
    -P "${PROJECT_SOURCE_DIR}/cmake/write_revision.cmake")

function(tieout_use_revision target)
  add_dependencies(${target} tieout_revision)
  target_include_directories(${target} PRIVATE "${TIEOUT_REVISION_FOLDER}")
endfunction()
