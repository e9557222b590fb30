/* Maps an offset in decoded text back to an offset in the file.
 *
 * The raw scalar is scanned in units, each a few raw bytes that give a few decoded bytes, until
 * the decoded offset is reached. The units follow YAML 1.2. JSON strings are double-quoted
 * scalars that may hold surrogate pairs. */
#include "body_node.h"

#include "utf8.h"

typedef struct Walk {
    Str raw;
    Str decoded;
    size_t at;   /* offset in `raw` */
    size_t left; /* decoded bytes up to the wanted offset */
} Walk;

/* Advances past one unit; returns false if the wanted offset is before its end. */
static bool scalar_take(Walk *walk, size_t raw, size_t decoded) {
    if (decoded > walk->left || walk->at >= walk->raw.len)
        return false;
    walk->at += raw;
    walk->left -= decoded;
    return true;
}

static char raw_at(const Walk *walk, size_t at) {
    if (at >= walk->raw.len)
        return '\0';
    return walk->raw.ptr[at];
}

static bool scalar_is_blank(char c) {
    return c == ' ' || c == '\t';
}

static size_t blanks_end(const Walk *walk, size_t at) {
    while (scalar_is_blank(raw_at(walk, at)))
        at++;
    return at;
}

/* Returns the length of the line break at the offset, or 0 if none. */
static size_t break_length(const Walk *walk, size_t at) {
    if (raw_at(walk, at) == '\r')
        return raw_at(walk, at + 1) == '\n' ? 2 : 1;
    return raw_at(walk, at) == '\n' ? 1 : 0;
}

/* Finds folded whitespace in a flow scalar: its raw end, and how many decoded bytes it gives. */
static bool scalar_find_fold(const Walk *walk, size_t *end, size_t *decoded) {
    size_t at = blanks_end(walk, walk->at);
    size_t breaks = 0;
    for (size_t length; (length = break_length(walk, at)) > 0; breaks++)
        at = blanks_end(walk, at + length);
    *end = at;
    *decoded = breaks > 1 ? breaks - 1 : 1;
    return breaks > 0;
}

static bool read_fold(Walk *walk, bool *done) {
    size_t end;
    size_t decoded;
    if (!scalar_find_fold(walk, &end, &decoded))
        return false;
    *done = !scalar_take(walk, end - walk->at, decoded);
    return true;
}

static void walk_plain(Walk *walk) {
    bool done = false;
    while (!done && walk->at < walk->raw.len)
        if (!read_fold(walk, &done))
            done = !scalar_take(walk, 1, 1);
}

static void walk_single(Walk *walk) {
    bool done = false;
    walk->at = 1;
    while (!done && walk->at < walk->raw.len)
        if (!read_fold(walk, &done))
            done = !scalar_take(walk, raw_at(walk, walk->at) == '\'' ? 2 : 1, 1);
}

static uint32_t hex_value(const Walk *walk, size_t at, size_t digits) {
    uint32_t value = 0;
    for (size_t i = 0; i < digits; i++) {
        char c = raw_at(walk, at + i);
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 0;
        value = value * 16 + digit;
    }
    return value;
}

static bool read_codepoint(Walk *walk, size_t digits) {
    uint32_t codepoint = hex_value(walk, walk->at + 2, digits);
    size_t raw = 2 + digits;
    char bytes[4];
    if (codepoint >= 0xD800 && codepoint < 0xDC00 && raw_at(walk, walk->at + 6) == '\\' &&
        raw_at(walk, walk->at + 7) == 'u')
        return scalar_take(walk, 12, 4);
    return scalar_take(walk, raw, utf8_encode(codepoint, bytes));
}

static bool scalar_read_escape(Walk *walk) {
    char c = raw_at(walk, walk->at + 1);
    size_t newline = break_length(walk, walk->at + 1);
    if (newline)
        return scalar_take(walk, blanks_end(walk, walk->at + 1 + newline) - walk->at, 0);
    if (c == 'x' || c == 'u' || c == 'U')
        return read_codepoint(walk, c == 'x' ? 2 : c == 'u' ? 4 : 8);
    size_t decoded = c == 'N' || c == '_' ? 2 : c == 'L' || c == 'P' ? 3 : 1;
    return scalar_take(walk, 2, decoded);
}

