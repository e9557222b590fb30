/* body_yaml_scalar: what a plain YAML scalar is by the core schema of YAML 1.2: `no`, `on` and
 * `yes` are strings, 0o17 and 0x1F are numbers. */
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

/* For a number, *number is its decimal text, every digit kept. */
YamlScalar body_yaml_scalar(Str text, Str *number, Arena *arena);
/* 0644: decimal here, octal to those who come from YAML 1.1. */
bool body_yaml_scalar_looks_octal(Str text);
