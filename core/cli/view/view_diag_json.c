/* Writes a diagnostic as JSON. */
#include "view_diag.h"

#include "function_doc.h"

static void diag_json_write_position(JsonWriter *writer, const char *key, SourcePos position) {
    json_key_object(writer, key);
    json_key_int(writer, "line", position.line);
    json_key_int(writer, "column", position.column);
    json_key_int(writer, "byte", position.byte);
    json_object_end(writer);
}

/* Extends an empty range to the byte at its start. */
static SourceRange with_extent(SourceRange range) {
    if (range.end <= range.start)
        range.end = range.start + 1;
    uint32_t size = (uint32_t)range.source->bytes.len;
    if (range.end > size)
        range.end = size > range.start ? size : range.start;
    return range;
}

static void write_range(JsonWriter *writer, SourceRange range) {
    json_key_object(writer, "range");
    json_key_string(writer, "filename", range.source->path);
    diag_json_write_position(writer, "start", source_text_position(range.source, range.start));
    diag_json_write_position(writer, "end", source_text_position(range.source, range.end));
    json_object_end(writer);
}

static void write_empty_range(JsonWriter *writer) {
    json_key_object(writer, "range");
    json_key_string(writer, "filename", STR_EMPTY);
    diag_json_write_position(writer, "start", (SourcePos){0});
    diag_json_write_position(writer, "end", (SourcePos){0});
    json_object_end(writer);
}

static void diag_json_write_values(JsonWriter *writer, const Diag *diag) {
    json_key_array(writer, "values");
    vec_each(&diag->values, value) {
        json_object_start(writer);
        json_key_string(writer, "traversal", value->traversal);
        json_key_string(writer, "statement", value->statement);
        json_object_end(writer);
    }
    json_array_end(writer);
}

/* Writes the signature of the function whose call failed. */
static void write_function_call(JsonWriter *writer, const Diag *diag,
                                const FunctionTable *functions) {
    const Function *function =
        functions && diag->called.len ? function_table_find(functions, diag->called) : NULL;
    if (!function)
        return;
    SCOPED(ArenaRef) arena = arena_open("signature");
    json_key_object(writer, "function_call");
    json_key_string(writer, "called_as", diag->called);
    json_key(writer, STR("signature"));
    function_doc_write_called(function, writer, arena);
    json_object_end(writer);
}

/* Writes the block that contains the range, excluding a block whose header is the range; null if
 * unknown. */
static void write_context(JsonWriter *writer, SourceRange range) {
    SCOPED(ArenaRef) arena = arena_open("context");
    Str context =
        range.start ? source_text_outline(range.source, range.start - 1, arena) : STR_EMPTY;
    json_key(writer, STR("context"));
    if (context.len)
        json_write_string(writer, context);
    else
        json_write_null(writer);
}

/* Writes all lines that the range touches, including the line of its end. Offsets are in bytes from
 * the start of the first line. */
static void write_snippet(JsonWriter *writer, const Diag *diag, SourceRange range,
                          const FunctionTable *functions) {
    uint32_t first;
    Str code = source_range_lines(range, &first);
    json_key_object(writer, "snippet");
    write_context(writer, range);
    json_key_string(writer, "code", code);
    json_key_int(writer, "start_line", source_text_position(range.source, range.start).line);
    json_key_int(writer, "highlight_start_offset", range.start - first);
    json_key_int(writer, "highlight_end_offset", range.end - first);
    diag_json_write_values(writer, diag);
    write_function_call(writer, diag, functions);
    json_object_end(writer);
}

/* The members that Terraform's JSON output has for diagnostics of a subject. */
static const struct {
    bool has_address;
    bool has_range;
    bool has_empty_range; /* without a range: an empty file name and line 0 */
} subjects[] = {
    [DIAG_OBJECT] = {.has_address = true, .has_range = true},
    [DIAG_EXPRESSION] = {.has_range = true},
    [DIAG_NAME] = {.has_range = true, .has_empty_range = true},
    [DIAG_RELATION] = {0},
};

/* Errors in arguments of terraform_data have neither address nor range, as in Terraform. */
static bool is_of_terraform_data(const Diag *diag) {
    Str type = STR("terraform_data.");
    size_t at = str_find(diag->address, type, 0);
    bool is_type = at == 0 || (at != SIZE_MAX && diag->address.ptr[at - 1] == '.');
    return is_type && diag->path.len > 0;
}

void view_diag_write_json(const Diag *diag, const FunctionTable *functions, JsonWriter *writer) {
    json_object_start(writer);
    json_key_string(writer, "severity",
                    diag->severity == DIAG_ERROR ? STR("error") : STR("warning"));
    json_key_string(writer, "summary", diag->summary);
    json_key_string(writer, "detail", diag->detail);
    DiagSubject subject = is_of_terraform_data(diag) ? DIAG_RELATION : diag->subject;
    if (diag->address.len > 0 && subjects[subject].has_address)
        json_key_string(writer, "address", diag->address);
    if (!diag->range.source && subjects[subject].has_empty_range)
        write_empty_range(writer);
    if (diag->range.source && subjects[subject].has_range) {
        SourceRange place = diag->noticed.source ? diag->noticed : diag->range;
        SourceRange range = with_extent(source_range_resolve(place));
        write_range(writer, range);
        if (!range.source->is_private && !diag->hides_snippet)
            write_snippet(writer, diag, range, functions);
    }
    json_object_end(writer);
}
