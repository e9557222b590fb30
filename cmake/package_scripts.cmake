# Run by cpack on the package: removes the scripts that call ldconfig, which cpack adds for every library below /usr/lib. The
# libraries of loam are opened by their path, so the cache of the linker needs no update.
foreach(package ${CPACK_PACKAGE_FILES})
    set(root ${package}.root)
    execute_process(COMMAND dpkg-deb --raw-extract ${package} ${root} COMMAND_ERROR_IS_FATAL ANY)
    file(REMOVE ${root}/DEBIAN/postinst ${root}/DEBIAN/postrm)
    if(DEFINED ENV{SOURCE_DATE_EPOCH}) # dpkg-deb changes only later times
        execute_process(COMMAND find ${root} -exec touch --no-dereference --date=@$ENV{SOURCE_DATE_EPOCH} {} +
            COMMAND_ERROR_IS_FATAL ANY)
    endif()
    execute_process(COMMAND dpkg-deb --root-owner-group -Zgzip --build ${root} ${package} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
    file(REMOVE_RECURSE ${root})
endforeach()
