/* Variable files. The native form is a list of arguments, cut into expressions here. */
#include "vars_file.h"

#include "eval.h"
#include "utf8.h"

/* -- YAML and JSON ------------------------------------------------------------------------ */

typedef bool (*ParseBody)(const Source *, const FunctionTable *, const Body **, Arena *, Diags *);

static bool read_body(
    const Source *source, ParseBody parse, VarsFileValues *out, Arena *arena, Diags *diags) {
    const FunctionTable *functions = function_table_new(NULL, 0, arena);
    const Body *body;
    BodyContent content;
    if (!parse(source, functions, &body, arena, diags))
        return false;
    bool ok = body_attributes(body, BODY_LITERAL, &content, arena, diags);
    vec_each(&content.attributes, attribute) {
        VarsFileValue value = {
            .name = attribute->name,
            .name_range = attribute->name_range,
            .range = attribute->expr->range,
        };
        CHECK(expr_as_literal(attribute->expr, &value.value, arena));
        vec_push(arena, out, value);
    }
    return ok;
}

/* -- name = value ------------------------------------------------------------------------- */

typedef struct VarsReader {
    const Source *source;
    const FunctionTable *functions;
    uint32_t at;
    Arena *arena;
    Diags *diags;
} VarsReader;

static char char_at(const VarsReader *reader, uint32_t at) {
    if (at >= reader->source->bytes.len)
        return '\0';
    return reader->source->bytes.ptr[at];
}

static bool is_end(const VarsReader *reader) {
    return reader->at >= reader->source->bytes.len;
}

static void skip_line(VarsReader *reader) {
    while (!is_end(reader) && char_at(reader, reader->at) != '\n')
        reader->at++;
}

static void skip_comment_block(VarsReader *reader) {
    size_t end = str_find(reader->source->bytes, STR("*/"), reader->at + 2);
    reader->at = end == SIZE_MAX ? (uint32_t)reader->source->bytes.len : (uint32_t)end + 2;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

/* Blanks and comments, line breaks too where asked. */
static void skip_space(VarsReader *reader, bool over_lines) {
    while (!is_end(reader)) {
        char c = char_at(reader, reader->at);
        char next = char_at(reader, reader->at + 1);
        if (is_blank(c) || (over_lines && c == '\n'))
            reader->at++;
        else if (c == '#' || (c == '/' && next == '/'))
            skip_line(reader);
        else if (c == '/' && next == '*')
            skip_comment_block(reader);
        else
            return;
    }
}

static bool refuse(VarsReader *reader, const char *detail) {
    SourceRange range = {reader->source, reader->at, reader->at + !is_end(reader)};
    diags_error(reader->diags, range, "Invalid variable file", "%s", detail);
    return false;
}

static Str take_name(VarsReader *reader) {
    Str bytes = reader->source->bytes;
    uint32_t start = reader->at;
    while (!is_end(reader)) {
        size_t width;
        uint32_t codepoint = utf8_decode(bytes, reader->at, &width);
        bool is_inside = reader->at > start && (codepoint == '-' || utf8_is_id_continue(codepoint));
        if (!is_inside && codepoint != '_' && !utf8_is_id_start(codepoint))
            break;
        reader->at += (uint32_t)width;
    }
    return str_slice(bytes, start, reader->at);
}

static bool lookup_nothing(const Scope *scope,
                           const Traversal *traversal,
                           Value *out,
                           size_t *used,
                           Arena *arena,
                           Diags *diags) {
    (void)scope, (void)out, (void)used, (void)arena;
    diags_error(diags, traversal->range, "Variables not allowed",
                "A value given from outside cannot refer to anything. A text needs double quotes.");
    return false;
}

static bool take_value(VarsReader *reader, VarsFileValue *value) {
    Scope scope = {.lookup = lookup_nothing, .functions = reader->functions};
    const Expr *expr;
    uint32_t end;
    if (!parser_parse_expression_at(reader->source, reader->at, reader->functions, &expr, &end,
                                    reader->arena, reader->diags))
        return false;
    reader->at = end;
    value->range = expr->range;
    return eval_expr(expr, &scope, &value->value, reader->arena, reader->diags);
}

static bool take_argument(VarsReader *reader, VarsFileValue *value) {
    uint32_t start = reader->at;
    value->name = take_name(reader);
    value->name_range = (SourceRange){reader->source, start, reader->at};
    if (!value->name.len)
        return refuse(reader, "A line of a variable file is \"name = value\"; this is no name.");
    skip_space(reader, false);
    char c = char_at(reader, reader->at);
    if (c == '{' || c == '"')
        return refuse(reader, "A variable file holds \"name = value\" lines only, no blocks. "
                              "Variables are declared in the configuration.");
    if (c != '=')
        return refuse(reader, "An equals sign must follow the name of the variable.");
    reader->at++;
    skip_space(reader, false);
    if (!take_value(reader, value))
        return false;
    skip_space(reader, false);
    if (!is_end(reader) && char_at(reader, reader->at) != '\n')
        return refuse(reader, "Nothing may follow the value on its line.");
    return true;
}

static bool check_repeated(VarsReader *reader,
                           const VarsFileValues *values,
                           const VarsFileValue *value) {
    vec_each(values, before) {
        if (!str_equal(before->name, value->name))
            continue;
        diags_error(reader->diags, value->name_range, "Duplicate argument",
                    "The variable \"%.*s\" was given a value already at line %u.",
                    STR_ARG(value->name),
                    source_position(reader->source, before->name_range.start).line);
        return false;
    }
    return true;
}

static bool read_native(const Source *source, VarsFileValues *out, Arena *arena, Diags *diags) {
    VarsReader reader = {
        .source = source,
        .functions = function_table_new(NULL, 0, arena),
        .arena = arena,
        .diags = diags,
    };
    bool ok = true;
    for (;;) {
        VarsFileValue value = {0};
        skip_space(&reader, true);
        if (is_end(&reader))
            return ok;
        if (!take_argument(&reader, &value))
            return false;
        ok &= check_repeated(&reader, out, &value);
        vec_push(arena, out, value);
    }
}

bool vars_file_read(const Source *source, VarsFileValues *out, Arena *arena, Diags *diags) {
    Str path = source->path;
    bool is_yaml = str_ends_with(path, STR(".yaml")) || str_ends_with(path, STR(".yml"));
    bool is_native = str_ends_with(path, STR(".tfvars"));
    bool is_json = str_ends_with(path, STR(".json"));
    if (is_yaml)
        return read_body(source, body_yaml_parse, out, arena, diags);
    if (is_json || (!is_native && str_starts_with(str_trim(source->bytes), STR("{"))))
        return read_body(source, body_json_parse, out, arena, diags);
    return read_native(source, out, arena, diags);
}
