/* Converts offsets to lines and columns by scanning: only diagnostics need them, and they are
 * few. */
#include "source_text.h"

#include "utf8.h"

const SourceText *source_text_new(Str path, Str bytes, Arena *arena) {
    SourceText *source = arena_new(arena, SourceText);
    source->path = path;
    source->bytes = bytes;
    return source;
}

const SourceText *source_text_new_temporary(Str path, Str bytes, Arena *arena) {
    SourceText *source = arena_new(arena, SourceText);
    *source = (SourceText){.path = path, .bytes = bytes, .is_temporary = true};
    return source;
}

const SourceText *source_text_new_private(Str path, Str bytes, Arena *arena) {
    SourceText *source = arena_new(arena, SourceText);
    *source = (SourceText){.path = path, .bytes = bytes, .is_private = true};
    return source;
}

void source_text_set_outline(const SourceText *source,
                             Str (*outline)(const void *tree, uint32_t offset, Arena *arena),
                             const void *tree) {
    SourceText *own = (SourceText *)(uintptr_t)source;
    own->outline = outline;
    own->tree = tree;
}

Str source_text_outline(const SourceText *source, uint32_t offset, Arena *arena) {
    return source->outline ? source->outline(source->tree, offset, arena) : STR_EMPTY;
}

SourceRange source_range_resolve(SourceRange range) {
    while (range.source && range.source->outer) {
        const SourceText *inner = range.source;
        SourceRange whole = {inner->outer, inner->outer_start, inner->outer_end};
        range = inner->to_outer ? (SourceRange){inner->outer, inner->to_outer(inner, range.start),
                                                inner->to_outer(inner, range.end)}
                                : whole;
    }
    return range;
}

SourceRange source_range_keep(SourceRange range, Arena *arena) {
    range = source_range_resolve(range);
    if (!range.source || !range.source->is_temporary)
        return range;
    SourceText *kept = arena_new(arena, SourceText);
    *kept = *range.source;
    kept->path = str_clone(kept->path, arena);
    kept->bytes = str_clone(kept->bytes, arena);
    kept->outline = NULL; /* its tree is not kept */
    range.source = kept;
    return range;
}

static size_t clamp(const SourceText *source, uint32_t offset) {
    return offset < source->bytes.len ? offset : source->bytes.len;
}

static size_t line_start(const SourceText *source, size_t offset) {
    size_t newline = str_rfind_char(str_slice(source->bytes, 0, offset), '\n');
    return newline == SIZE_MAX ? 0 : newline + 1;
}

SourcePos source_text_position(const SourceText *source, uint32_t offset) {
    size_t at = clamp(source, offset);
    size_t start = line_start(source, at);
    uint32_t line = 1;
    for (size_t i = 0; i < start; i++)
        line += source->bytes.ptr[i] == '\n';
    if (start == 0 && str_starts_with(source->bytes, STR("\xef\xbb\xbf")) && at >= 3)
        start = 3; /* a byte order mark is not a character of the first line */
    size_t clusters = utf8_grapheme_count(str_slice(source->bytes, start, at));
    return (SourcePos){.line = line, .column = (uint32_t)clusters + 1, .byte = (uint32_t)at};
}

Str source_text_line(const SourceText *source, uint32_t offset, uint32_t *start) {
    size_t at = clamp(source, offset);
    size_t begin = line_start(source, at);
    size_t end = str_find_char(source->bytes, '\n', at);
    if (end == SIZE_MAX)
        end = source->bytes.len;
    if (end > begin && source->bytes.ptr[end - 1] == '\r')
        end--;
    *start = (uint32_t)begin;
    return str_slice(source->bytes, begin, end);
}

Str source_range_lines(SourceRange range, uint32_t *start) {
    uint32_t last;
    (void)source_text_line(range.source, range.start, start);
    Str line = source_text_line(range.source, range.end, &last);
    return str_slice(range.source->bytes, *start, last + line.len);
}

SourceRange source_range_join(SourceRange a, SourceRange b) {
    if (!a.source)
        return b;
    if (!b.source || a.source != b.source)
        return a;
    if (b.start < a.start)
        a.start = b.start;
    if (b.end > a.end)
        a.end = b.end;
    return a;
}

Str source_range_text(SourceRange range) {
    return range.source ? str_slice(range.source->bytes, range.start, range.end) : STR_EMPTY;
}
