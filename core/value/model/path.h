/* Path: a place inside a value, as steps of attribute names and index keys. */
#pragma once

#include "value.h"

typedef struct PathStep {
    bool is_index; /* else an attribute */
    Str name;      /* attribute */
    Value key;     /* index: a string, a number; of a set, the element itself */
} PathStep;

typedef struct Path {
    const PathStep *steps;
    size_t count;
} Path;

typedef VEC(Path) Paths;

Path path_attribute(Path base, Str name, Arena *arena);
Path path_index(Path base, Value key, Arena *arena);
bool path_equal(Path a, Path b);
bool path_starts_with(Path path, Path prefix);
bool paths_has(const Paths *paths, Path path);
int path_compare(Path a, Path b);
Path path_clone(Path path, Arena *arena);
/* .disk[0].size */
Str path_to_str(Path path, Arena *arena);
/* Such a text as a path again, up to the first step that cannot be read. */
Path path_parse(Str text, Arena *arena);

/* The value there, with the marks of what it lies in. False: no such place (null or unknown on the
 * way gives null or unknown). */
MUST_USE bool path_get(Value root, Path path, Value *out);
/* root with the value at path replaced; a path that leads nowhere changes nothing. */
Value path_set(Value root, Path path, Value value, Arena *arena);
/* Adds marks at each path that leads somewhere; one that leads into a set marks the set. */
Value path_mark(Value root, const Paths *paths, uint8_t marks, Arena *arena);
/* The first number that is infinite, or larger or smaller than text may say: it can be calculated
 * with, and not be stored. */
MUST_USE bool path_find_infinity(Value root, Path *out, Arena *arena);
/* Where values carry any of these marks themselves, outermost first. */
void path_find_marks(Value root, uint8_t marks, Paths *out, Arena *arena);
