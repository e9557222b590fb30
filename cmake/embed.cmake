# Embeds files in a layer: shell scripts, style sheets, JavaScript and YAML beside its sources become C strings.
# The contents of page.css are `page_css`. <layer>_assets.h, which only the layer sees, declares the strings.
# In a file .sh, a line ". ./other.sh" is replaced by that file, of its directory or of core/remote, and comment lines
# are left out; ". ./../room/other.sh" is one of another room. In other files, only directives for shellcheck are left out.
if(CMAKE_SCRIPT_MODE_FILE) # -D asset=FILE -D shared=DIRECTORY -D header=FILE -D symbol=NAME -D out=FILE
    file(READ ${asset} text)
    string(PREPEND text "\n")
    set(left_out "# shellcheck ")
    if(asset MATCHES "\\.sh$")
        cmake_path(GET asset PARENT_PATH dir)
        while(text MATCHES "(\n[ \t]*)\\. \\./([A-Za-z0-9_./]+)\n")
            set(line "${CMAKE_MATCH_1}. ./${CMAKE_MATCH_2}\n")
            set(file ${dir}/${CMAKE_MATCH_2})
            if(NOT EXISTS ${file})
                set(file ${shared}/${CMAKE_MATCH_2})
            endif()
            file(READ ${file} included)
            string(REPLACE "${line}" "\n${included}" text "${text}")
        endwhile()
        set(left_out "#")
    endif()
    string(REGEX REPLACE "\n[ \t]*${left_out}[^\n]*" "" text "${text}")
    string(SUBSTRING "${text}" 1 -1 text)
    string(REPLACE "\\" "\\\\" text "${text}")
    string(REPLACE "\"" "\\\"" text "${text}")
    string(REPLACE "\n" "\\n\"\n    \"" text "${text}")
    file(WRITE ${out} "#include \"${header}\"\n\nconst char ${symbol}[] =\n    \"${text}\";\n")
    return()
endif()

set(loam_embed_script ${CMAKE_CURRENT_LIST_FILE})
function(loam_embed layer dir)
    set(place ${CMAKE_SOURCE_DIR}/${dir})
    set(shared ${CMAKE_SOURCE_DIR}/core/remote)
    file(GLOB shared_assets CONFIGURE_DEPENDS ${shared}/*.sh ${place}/../*/*.sh)
    file(GLOB assets CONFIGURE_DEPENDS ${place}/*.sh ${place}/*.bash ${place}/*.zsh ${place}/*.fish
         ${place}/*.css ${place}/*.js ${place}/*.yaml)
    if(NOT assets)
        return()
    endif()
    set(generated ${CMAKE_BINARY_DIR}/assets/${layer})
    set(header "#pragma once\n\n")
    foreach(asset ${assets})
        cmake_path(GET asset FILENAME file)
        string(MAKE_C_IDENTIFIER ${file} symbol)
        string(APPEND header "extern const char ${symbol}[];\n")
        add_custom_command(OUTPUT ${generated}/${file}.c
            COMMAND ${CMAKE_COMMAND} -D asset=${asset} -D shared=${shared} -D header=${layer}_assets.h
                -D symbol=${symbol} -D out=${generated}/${file}.c -P ${loam_embed_script}
            DEPENDS ${assets} ${shared_assets} ${loam_embed_script} VERBATIM)
        target_sources(${layer} PRIVATE ${generated}/${file}.c)
    endforeach()
    # Written when CMake configures, so that tools which read sources need no build. An unchanged file keeps its time.
    file(CONFIGURE OUTPUT ${generated}/${layer}_assets.h CONTENT "${header}" @ONLY)
    target_compile_options(${layer} PRIVATE "SHELL:-iquote ${generated}")
endfunction()
