# TIEOUT_REVISION: what results and measurements are stamped with.
execute_process(COMMAND git -C "${PROJECT_SOURCE_DIR}" describe --always --dirty
  OUTPUT_VARIABLE TIEOUT_REVISION OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT TIEOUT_REVISION)
  set(TIEOUT_REVISION "unknown revision")
endif()
