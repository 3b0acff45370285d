# Writes the header OUT with the revision of SOURCE, only if it says something new.
execute_process(COMMAND git -C "${SOURCE}" describe --always --dirty
  OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT revision)
  set(revision "unknown revision")
endif()
file(CONFIGURE OUTPUT "${OUT}" CONTENT "#define TIEOUT_REVISION \"${revision}\"\n")