static void walk_double(Walk *walk) {
    bool done = false;
    walk->at = 1;
    while (!done && walk->at < walk->raw.len) {
        if (raw_at(walk, walk->at) == '\\')
            done = !scalar_read_escape(walk);
        else if (!read_fold(walk, &done))
            done = !scalar_take(walk, 1, 1);
    }
}

static size_t line_end(const Walk *walk, size_t at) {
    while (at < walk->raw.len && !break_length(walk, at))
        at++;
    return at;
}

/* Returns the indentation of the first line that is not blank. */
static size_t first_indent(Str text, size_t at) {
    size_t indent = 0;
    for (; at < text.len; at++) {
        if (text.ptr[at] == '\n' || text.ptr[at] == '\r')
            indent = 0;
        else if (text.ptr[at] == ' ')
            indent++;
        else
            break;
    }
    return indent;
}

/* Skips empty lines and the indentation of the next line; returns the number of empty lines. */
static size_t skip_empty_lines(const Walk *walk, size_t *at, size_t indent) {
    size_t count = 0;
    for (;;) {
        size_t end = *at;
        while (end - *at < indent && raw_at(walk, end) == ' ')
            end++;
        size_t length = break_length(walk, end);
        *at = end + length;
        if (!length)
            return count;
        count++;
    }
}

static void walk_block(Walk *walk, bool folds) {
    size_t header = line_end(walk, 0);
    size_t content = header + break_length(walk, header);
    size_t indent = first_indent(walk->raw, content) - first_indent(walk->decoded, 0);
    bool after_break = false;
    bool after_blank = false;
    walk->at = content;
    while (walk->at < walk->raw.len) {
        size_t at = walk->at + (after_break ? break_length(walk, walk->at) : 0);
        size_t empty = skip_empty_lines(walk, &at, indent);
        bool is_folded = folds && after_break && !after_blank && !scalar_is_blank(raw_at(walk, at));
        size_t decoded = is_folded ? (empty ? empty : 1) : empty + after_break;
        if (!scalar_take(walk, at - walk->at, decoded))
            return;
        after_blank = scalar_is_blank(raw_at(walk, at));
        size_t length = line_end(walk, at) - at;
        if (length > walk->left) {
            walk->at += walk->left;
            return;
        }
        walk->at += length;
        walk->left -= length;
        if (!walk->left)
            return;
        after_break = true;
    }
}

static uint32_t scalar_to_outer(const SourceText *source, uint32_t offset) {
    Walk walk = {
        .raw = str_slice(source->outer->bytes, source->outer_start, source->outer_end),
        .decoded = source->bytes,
        .left = offset,
    };
    char first = raw_at(&walk, 0);
    if (first == '"')
        walk_double(&walk);
    else if (first == '\'')
        walk_single(&walk);
    else if (first == '|' || first == '>')
        walk_block(&walk, first == '>');
    else
        walk_plain(&walk);
    return source->outer_start + (uint32_t)walk.at;
}

/* An expression at the start of the string has its range start at the quote. */
static uint32_t json_to_outer(const SourceText *source, uint32_t offset) {
    return offset == 0 ? source->outer_start : scalar_to_outer(source, offset);
}

const SourceText *body_scalar_source(const BodyNode *string, BodyNodeFile file, Arena *arena) {
    SourceText *source = arena_new(arena, SourceText);
    *source = (SourceText){
        .path = file.source->path,
        .bytes = string->text,
        .outer = file.source,
        .outer_start = string->start,
        .outer_end = string->end,
        .to_outer = file.syntax == BODY_SYNTAX_JSON ? json_to_outer : scalar_to_outer,
    };
    return source;
}
