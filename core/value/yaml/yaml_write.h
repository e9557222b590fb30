/* yaml_write: a value as a YAML document in block style, with lines of about 80 characters. Maps
 * and objects have their keys in the order of the value. */
#pragma once

#include "value.h"

typedef enum YamlStyle {
    YAML_STYLE_QUOTED,   /* yamlencode of Terraform: keys and strings in double quotes */
    YAML_STYLE_MANIFEST, /* kubectl and kustomize: plain scalars, if no parser reads another type */
} YamlStyle;

/* Writes a wholly known value, without a mark at its beginning. Strings of several lines are
 * literal blocks. Fails for text that is not UTF-8. */
MUST_USE bool yaml_write(Value value, YamlStyle style, Str *out, Arena *arena);
