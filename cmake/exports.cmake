# A release exports only the symbols that its modules need. Link-time optimisation can then inline or leave out all other functions.
if(CMAKE_SCRIPT_MODE_FILE) # -D nm=PROGRAM -D out=FILE -D modules=FILE;FILE…
    set(symbols "")
    foreach(module ${modules})
        execute_process(COMMAND ${nm} --dynamic --undefined-only --format=posix ${module} OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
        string(REGEX MATCHALL "[^\n]+" lines "${text}")
        foreach(line ${lines}) # NAME U, or NAME@VERSION U for a symbol of a library
            if(line MATCHES "^([A-Za-z0-9_]+) U")
                list(APPEND symbols ${CMAKE_MATCH_1})
            endif()
        endforeach()
    endforeach()
    list(REMOVE_DUPLICATES symbols)
    list(SORT symbols)
    list(JOIN symbols ";\n    " text)
    file(CONFIGURE OUTPUT ${out} CONTENT "{\n    ${text};\n};\n" @ONLY)
    return()
endif()

set(loam_exports_script ${CMAKE_CURRENT_LIST_FILE})

# Lets a program export the symbols for the modules that are defined so far; all symbols in builds that are no release, because there
# the program would be linked again for each changed module.
function(loam_exports program)
    if(NOT CMAKE_BUILD_TYPE STREQUAL Release)
        set_target_properties(${program} PROPERTIES ENABLE_EXPORTS ON)
        return()
    endif()
    get_property(modules GLOBAL PROPERTY loam_modules)
    list(TRANSFORM modules REPLACE "(.+)" "$<TARGET_FILE:\\1>" OUTPUT_VARIABLE files)
    set(out ${CMAKE_BINARY_DIR}/${program}.exports)
    add_custom_command(OUTPUT ${out}
        COMMAND ${CMAKE_COMMAND} -D nm=${CMAKE_NM} -D out=${out} -D "modules=${files}" -P ${loam_exports_script}
        DEPENDS ${modules} ${loam_exports_script} VERBATIM)
    target_sources(${program} PRIVATE ${out})
    set_target_properties(${program} PROPERTIES LINK_DEPENDS ${out})
    target_link_options(${program} PRIVATE -Wl,--dynamic-list=${out})
endfunction()
