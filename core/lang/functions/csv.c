/* csv: implements csvdecode with the rules of RFC 4180. */
#include "functions.h"
#include "str_quote.h"

typedef struct CsvReader {
    Str text;
    size_t at;
    size_t line;
    FunctionCall *call;
    Str *error;
} CsvReader;

static bool csv_fail(CsvReader *reader, const char *what) {
    return function_fail(reader->call, 0, reader->error, "CSV parse error on line %zu: %s",
                         reader->line, what);
}

static char csv_char(const CsvReader *reader) {
    return reader->at < reader->text.len ? reader->text.ptr[reader->at] : '\n';
}

static bool csv_at_line_end(const CsvReader *reader) {
    Str rest = str_after(reader->text, reader->at);
    return csv_char(reader) == '\n' || str_starts_with(rest, STR("\r\n")) ||
           str_equal(rest, STR("\r"));
}

static void csv_skip_line_end(CsvReader *reader) {
    if (csv_char(reader) == '\r')
        reader->at++;
    reader->at++;
    reader->line++;
}

/* A field is a view of the text unless characters must be removed: the second of two doubled
 * quotes, or the \r before a newline. */
static bool csv_quoted_field(CsvReader *reader, Str *out) {
    StrBuf buf = strbuf_new(reader->call->arena);
    size_t start = ++reader->at;
    while (reader->at < reader->text.len) {
        if (str_starts_with(str_after(reader->text, reader->at), STR("\r\n"))) {
            strbuf_add(&buf, str_slice(reader->text, start, reader->at));
            start = ++reader->at;
        }
        char c = reader->text.ptr[reader->at++];
        if (c == '\n')
            reader->line++;
        if (c != '"')
            continue;
        Str piece = str_slice(reader->text, start, reader->at - 1);
        if (reader->at < reader->text.len && reader->text.ptr[reader->at] == '"') {
            strbuf_add(&buf, str_slice(reader->text, start, reader->at));
            start = ++reader->at;
            continue;
        }
        *out = buf.len ? (strbuf_add(&buf, piece), strbuf_str(&buf)) : piece;
        bool ends = csv_char(reader) == ',' || csv_at_line_end(reader);
        return ends || csv_fail(reader, "extraneous or missing \" in quoted-field");
    }
    return csv_fail(reader, "extraneous or missing \" in quoted-field");
}

static bool csv_plain_field(CsvReader *reader, Str *out) {
    size_t start = reader->at;
    while (csv_char(reader) != ',' && !csv_at_line_end(reader)) {
        if (reader->text.ptr[reader->at++] == '"')
            return csv_fail(reader, "bare \" in non-quoted-field");
    }
    *out = str_slice(reader->text, start, reader->at);
    return true;
}

/* Reads the next line that is not empty; sets *is_end if there is none. */
static bool csv_record(CsvReader *reader, StrVec *fields, bool *is_end) {
    Arena *arena = reader->call->arena;
    vec_clear(fields);
    while (reader->at < reader->text.len && csv_at_line_end(reader))
        csv_skip_line_end(reader);
    *is_end = reader->at >= reader->text.len;
    if (*is_end)
        return true;
    for (;;) {
        Str field = STR_EMPTY;
        bool is_good = csv_char(reader) == '"' && reader->at < reader->text.len
                           ? csv_quoted_field(reader, &field)
                           : csv_plain_field(reader, &field);
        if (!is_good)
            return false;
        vec_push(arena, fields, field);
        if (csv_char(reader) != ',')
            break;
        reader->at++;
    }
    csv_skip_line_end(reader);
    return true;
}

static bool csv_header(CsvReader *reader, StrVec *names) {
    bool is_end = false;
    if (!csv_record(reader, names, &is_end))
        return false;
    if (is_end)
        return function_fail(reader->call, 0, reader->error, "missing header line");
    Map seen = map_new(reader->call->arena);
    vec_each(names, name) {
        if (!map_set(&seen, *name, name))
            continue;
        Str quoted = str_quote(*name, reader->call->arena);
        return function_fail(reader->call, 0, reader->error, "duplicate column name %.*s",
                             STR_ARG(quoted));
    }
    return true;
}

/* Returns the type of a row, and the index of each column in it. */
static const Type *csv_row_type(FunctionCall *call, const StrVec *columns, size_t *places) {
    Str *names = arena_new_array(call->arena, Str, columns->count);
    const Type **types = arena_new_array(call->arena, const Type *, columns->count);
    for (size_t i = 0; i < columns->count; i++) {
        names[i] = value_text(value_string(columns->items[i], call->arena));
        types[i] = &TYPE_STRING;
    }
    const Type *type = type_object(names, types, NULL, columns->count, call->arena);
    for (size_t i = 0; i < columns->count; i++) {
        Str name = value_text(value_string(columns->items[i], call->arena));
        places[i] = type_get_attribute(type, name);
    }
    return type;
}

static Value csv_row(FunctionCall *call, const Type *type, const size_t *places, StrVec fields) {
    Value *items = arena_new_array(call->arena, Value, fields.count);
    for (size_t i = 0; i < fields.count; i++)
        items[places[i]] = value_string(fields.items[i], call->arena);
    return value_object_of(type, items);
}

static bool csv_csvdecode(FunctionCall *call, Value *out, Str *error) {
    CsvReader reader = {.text = function_text(call, 0), .line = 1, .call = call, .error = error};
    StrVec names = {0};
    StrVec fields = {0};
    ValueVec rows = {0};
    bool is_end = false;
    if (!csv_header(&reader, &names))
        return false;
    size_t *places = arena_new_array(call->arena, size_t, names.count);
    const Type *type = csv_row_type(call, &names, places);
    for (;;) {
        if (!csv_record(&reader, &fields, &is_end))
            return false;
        if (is_end)
            break;
        if (fields.count != names.count) {
            reader.line--;
            return csv_fail(&reader, "wrong number of fields");
        }
        if (!function_spend(call, fields.count + 1, 0, error))
            return false;
        Value row = csv_row(call, type, places, fields);
        vec_push(call->arena, &rows, row);
    }
    return function_give(value_list(type, rows.items, rows.count, call->arena), out);
}

/* clang-format off */
static const Function csv_functions[] = {
    {
        .name = "csvdecode", .blames_call = true,
        PARAMETERS({"str", &TYPE_STRING}),
        .run = csv_csvdecode,
        .description = "The rows of CSV text as objects, with the names of its header line.",
        .example = "csvdecode(\"a,b\\n1,2\")[0].b = \"2\"",
    },
};
/* clang-format on */

const FunctionFamily functions_csv = {csv_functions, ARRAY_COUNT(csv_functions)};
