include(${CMAKE_CURRENT_LIST_DIR}/embed.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/interface.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/exports.cmake)

# Defines layers, loadable modules and the program. `-iquote` makes a directory visible only to the targets that
# link it, so an include that the declared layers do not allow does not compile.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

add_library(loam_flags INTERFACE)
target_compile_definitions(loam_flags INTERFACE _GNU_SOURCE LOAM_VERSION="${PROJECT_VERSION}")
target_compile_options(loam_flags INTERFACE
    -Wall -Wextra -Wshadow -Wconversion -Wswitch-enum -Wmissing-prototypes -Wvla -Wwrite-strings
    -Wstrict-prototypes -Wold-style-definition -Wno-missing-field-initializers
    -Wno-format-zero-length $<$<C_COMPILER_ID:Clang>:-Wno-c2x-extensions>
    $<$<BOOL:${LOAM_WERROR}>:-Werror>
    -fvisibility=default -fno-common -fstack-protector-strong
    $<$<NOT:$<BOOL:$<TARGET_PROPERTY:POSITION_INDEPENDENT_CODE>>>:-fno-pie>
    "SHELL:-include ${CMAKE_SOURCE_DIR}/core/base/ban.h")
target_link_libraries(loam_flags INTERFACE Threads::Threads)

# A release holds no path of the build and no random number, so that two builds of one source have the same bytes. Other builds keep
# their paths, which debuggers and caches of compilers use.
if(CMAKE_BUILD_TYPE STREQUAL Release)
    set(loam_maps -ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -ffile-prefix-map=${CMAKE_BINARY_DIR}=./build) # the last match counts
    target_compile_options(loam_flags INTERFACE ${loam_maps})
    add_link_options(${loam_maps}) # link-time optimisation compiles again
    if(CMAKE_C_COMPILER_ID STREQUAL GNU) # names of sections of link-time optimisation
        string(APPEND CMAKE_C_COMPILE_OBJECT " -frandom-seed=<OBJECT>")
    endif()
endif()

# The sources of a directory; main.c belongs to the program.
function(loam_sources out dir)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${dir}/*.c)
    list(FILTER sources EXCLUDE REGEX "/main\\.c$")
    set(${out} ${sources} PARENT_SCOPE)
endfunction()

# The headers that a layer offers, and the layers that it may include. A user of the layer may also include the
# layers named first, but not the private rooms after INSIDE. EXPORTS names the headers that other layers may
# include, without ".h"; the default is all headers.
function(loam_includes name dir)
    cmake_parse_arguments(PARSE_ARGV 2 layer "" "" "INSIDE;EXPORTS")
    set(own ${CMAKE_SOURCE_DIR}/${dir})
    set(shown ${own})
    if(layer_EXPORTS)
        set(shown ${CMAKE_BINARY_DIR}/exports/${name})
        file(GLOB stale ${shown}/*.h)
        foreach(header ${layer_EXPORTS})
            # A relative path, so that compiler caches serve every checkout; an unchanged file keeps its time stamp.
            file(RELATIVE_PATH place ${shown} ${own}/${header}.h)
            file(CONFIGURE OUTPUT ${shown}/${header}.h CONTENT "#include \"${place}\"\n" @ONLY)
            list(REMOVE_ITEM stale ${shown}/${header}.h)
        endforeach()
        if(stale)
            file(REMOVE ${stale})
        endif()
    endif()
    set_target_properties(${name} PROPERTIES LINKER_LANGUAGE C loam_dir ${own} loam_inside "${layer_INSIDE}")
    target_compile_options(${name} PRIVATE "SHELL:-iquote ${own}" INTERFACE "SHELL:-iquote ${shown}")
    target_link_libraries(${name} PUBLIC loam_flags ${layer_UNPARSED_ARGUMENTS} PRIVATE ${layer_INSIDE})
    loam_embed(${name} ${dir})
endfunction()

# Several rooms under one name, for the tests of a directory.
function(loam_house name dir)
    add_library(${name} INTERFACE)
    set_target_properties(${name} PROPERTIES loam_dir ${CMAKE_SOURCE_DIR}/${dir} loam_inside "${ARGN}")
    target_link_libraries(${name} INTERFACE ${ARGN})
endfunction()

# Gives a test the include path that the layer itself has.
function(loam_sees_inside test layer)
    get_target_property(dir ${layer} loam_dir)
    get_target_property(rooms ${layer} loam_inside)
    target_compile_options(${test} PRIVATE "SHELL:-iquote ${dir}")
    target_link_libraries(${test} PRIVATE ${layer})
    foreach(room ${rooms})
        loam_sees_inside(${test} ${room})
    endforeach()
endfunction()

# A directory of sources: name, directory, layers that it may include [INSIDE …] [EXPORTS …].
function(loam_layer name dir)
    loam_sources(sources ${dir})
    add_library(${name} STATIC ${sources})
    loam_includes(${name} ${dir} ${ARGN})
    set_property(GLOBAL APPEND PROPERTY loam_layers ${name})
endfunction()

# A built-in provider: its name, and the layers that it may include. ${loam_providers} lists all of them.
macro(loam_provider name)
    loam_layer(${name}_provider providers/${name} ${ARGN})
    list(APPEND loam_providers ${name}_provider)
endmacro()

# A layer of a module: part of the program only if a test links it.
function(loam_module_layer name dir)
    loam_sources(sources ${dir})
    add_library(${name} OBJECT ${sources})
    set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    loam_includes(${name} ${dir} ${ARGN})
endfunction()

# A layer that is built as lib/loam/loam-X.so, with its private rooms. It links no other layer: the program exports
# their symbols. Tests link the object libraries into their own process.
function(loam_module name dir)
    loam_module_layer(${name} ${dir} ${ARGN})
    string(REPLACE "_provider" "" short ${name})
    get_target_property(rooms ${name} loam_inside)
    list(TRANSFORM rooms REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE objects)
    add_library(loam-${short} MODULE $<TARGET_OBJECTS:${name}> ${objects})
    loam_adds_interface(loam-${short} module_interface_digest)
    target_compile_options(loam-${short} PRIVATE ${loam_maps})
    set_target_properties(loam-${short} PROPERTIES
        PREFIX "" LINKER_LANGUAGE C LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/loam)
    install(TARGETS loam-${short} LIBRARY DESTINATION lib/loam)
    set_property(GLOBAL APPEND PROPERTY loam_modules loam-${short})
endfunction()

# External libraries by their pkg-config names, visible to this layer only.
function(loam_uses name)
    foreach(package ${ARGN})
        string(MAKE_C_IDENTIFIER "pkg_${package}" id)
        if(NOT TARGET PkgConfig::${id})
            pkg_check_modules(${id} REQUIRED IMPORTED_TARGET GLOBAL ${package})
        endif()
        target_link_libraries(${name} PRIVATE PkgConfig::${id})
        string(REPLACE "_provider" "" short ${name})
        if(TARGET loam-${short})
            target_link_libraries(loam-${short} PRIVATE PkgConfig::${id})
        endif()
    endforeach()
endfunction()

# The program: every layer is linked whole, and exports its symbols to the modules.
function(loam_program name main)
    get_property(layers GLOBAL PROPERTY loam_layers)
    list(TRANSFORM layers REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE objects)
    add_executable(${name} ${main} ${objects})
    loam_exports(${name})
    target_link_libraries(${name} PRIVATE ${layers})
    install(TARGETS ${name} RUNTIME DESTINATION bin)
endfunction()
