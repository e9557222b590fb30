/* Path: a place inside a value, as steps of attribute names and index keys. */
#pragma once

#include "value.h"

typedef struct PathStep {
    bool is_index; /* else an attribute */
    Str name;      /* attribute name */
    Value key;     /* index: a string or a number; in a set, the element itself */
} PathStep;

typedef struct Path {
    const PathStep *steps;
    size_t count;
} Path;

typedef VEC(Path) Paths;

Path path_attribute(Path base, Str name, Arena *arena);
Path path_index(Path base, Value key, Arena *arena);
/* Returns `base` with the steps of `inside` after its own. */
Path path_join(Path base, Path inside, Arena *arena);
bool path_equal(Path a, Path b);
bool path_starts_with(Path path, Path prefix);
bool paths_has(const Paths *paths, Path path);
int path_compare(Path a, Path b);
Path path_clone(Path path, Arena *arena);
/* Returns .disk[0].size, or .labels["a.b"] for an attribute with a dot or bracket in its name. */
Str path_to_str(Path path, Arena *arena);
/* Parses such a text up to the first step that cannot be read. */
Path path_parse(Str text, Arena *arena);

/* Gets the value at the path, with the marks of the values around it. Returns false if the path
 * does not exist. Below a null (unknown) the result is null (unknown). */
MUST_USE bool path_get(Value root, Path path, Value *out);
/* Returns `root` with the value at the path replaced, or unchanged if the path does not exist. */
Value path_set(Value root, Path path, Value value, Arena *arena);
/* Adds marks at each path that exists; a path into a set marks the set. */
Value path_mark(Value root, const Paths *paths, uint8_t marks, Arena *arena);
/* Finds the first number that cannot be stored: infinite, or outside the range of numbers that can
 * be read. */
MUST_USE bool path_find_unstorable(Value root, Path *out, Arena *arena);
/* Adds the path of each difference: members of objects and maps, elements of lists and tuples of
 * equal length; any other difference is one of the whole value. Values with marks are compared as a
 * whole, so that no path shows the keys of a secret. */
void path_find_differences(Value before, Value after, Paths *out, Arena *arena);
/* Adds the path of every value that itself carries any of these marks, outermost first. */
void path_find_marks(Value root, uint8_t marks, Paths *out, Arena *arena);
