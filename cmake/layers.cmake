# What a layer, a loadable module and the program are. `-iquote` shows a folder only to those
# who link it, so an include that the floor plan does not allow does not compile.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

add_library(loam_flags INTERFACE)
target_compile_definitions(loam_flags INTERFACE _GNU_SOURCE LOAM_VERSION="${PROJECT_VERSION}")
target_compile_options(loam_flags INTERFACE
    -Wall -Wextra -Wshadow -Wconversion -Wswitch-enum -Wmissing-prototypes -Wvla -Wwrite-strings
    -Wstrict-prototypes -Wold-style-definition -Wno-missing-field-initializers
    -Wno-format-zero-length
    $<$<BOOL:${LOAM_WERROR}>:-Werror>
    -fvisibility=default -fno-common -fstack-protector-strong
    "SHELL:-include ${CMAKE_SOURCE_DIR}/core/base/ban.h")
target_link_libraries(loam_flags INTERFACE Threads::Threads)

# The sources of a folder; main.c is the program's.
function(loam_sources out dir)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${dir}/*.c)
    list(FILTER sources EXCLUDE REGEX "/main\\.c$")
    set(${out} ${sources} PARENT_SCOPE)
endfunction()

# A folder of sources that may include from the layers named after it.
function(loam_layer name dir)
    loam_sources(sources ${dir})
    add_library(${name} STATIC ${sources})
    set_target_properties(${name} PROPERTIES LINKER_LANGUAGE C)
    target_compile_options(${name} PUBLIC "SHELL:-iquote ${CMAKE_SOURCE_DIR}/${dir}")
    target_link_libraries(${name} PUBLIC loam_flags ${ARGN})
    set_property(GLOBAL APPEND PROPERTY loam_layers ${name})
endfunction()

# A layer that becomes lib/loam/loam-X.so. It links no layer of ours: the program exports its
# symbols. The object library serves tests that want it within their own process.
function(loam_module name dir)
    loam_sources(sources ${dir})
    string(REPLACE "_provider" "" short ${name})
    add_library(${name} OBJECT ${sources})
    set_target_properties(${name} PROPERTIES LINKER_LANGUAGE C)
    target_compile_options(${name} PUBLIC "SHELL:-iquote ${CMAKE_SOURCE_DIR}/${dir}")
    target_link_libraries(${name} PUBLIC loam_flags ${ARGN})
    add_library(loam-${short} MODULE $<TARGET_OBJECTS:${name}>)
    set_target_properties(loam-${short} PROPERTIES
        PREFIX "" LINKER_LANGUAGE C LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/loam)
    install(TARGETS loam-${short} LIBRARY DESTINATION lib/loam)
endfunction()

# Foreign libraries by their pkg-config names, seen by this layer alone.
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

# The program: every layer whole and exported, so that modules find one of each symbol.
function(loam_program name main)
    get_property(layers GLOBAL PROPERTY loam_layers)
    list(TRANSFORM layers REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE objects)
    add_executable(${name} ${main} ${objects})
    set_target_properties(${name} PROPERTIES ENABLE_EXPORTS ON)
    target_link_libraries(${name} PRIVATE ${layers})
    install(TARGETS ${name} RUNTIME DESTINATION bin)
endfunction()
