/* body_yaml_scalar: resolves a plain YAML scalar by the core schema of YAML 1.2. `no`, `on` and
 * `yes` are strings; 0o17 and 0x1F are numbers. */
#pragma once

#include "body_node.h"

typedef enum YamlScalar {
    YAML_SCALAR_STRING,
    YAML_SCALAR_NULL,
    YAML_SCALAR_TRUE,
    YAML_SCALAR_FALSE,
    YAML_SCALAR_NUMBER,
    YAML_SCALAR_NOT_FINITE, /* .inf, .nan */
} YamlScalar;

/* Returns the type of a plain scalar. For a number, *number is its decimal text with all digits. */
YamlScalar body_yaml_scalar(Str text, Str *number, Arena *arena);
