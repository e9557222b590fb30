/* Source: the bytes of one file (or of a text from elsewhere); SourceRange: a place in it.
 *
 *   path    as the user would write it, relative to where loam runs; "<value for var.x>" and the
 *           like for text that is in no file
 *   start, end   byte offsets, end exclusive
 *
 * An expression inside a YAML or JSON string is a Source of its own (the decoded text) that knows
 * its `outer` place; `to_outer` maps an offset into the outer file. It scans the outer bytes again,
 * and only when a diagnostic asks. Immutable once built and read, but for the line index (made on
 * demand by the thread that shows diagnostics). */
#pragma once

#include "str.h"

typedef struct Source Source;

struct Source {
    Str path;
    Str bytes;
    bool is_private; /* secrets stand in it: a diagnostic names the place, but does not show it */
    bool is_passing; /* lives no longer than an evaluation: what outlives that keeps a copy */
    const Source *outer;  /* NULL for a file */
    uint32_t outer_start; /* of the scalar in outer, quotes or indicator included */
    uint32_t outer_end;
    uint32_t (*to_outer)(const Source *source, uint32_t offset);
    /* Of a file: what encloses a place, in words of its syntax; NULL: nobody knows. */
    Str (*outline)(const void *tree, uint32_t offset, Arena *arena);
    const void *tree;
};

typedef struct SourceRange {
    const Source *source; /* NULL: no place */
    uint32_t start;
    uint32_t end;
} SourceRange;

/* line and column count from 1, columns in grapheme clusters; byte counts from 0. */
typedef struct SourcePos {
    uint32_t line;
    uint32_t column;
    uint32_t byte;
} SourcePos;

const Source *source_new(Str path, Str bytes, Arena *arena);
const Source *source_new_passing(Str path, Str bytes, Arena *arena);
const Source *source_new_private(Str path, Str bytes, Arena *arena);
/* What has read the file knows what encloses a place: "resource.terraform_data.a". */
void source_set_outline(const Source *source,
                        Str (*outline)(const void *tree, uint32_t offset, Arena *arena),
                        const void *tree);
/* Empty: nothing, or nobody knows. Of a place in a file (resolve first). */
Str source_outline(const Source *source, uint32_t offset, Arena *arena);
/* The same place in the outermost file. */
SourceRange source_resolve(SourceRange range);
/* The same for as long as the arena lives, whatever read the file: in a copy of one that passes. */
SourceRange source_keep(SourceRange range, Arena *arena);
/* Of a place in a file (resolve first). */
SourcePos source_position(const Source *source, uint32_t offset);
/* The line, without its newline, that holds the offset; `*start` is its offset. */
Str source_line(const Source *source, uint32_t offset, uint32_t *start);
SourceRange source_range_join(SourceRange a, SourceRange b);
Str source_text(SourceRange range);
