/* body_file: looks for a cause only after the parser has failed: a text may quote markers. */
#include "body_file.h"

/* Editors of Windows save UTF-16, with a byte order mark or without. The first character of a
 * configuration is ASCII, so its other bytes are zero. */
static const char *find_encoding(Str bytes) {
    static const struct {
        const char *name;
        unsigned char start[4];
        unsigned char mask[4];
    } rows[] = {
        {"UTF-32", {0xff, 0xfe, 0, 0}, {0xff, 0xff, 0xff, 0xff}},
        {"UTF-32", {0, 0, 0xfe, 0xff}, {0xff, 0xff, 0xff, 0xff}},
        {"UTF-16", {0xff, 0xfe, 0, 0}, {0xff, 0xff, 0, 0}},
        {"UTF-16", {0xfe, 0xff, 0, 0}, {0xff, 0xff, 0, 0}},
        {"UTF-32", {0, 0, 0, 0}, {0x80, 0xff, 0xff, 0xff}},
        {"UTF-32", {0, 0, 0, 0}, {0xff, 0xff, 0xff, 0x80}},
        {"UTF-16", {0, 0, 0, 0}, {0x80, 0xff, 0x80, 0xff}},
        {"UTF-16", {0, 0, 0, 0}, {0xff, 0x80, 0xff, 0x80}},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows) && bytes.len >= 4; i++) {
        bool fits = true;
        for (size_t j = 0; j < 4; j++)
            fits = fits && ((unsigned char)bytes.ptr[j] & rows[i].mask[j]) == rows[i].start[j];
        if (fits)
            return rows[i].name;
    }
    return NULL;
}

static bool file_report_encoding(const SourceText *source, Diags *diags) {
    const char *encoding = find_encoding(source->bytes);
    if (!encoding)
        return false;
    diags_error(diags, (SourceRange){source, 0, 0}, "File is not UTF-8",
                "The text of this file is %s, but configuration files must be UTF-8. Save it as "
                "UTF-8, or convert it: iconv -f %s -t UTF-8 \"%.*s\"",
                encoding, encoding, STR_ARG(source->path));
    return true;
}

/* A zero byte ends no token, so a parser reports its neighbours. */
static bool report_zero(const SourceText *source, Diags *diags) {
    size_t at = str_find_char(source->bytes, '\0', 0);
    if (at == SIZE_MAX)
        return false;
    SourceRange range = {source, (uint32_t)at, (uint32_t)at + 1};
    diags_error(
        diags, range, "Zero byte in the file",
        "A configuration file is text, and this byte is zero. Remove it; if there are many, "
        "the file is damaged or is not a configuration.");
    return true;
}

/* A byte order mark is no JSON. */
static bool report_mark(const SourceText *source, Diags *diags) {
    bool is_json = str_ends_with(source->path, STR(".json"));
    if (!is_json || !str_starts_with(source->bytes, STR("\xef\xbb\xbf")))
        return false;
    diags_error(diags, (SourceRange){source, 0, 3}, "Byte order mark before the JSON value",
                "JSON has no byte order mark. Save the file as UTF-8 without one.");
    return true;
}

/* Finds the next line from *at on that begins with the marker. *at becomes its end. */
static bool file_find_marker(Str bytes, Str marker, size_t *at, SourceRange *out) {
    for (size_t start = *at; start < bytes.len;) {
        size_t end = str_find_char(bytes, '\n', start);
        end = end == SIZE_MAX ? bytes.len : end;
        Str line = str_slice(bytes, start, end);
        bool is_alone = line.len == marker.len ||
                        (line.len > marker.len && strchr(" \r", line.ptr[marker.len]));
        if (str_starts_with(line, marker) && is_alone) {
            out->start = (uint32_t)start;
            out->end = (uint32_t)(start + marker.len);
            *at = end;
            return true;
        }
        start = end + 1;
    }
    return false;
}

static bool report_markers(const SourceText *source, Diags *diags) {
    SourceRange first = {.source = source}, middle = first, last = first;
    size_t at = 0;
    if (!file_find_marker(source->bytes, STR("<<<<<<<"), &at, &first) ||
        !file_find_marker(source->bytes, STR("======="), &at, &middle) ||
        !file_find_marker(source->bytes, STR(">>>>>>>"), &at, &last))
        return false;
    diags_error(diags, first, "Unresolved merge conflict",
                "An unfinished merge has left its markers in this file: the conflict ends in line "
                "%u. Keep one of the two versions between the markers, and remove the markers.",
                source_text_position(source, last.start).line);
    return true;
}

bool body_file_parse(BodyParse *parse, const SourceText *source, const FunctionTable *functions,
                     const Body **out, Arena *arena, Diags *diags) {
    Diags own = diags_new(arena);
    const Body *body = *out;
    bool ok = parse(source, functions, &body, arena, &own);
    if (!ok && (file_report_encoding(source, diags) || report_zero(source, diags) ||
                report_mark(source, diags) || report_markers(source, diags)))
        return false;
    vec_each(&own, diag) {
        diags_add(diags, diag);
    }
    *out = body;
    return ok;
}
