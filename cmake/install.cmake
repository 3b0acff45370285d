# What "cmake --install" puts where: bin, and share/tieout with the job scripts for Slurm, of which
# site.conf is to be edited once, and a module file.
include(GNUInstallDirs)
set(TIEOUT_SHARE "${CMAKE_INSTALL_DATADIR}/tieout")

install(TARGETS tieout RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(PROGRAMS slurm/submit DESTINATION "${TIEOUT_SHARE}/slurm")
install(FILES slurm/common.sh slurm/detect.sbatch slurm/followup.sbatch slurm/scaling.sbatch
  slurm/site.conf DESTINATION "${TIEOUT_SHARE}/slurm")
install(PROGRAMS benchmarks/scaling DESTINATION "${TIEOUT_SHARE}/benchmarks") # by scaling.sbatch
install(FILES benchmarks/common.py DESTINATION "${TIEOUT_SHARE}/benchmarks")
install(CODE "file(CREATE_LINK \"../${TIEOUT_SHARE}/slurm/submit\"
  \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/tieout-submit\" SYMBOLIC)")
install(FILES README.md INPUT.md SCHEMA.md CONFIGURATION.md FOLLOWUP.md CLUSTER.md CHANGELOG.md LICENSE
  DESTINATION "${CMAKE_INSTALL_DOCDIR}")

configure_file(packaging/modulefile.in "${PROJECT_BINARY_DIR}/modulefile" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/modulefile" RENAME "${PROJECT_VERSION}"
  DESTINATION "${TIEOUT_SHARE}/modulefiles/tieout")
