# Files that the program prints from its own tables: printed after the build, installed in Debian's directories.
function(loam_page program folder file) # arguments of the command that prints it
    set(page ${CMAKE_BINARY_DIR}/share/${folder}/${file})
    add_custom_command(OUTPUT ${page}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/share/${folder}
        COMMAND ${program} ${ARGN} > ${page}.new
        COMMAND ${CMAKE_COMMAND} -E rename ${page}.new ${page}
        DEPENDS ${program} loam-libvirt VERBATIM)
    install(FILES ${page} DESTINATION share/${folder})
    set_property(GLOBAL APPEND PROPERTY loam_pages ${page})
endfunction()

# A manual page of each command: loam-plan.1. cmake/manual.cmake prints them; the stamp shows that they are new.
function(loam_manual program)
    set(stamp ${CMAKE_BINARY_DIR}/share/man/commands.stamp)
    add_custom_command(OUTPUT ${stamp}
        COMMAND ${CMAKE_COMMAND} -D EMULATOR=${CMAKE_CROSSCOMPILING_EMULATOR} -D PROGRAM=$<TARGET_FILE:${program}>
                -D DIRECTORY=${CMAKE_BINARY_DIR}/share/man/man1
                -P ${CMAKE_SOURCE_DIR}/cmake/manual.cmake
        COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
        DEPENDS ${program} loam-libvirt ${CMAKE_SOURCE_DIR}/cmake/manual.cmake VERBATIM)
    install(DIRECTORY ${CMAKE_BINARY_DIR}/share/man/man1 DESTINATION share/man FILES_MATCHING PATTERN "loam-*.1")
    set_property(GLOBAL APPEND PROPERTY loam_pages ${stamp})
endfunction()

function(loam_pages program)
    loam_manual(${program})
    loam_page(${program} man/man1 loam.1 metadata page manual)
    loam_page(${program} bash-completion/completions loam metadata page bash)
    loam_page(${program} zsh/vendor-completions _loam metadata page zsh)
    loam_page(${program} fish/vendor_completions.d loam.fish metadata page fish)
    loam_page(${program} loam loam.schema.json schema)
    get_property(pages GLOBAL PROPERTY loam_pages)
    add_custom_target(pages ALL DEPENDS ${pages})
endfunction()
