/* csv: csvdecode, with the rules of RFC 4180. */
#include "functions.h"

#include "sequence.h"

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

static bool csv_quoted_field(CsvReader *reader, StrBuf *out) {
    reader->at++;
    while (reader->at < reader->text.len) {
        if (str_starts_with(str_after(reader->text, reader->at), STR("\r\n")))
            reader->at++; /* within quotes too, a line ends with a newline alone */
        char c = reader->text.ptr[reader->at++];
        if (c == '\n')
            reader->line++;
        if (c != '"') {
            strbuf_add_char(out, c);
        } else if (reader->at < reader->text.len && reader->text.ptr[reader->at] == '"') {
            strbuf_add_char(out, '"');
            reader->at++;
        } else {
            bool ends = csv_char(reader) == ',' || csv_at_line_end(reader);
            return ends || csv_fail(reader, "extraneous or missing \" in quoted-field");
        }
    }
    return csv_fail(reader, "extraneous or missing \" in quoted-field");
}

static bool csv_plain_field(CsvReader *reader, StrBuf *out) {
    while (csv_char(reader) != ',' && !csv_at_line_end(reader)) {
        char c = reader->text.ptr[reader->at++];
        if (c == '"')
            return csv_fail(reader, "bare \" in non-quoted-field");
        strbuf_add_char(out, c);
    }
    return true;
}

/* The next line that is not empty; *is_end when there is none. */
static bool csv_record(CsvReader *reader, StrVec *fields, bool *is_end) {
    Arena *arena = reader->call->arena;
    vec_clear(fields);
    while (reader->at < reader->text.len && csv_at_line_end(reader))
        csv_skip_line_end(reader);
    *is_end = reader->at >= reader->text.len;
    if (*is_end)
        return true;
    for (;;) {
        StrBuf field = strbuf_new(arena);
        bool is_good = csv_char(reader) == '"' && reader->at < reader->text.len
                           ? csv_quoted_field(reader, &field)
                           : csv_plain_field(reader, &field);
        if (!is_good)
            return false;
        vec_push(arena, fields, strbuf_str(&field));
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
    for (size_t i = 0; i < names->count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (!str_equal(names->items[i], names->items[k]))
                continue;
            Str quoted = str_quote(names->items[i], reader->call->arena);
            return function_fail(reader->call, 0, reader->error, "duplicate column name %.*s",
                                 STR_ARG(quoted));
        }
    }
    return true;
}

static Value csv_object(const FunctionCall *call, const StrVec *names, const StrVec *fields) {
    Str *keys = arena_new_array(call->arena, Str, names->count);
    Value *items = arena_new_array(call->arena, Value, names->count);
    for (size_t i = 0; i < names->count; i++) {
        keys[i] = value_text(value_string(names->items[i], call->arena));
        items[i] = value_string(fields->items[i], call->arena);
    }
    return value_object(keys, items, names->count, call->arena);
}

static bool csv_csvdecode(FunctionCall *call, Value *out, Str *error) {
    CsvReader reader = {
        .text = value_text(call->arguments[0]), .line = 1, .call = call, .error = error};
    StrVec names = {0};
    StrVec fields = {0};
    ValueVec rows = {0};
    bool is_end = false;
    if (!csv_header(&reader, &names))
        return false;
    for (;;) {
        if (!csv_record(&reader, &fields, &is_end))
            return false;
        if (is_end)
            break;
        if (fields.count != names.count) {
            reader.line--;
            return csv_fail(&reader, "wrong number of fields");
        }
        Value row = csv_object(call, &names, &fields);
        vec_push(call->arena, &rows, row);
        if (!function_spend(call, fields.count + 1, 0, error))
            return false;
    }
    const Type **types = arena_new_array(call->arena, const Type *, names.count);
    for (size_t i = 0; i < names.count; i++)
        types[i] = &TYPE_STRING;
    const Type *element = type_object(names.items, types, NULL, names.count, call->arena);
    *out = value_list(element, rows.items, rows.count, call->arena);
    return true;
}

/* clang-format off */
static const Function csv_functions[] = {
    {
        .name = "csvdecode",
        PARAMETERS({"str", &TYPE_STRING}),
        .run = csv_csvdecode,
        .description = "The rows of CSV text as objects, named by its header line.",
        .example = "csvdecode(\"a,b\\n1,2\")[0].b = \"2\"",
    },
};
/* clang-format on */

const FunctionFamily functions_csv = {csv_functions, ARRAY_COUNT(csv_functions)};
