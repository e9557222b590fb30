/* flatmap: attributes as stored in states before version 4: one level of strings, with "list.#" and
 * "map.%" as counts: {"tags.%": "1", "tags.a": "x", "disk.#": "1", "disk.0.size": "5"}. */
#pragma once

#include "map.h"

/* Returns JSON objects, lists and strings. `flat` maps names to Str *. Numbers stay strings, since
 * only a schema identifies them. */
Str flatmap_to_json(const Map *flat, Arena *arena);
