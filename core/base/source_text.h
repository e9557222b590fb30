/* SourceText: the bytes of one file (or of other input); SourceRange: a place in it.
 *
 *   path    as the user would write it, relative to the working directory; text that is in no file
 *           has a name such as "<value for var.x>"
 *   start, end   byte offsets, end exclusive
 *
 * The text of an expression inside a YAML or JSON string (decoded) is a separate SourceText;
 * `outer` is the file around it. `to_outer` maps an offset into the outer file. It scans the outer
 * bytes again, and only for diagnostics. A SourceText is immutable after source_text_set_outline.
 */
#pragma once

#include "str.h"

typedef struct SourceText SourceText;

struct SourceText {
    Str path;
    Str bytes;
    bool is_private;   /* holds secrets: a diagnostic names the place, but does not show the text */
    bool is_temporary; /* freed after an evaluation: longer-lived ranges need a copy
                          (source_range_keep) */
    const SourceText *outer; /* NULL for a file */
    uint32_t outer_start;    /* range of the scalar in `outer`, including quotes or indicator */
    uint32_t outer_end;
    uint32_t (*to_outer)(const SourceText *source, uint32_t offset);
    /* Describes the block that encloses an offset of a file; NULL: unknown. */
    Str (*outline)(const void *tree, uint32_t offset, Arena *arena);
    const void *tree;
};

typedef struct SourceRange {
    const SourceText *source; /* NULL: no place */
    uint32_t start;
    uint32_t end;
} SourceRange;

/* line and column start at 1, byte at 0; columns count grapheme clusters. */
typedef struct SourcePos {
    uint32_t line;
    uint32_t column;
    uint32_t byte;
} SourcePos;

const SourceText *source_text_new(Str path, Str bytes, Arena *arena);
const SourceText *source_text_new_temporary(Str path, Str bytes, Arena *arena);
const SourceText *source_text_new_private(Str path, Str bytes, Arena *arena);
/* Sets the function that names the block around an offset, such as "resource.terraform_data.a".
 * `tree` is passed to it. */
void source_text_set_outline(const SourceText *source,
                             Str (*outline)(const void *tree, uint32_t offset, Arena *arena),
                             const void *tree);
/* Returns the name of the enclosing block; empty if none or unknown. `source` must be a file (call
 * source_range_resolve first). */
Str source_text_outline(const SourceText *source, uint32_t offset, Arena *arena);
/* Returns the corresponding range in the outermost file. */
SourceRange source_range_resolve(SourceRange range);
/* Resolves the range; if its source is_temporary, copies the source into the arena. Other sources
 * are not copied: they must live longer than the range anyway. */
SourceRange source_range_keep(SourceRange range, Arena *arena);
/* `source` must be a file (call source_range_resolve first). */
SourcePos source_text_position(const SourceText *source, uint32_t offset);
/* Returns the line that holds the offset, without its line end; `*start` is the offset of the
 * line. */
Str source_text_line(const SourceText *source, uint32_t offset, uint32_t *start);
/* Returns all lines that the range touches; `*start` is the offset of the first one. `range.source`
 * must be a file. */
Str source_range_lines(SourceRange range, uint32_t *start);
SourceRange source_range_join(SourceRange a, SourceRange b);
Str source_range_text(SourceRange range);
