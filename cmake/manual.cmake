# Run by the build: prints the manual page of each command to DIRECTORY, with PROGRAM, by the program EMULATOR if there is one.
file(MAKE_DIRECTORY ${DIRECTORY})
file(GLOB old ${DIRECTORY}/loam-*.1)
if(old)
    file(REMOVE ${old})
endif()
execute_process(COMMAND ${EMULATOR} ${PROGRAM} metadata page commands OUTPUT_VARIABLE page COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "\n## [a-z][^\n]*" headings "${page}") # those of commands begin with a small letter
foreach(heading ${headings})
    string(REGEX REPLACE "\n## " "" command "${heading}")
    string(REPLACE " " "-" name "${command}")
    execute_process(COMMAND ${EMULATOR} ${PROGRAM} metadata page man1/${name} OUTPUT_FILE ${DIRECTORY}/loam-${name}.1
        COMMAND_ERROR_IS_FATAL ANY)
endforeach()
