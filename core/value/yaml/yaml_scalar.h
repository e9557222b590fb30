/* yaml_scalar: converts a YAML scalar to a value, by its tag or its form. */
#pragma once

#include "value.h"

/* An empty `tag` means no tag. On failure returns false and sets *error. */
MUST_USE bool yaml_scalar_read(Str tag, Str text, bool is_plain, Value *out, Str *error,
                               Arena *arena);
/* Reads a scalar as kubectl does: 017 is octal, 1_000 a number, a timestamp a string as written,
 * and a tag counts in quotes too. */
MUST_USE bool yaml_scalar_read_manifest(Str tag, Str text, bool is_plain, Value *out, Str *error,
                                        Arena *arena);

typedef enum YamlCoreType {
    YAML_CORE_STRING,
    YAML_CORE_NULL,
    YAML_CORE_TRUE,
    YAML_CORE_FALSE,
    YAML_CORE_NUMBER,
    YAML_CORE_NOT_FINITE, /* .inf, .nan */
} YamlCoreType;

/* Returns the type of a plain scalar in the core schema of YAML 1.2: `no`, `on` and `yes` are
 * strings; 0o17 and 0x1F are numbers. *number is then its decimal text with all digits. */
YamlCoreType yaml_scalar_core(Str text, Str *number, Arena *arena);
