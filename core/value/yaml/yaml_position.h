/* yaml_position: finds the line of a value in YAML text. A value has no position of its own, so an
 * error message about one reads the text again. */
#pragma once

#include "path.h"

typedef struct YamlPosition {
    size_t line;   /* from 1; 0: the text has no mapping or sequence */
    size_t column; /* from 1 */
} YamlPosition;

/* Returns the place of the key or list item that the path ends with. If the text ends before it or
 * an alias stands on the way, returns the last place on the way that was found. */
YamlPosition yaml_position_find(Str text, Path path);
