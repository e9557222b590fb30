/* flatmap: the form in which states before version 4 hold attributes: one level of strings, with
 * "list.#" and "map.%" as counts: {"tags.%": "1", "tags.a": "x", "disk.#": "1", "disk.0.size":
 * "5"}. */
#pragma once

#include "map.h"

/* `flat` maps names to Str *. As JSON objects, lists and strings; numbers stay strings, as only a
 * schema knows them. */
Str flatmap_to_json(const Map *flat, Arena *arena);
