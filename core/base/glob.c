/* glob: matches by recursion over the pattern. Limits of steps and depth bound the time and the
 * stack for bad patterns. */
#include "glob.h"

#include "utf8.h"

#define GLOB_STEPS_MAX 200000
#define GLOB_DEPTH_MAX 8000

typedef struct Glob {
    int steps;
    int depth;
    bool matches_prefix; /* a path that ends before the pattern matches too */
} Glob;

static bool glob_run(Glob *glob, Str pattern, Str path);

/* Returns the offset after the class that begins at 0; 0 if it has no end. */
static size_t class_end(Str pattern) {
    size_t at = 1;
    if (at < pattern.len && (pattern.ptr[at] == '^' || pattern.ptr[at] == '!'))
        at++;
    size_t first = at;
    for (; at < pattern.len; at++) {
        if (pattern.ptr[at] == '\\')
            at++;
        else if (pattern.ptr[at] == ']' && at > first)
            return at + 1;
    }
    return 0;
}

static uint32_t class_character(Str pattern, size_t *at) {
    size_t width = 1;
    if (pattern.ptr[*at] == '\\' && *at + 1 < pattern.len)
        ++*at;
    uint32_t c = utf8_decode(pattern, *at, &width);
    *at += width;
    return c;
}

static bool class_has(Str inside, uint32_t c) {
    bool is_negated = inside.len && (inside.ptr[0] == '^' || inside.ptr[0] == '!');
    size_t at = is_negated;
    bool found = false;
    while (at < inside.len) {
        uint32_t low = class_character(inside, &at);
        uint32_t high = low;
        if (at + 1 < inside.len && inside.ptr[at] == '-') {
            at++;
            high = class_character(inside, &at);
        }
        found = found || (c >= low && c <= high);
    }
    return found != is_negated;
}

/* Returns the offset of the brace that closes the one at 0; SIZE_MAX if none. */
static size_t brace_end(Str pattern) {
    int depth = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.ptr[i];
        if (c == '\\')
            i++;
        else if (c == '{')
            depth++;
        else if (c == '}' && --depth == 0)
            return i;
    }
    return SIZE_MAX;
}

/* Matches one alternative followed by the rest of the pattern. Copied bytes count as steps too. */
static bool glob_joined(Glob *glob, Str part, Str rest, Str path) {
    glob->steps += (int)((part.len + rest.len) / 64);
    if (glob->steps > GLOB_STEPS_MAX)
        return false;
    SCOPED(ArenaRef) arena = arena_open("glob");
    return glob_run(glob, str_concat(part, rest, arena), path);
}

static bool glob_alternatives(Glob *glob, Str pattern, Str path) {
    size_t end = brace_end(pattern);
    if (end == SIZE_MAX)
        return false;
    Str rest = str_after(pattern, end + 1);
    size_t start = 1;
    int depth = 0;
    for (size_t i = 1; i <= end; i++) {
        char c = pattern.ptr[i];
        if (c == '\\') {
            i++;
        } else if ((c == ',' && depth == 0) || i == end) {
            if (glob_joined(glob, str_slice(pattern, start, i), rest, path))
                return true;
            start = i + 1;
        } else {
            depth += (c == '{') - (c == '}');
        }
    }
    return false;
}

static bool glob_stars(Glob *glob, Str pattern, Str path) {
    size_t stars = 1;
    while (stars < pattern.len && pattern.ptr[stars] == '*')
        stars++;
    bool is_double = stars > 1;
    Str rest = str_after(pattern, stars);
    /* "**" with its slash matches zero directories too. */
    if (is_double && str_starts_with(rest, STR("/")) && glob_run(glob, str_after(rest, 1), path))
        return true;
    for (size_t at = 0;; at++) {
        if (glob_run(glob, rest, str_after(path, at)))
            return true;
        if (at >= path.len || (!is_double && path.ptr[at] == '/'))
            return false;
    }
}

static bool glob_one(Glob *glob, Str pattern, Str path) {
    size_t width = 1;
    size_t taken = 1;
    uint32_t c = utf8_decode(path, 0, &width);
    if (pattern.ptr[0] == '?') {
        if (c == '/')
            return false;
    } else if (pattern.ptr[0] == '[') {
        taken = class_end(pattern);
        if (!taken || c == '/' || !class_has(str_slice(pattern, 1, taken - 1), c))
            return false;
    } else {
        width = 1;
        size_t at = pattern.ptr[0] == '\\' && pattern.len > 1;
        if (pattern.ptr[at] != path.ptr[0])
            return false;
        taken = at + 1;
    }
    return glob_run(glob, str_after(pattern, taken), str_after(path, width));
}

static bool glob_step(Glob *glob, Str pattern, Str path) {
    if (!pattern.len)
        return !path.len;
    if (pattern.ptr[0] == '{')
        return glob_alternatives(glob, pattern, path);
    if (!path.len && glob->matches_prefix)
        return true;
    if (pattern.ptr[0] == '*')
        return glob_stars(glob, pattern, path);
    return path.len && glob_one(glob, pattern, path);
}

static bool glob_run(Glob *glob, Str pattern, Str path) {
    if (glob->depth >= GLOB_DEPTH_MAX)
        glob->steps = GLOB_STEPS_MAX;
    if (++glob->steps > GLOB_STEPS_MAX)
        return false;
    glob->depth++;
    bool matches = glob_step(glob, pattern, path);
    glob->depth--;
    return matches;
}

bool glob_matches(Str pattern, Str path) {
    Glob glob = {0};
    return glob_run(&glob, pattern, path);
}

bool glob_may_match_below(Str pattern, Str directory) {
    Glob glob = {.matches_prefix = true};
    return glob_run(&glob, pattern, directory) || glob.steps > GLOB_STEPS_MAX;
}

bool glob_is_valid(Str pattern) {
    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.ptr[i];
        if (c == '\\') {
            if (++i >= pattern.len)
                return false;
        } else if (c == '[') {
            size_t end = class_end(str_after(pattern, i));
            if (!end)
                return false;
            i += end - 1;
        } else if (c == '{' && brace_end(str_after(pattern, i)) == SIZE_MAX) {
            return false;
        }
    }
    return true;
}
