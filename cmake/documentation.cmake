# Installs the manual page and the completion for bash; the program writes both itself, so that
# they have the options it has.
include(GNUInstallDirs)
set(TIEOUT_MAN_FOLDER "${CMAKE_INSTALL_MANDIR}/man1")
set(TIEOUT_COMPLETION_FOLDER "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
install(CODE "
  set(made \"${PROJECT_BINARY_DIR}/documentation\")
  file(MAKE_DIRECTORY \"\${made}\")
  execute_process(COMMAND \"$<TARGET_FILE:tieout>\" help man
    OUTPUT_FILE \"\${made}/tieout.1\" COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND \"$<TARGET_FILE:tieout>\" help completion
    OUTPUT_FILE \"\${made}/tieout\" COMMAND_ERROR_IS_FATAL ANY)
  file(INSTALL \"\${made}/tieout.1\"
    DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${TIEOUT_MAN_FOLDER}\")
  file(INSTALL \"\${made}/tieout\"
    DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${TIEOUT_COMPLETION_FOLDER}\")
")
