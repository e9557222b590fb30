# The digest of all headers, in the program and in each module: a module that was built for other headers has structs of other shapes, and
# is not used. The program has it as `interface_digest`, a module as `module_interface_digest`.
if(CMAKE_SCRIPT_MODE_FILE) # -D root=DIRECTORY -D out=FILE -D symbol=NAME
    file(GLOB_RECURSE headers RELATIVE ${root} ${root}/core/*.h ${root}/plans/*.h ${root}/state/*.h ${root}/providers/*.h)
    list(SORT headers)
    set(all "")
    foreach(header ${headers})
        file(SHA256 ${root}/${header} digest)
        string(APPEND all "${header} ${digest}\n")
    endforeach()
    string(SHA256 digest "${all}")
    file(WRITE ${out} "extern const char ${symbol}[];\nconst char ${symbol}[] = \"${digest}\";\n")
    return()
endif()

set(loam_interface_script ${CMAKE_CURRENT_LIST_FILE})

# Adds a file with the digest under the name `symbol` to a target.
function(loam_adds_interface target symbol)
    set(root ${CMAKE_SOURCE_DIR})
    set(out ${CMAKE_CURRENT_BINARY_DIR}/assets/${symbol}.c)
    target_sources(${target} PRIVATE ${out})
    set_source_files_properties(${out} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON) # differs after each change of a header
    get_property(is_known DIRECTORY PROPERTY loam_${symbol})
    if(is_known)
        return()
    endif()
    set_property(DIRECTORY PROPERTY loam_${symbol} ON)
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${root}/core/*.h ${root}/plans/*.h ${root}/state/*.h ${root}/providers/*.h)
    add_custom_command(OUTPUT ${out}
        COMMAND ${CMAKE_COMMAND} -D root=${root} -D out=${out} -D symbol=${symbol} -P ${loam_interface_script}
        DEPENDS ${headers} ${loam_interface_script} VERBATIM)
endfunction()
