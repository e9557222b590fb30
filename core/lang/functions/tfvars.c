/* tfvars: the functions of the provider "terraform", which encode values as native syntax and read
 * and write tfvars files. The text has the layout of `fmt`. */
#include "eval.h"
#include "functions.h"
#include "lexer.h"
#include "native.h"
#include "str_quote.h"
#include "utf8.h"

/* A line of the text: `key = value`, or a part of a bracketed value. */
typedef struct NativeLine {
    Str key; /* empty: none */
    Str value;
    int32_t brackets; /* brackets opened minus brackets closed on this line */
    bool is_open;     /* the value continues on the next line */
} NativeLine;

typedef struct NativeText {
    Arena *arena;
    VEC(NativeLine) lines;
    StrBuf value; /* value of the line being written */
    Str key;
    int32_t brackets;
} NativeText;

static void native_end_line(NativeText *text, bool is_open) {
    NativeLine line = {text->key, strbuf_str(&text->value), text->brackets, is_open};
    vec_push(text->arena, &text->lines, line);
    text->value = strbuf_new(text->arena);
    text->key = STR_EMPTY;
    text->brackets = 0;
}

static void native_bracket(NativeText *text, char bracket) {
    strbuf_add_char(&text->value, bracket);
    text->brackets += bracket == '[' || bracket == '{' ? 1 : -1;
}

static void tfvars_native_value(NativeText *text, Value value);

static void tfvars_native_sequence(NativeText *text, Value value) {
    size_t count = value.type->kind == KIND_TUPLE ? value.type->count : value.count;
    native_bracket(text, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            strbuf_add_cstr(&text->value, ", ");
        tfvars_native_value(text, value_at(value, i));
    }
    native_bracket(text, ']');
}

static void tfvars_native_members(NativeText *text, Value value) {
    bool is_object = value.type->kind == KIND_OBJECT;
    size_t count = is_object ? value.type->count : value.count;
    for (size_t i = 0; i < count; i++) {
        Str key = is_object ? value.type->names[i] : value_key_at(value, i);
        text->key = lexer_is_identifier(key) ? key : str_quote(key, text->arena);
        tfvars_native_value(text, value_at(value, i));
        native_end_line(text, false);
    }
}

static void native_object(NativeText *text, Value value) {
    bool is_object = value.type->kind == KIND_OBJECT;
    native_bracket(text, '{');
    if ((is_object ? value.type->count : value.count) > 0) {
        native_end_line(text, true);
        tfvars_native_members(text, value);
    }
    native_bracket(text, '}');
}

static void tfvars_native_value(NativeText *text, Value value) {
    if (value_is_null(value)) {
        strbuf_add_cstr(&text->value, "null");
        return;
    }
    switch (value.type->kind) {
    case KIND_BOOL: strbuf_add_cstr(&text->value, value.as.boolean ? "true" : "false"); return;
    case KIND_NUMBER: strbuf_add(&text->value, value_number_text(value, text->arena)); return;
    case KIND_STRING: strbuf_add(&text->value, str_quote(value_text(value), text->arena)); return;
    case KIND_LIST:
    case KIND_SET:
    case KIND_TUPLE: tfvars_native_sequence(text, value); return;
    case KIND_MAP:
    case KIND_OBJECT: native_object(text, value); return;
    case KIND_DYNAMIC: strbuf_add_cstr(&text->value, "null"); return;
    }
}

/* A line that leaves brackets open indents by one step, however many they are. */
typedef struct NativeLayout {
    VEC(int32_t) open;
    StrBuf out;
} NativeLayout;

static void native_close(NativeLayout *layout, int32_t closed) {
    while (closed > 0 && layout->open.count > 0) {
        int32_t *last = &layout->open.items[layout->open.count - 1];
        int32_t taken = closed < *last ? closed : *last;
        closed -= taken;
        *last -= taken;
        if (*last == 0)
            layout->open.count--;
    }
}

static void native_lay_line(NativeLayout *layout, const NativeLine *line, size_t width) {
    if (line->brackets < 0)
        native_close(layout, -line->brackets);
    strbuf_add_repeat(&layout->out, ' ', 2 * layout->open.count);
    if (line->key.len) {
        strbuf_add(&layout->out, line->key);
        strbuf_add_repeat(&layout->out, ' ', width - utf8_grapheme_count(line->key));
        strbuf_add_cstr(&layout->out, " = ");
    }
    strbuf_add(&layout->out, line->value);
    strbuf_add_char(&layout->out, '\n');
    if (line->brackets > 0)
        vec_push(layout->out.arena, &layout->open, line->brackets);
}

static bool native_is_aligned(const NativeLine *line) {
    return line->key.len > 0 && !line->is_open;
}

/* Aligns the equals signs of adjacent lines, except where a value continues on the next line. */
static Str native_lay_out(const NativeText *text) {
    NativeLayout layout = {.out = strbuf_new(text->arena)};
    for (size_t i = 0; i < text->lines.count;) {
        size_t end = i;
        size_t width = 0;
        for (; end < text->lines.count && native_is_aligned(&text->lines.items[end]); end++) {
            size_t columns = utf8_grapheme_count(text->lines.items[end].key);
            width = columns > width ? columns : width;
        }
        if (end == i)
            width = utf8_grapheme_count(text->lines.items[end++].key);
        for (; i < end; i++)
            native_lay_line(&layout, &text->lines.items[i], width);
    }
    return strbuf_str(&layout.out);
}

static bool tfvars_encode_expr(FunctionCall *call, Value *out, Str *error) {
    NativeText text = {.arena = call->arena, .value = strbuf_new(call->arena)};
    Value value = call->arguments[0];
    if (!value_is_wholly_known(value))
        return function_give(function_unknown(call, &TYPE_STRING), out);
    if (!function_check_room(call, value, error))
        return false;
    tfvars_native_value(&text, value);
    native_end_line(&text, false);
    Str laid = native_lay_out(&text);
    *out = value_string(str_slice(laid, 0, laid.len - 1), call->arena);
    return function_spend(call, 0, laid.len, error);
}

static bool tfvars_encode(FunctionCall *call, Value *out, Str *error) {
    NativeText text = {.arena = call->arena, .value = strbuf_new(call->arena)};
    Value value = call->arguments[0];
    if (!type_is_mapping(value.type))
        return function_fail(call, SIZE_MAX, error,
                             "the value to encode must be an object whose attributes are the "
                             "variables");
    for (size_t i = 0; i < value.count; i++) {
        Str name = value_key_at(value, i);
        if (!lexer_is_identifier(name))
            return function_fail(call, SIZE_MAX, error, "\"%.*s\" is not a valid variable name",
                                 STR_ARG(name));
    }
    if (!value_is_wholly_known(value))
        return function_give(function_unknown(call, &TYPE_STRING), out);
    if (!function_check_room(call, value, error))
        return false;
    tfvars_native_members(&text, value);
    Str laid = native_lay_out(&text);
    *out = value_string(laid, call->arena);
    return function_spend(call, 0, laid.len, error);
}

static void tfvars_check_blocks(const NativeBody *body, Diags *diags) {
    if (body->blocks.count)
        diags_error(diags, body->blocks.items[0]->type_range, "Invalid variable definition",
                    "blocks are not allowed, only name = value");
}

static bool tfvars_read(const SourceText *source, Value *out, Arena *arena, Diags *diags) {
    const NativeBody *body = NULL;
    StrVec names = {0};
    ValueVec values = {0};
    bool ok = native_parse(source, NULL, &body, arena, diags);
    tfvars_check_blocks(body, diags);
    map_each(&body->attributes, entry) {
        const NativeAttribute *attribute = entry->value;
        Value value;
        if (!ok || !eval_constant(attribute->expr, &value, arena, diags))
            break;
        vec_push(arena, &names, attribute->name);
        vec_push(arena, &values, value);
    }
    if (!diags->error_count)
        *out = value_object(names.items, values.items, names.count, arena);
    return !diags->error_count;
}

static bool tfvars_decode(FunctionCall *call, Value *out, Str *error) {
    Diags diags = diags_new(call->arena);
    const SourceText *source = source_text_new_temporary(STR("<decode_tfvars argument>"),
                                                         function_text(call, 0), call->arena);
    if (tfvars_read(source, out, call->arena, &diags))
        return function_spend(call, out->count, 0, error);
    const Diag *first = &diags.items[0];
    SourcePos position = source_text_position(source, first->range.start);
    return function_fail(call, SIZE_MAX, error, "line %u, column %u: %.*s: %.*s", position.line,
                         position.column, STR_ARG(first->summary), STR_ARG(first->detail));
}

static const Function tfvars_functions[] = {
    {
        .name = "provider::terraform::decode_tfvars",
        PARAMETERS({"src", &TYPE_STRING}),
        .run = tfvars_decode,
        .description = "The values of a .tfvars text, as an object.",
        .example = "provider::terraform::decode_tfvars(\"size = 3\") = {size = 3}",
    },
    {
        .name = "provider::terraform::encode_expr",
        PARAMETERS({"value", &TYPE_DYNAMIC}),
        .type = &TYPE_STRING,
        .run = tfvars_encode_expr,
        .description = "A value as an expression of the native syntax.",
        .example = "provider::terraform::encode_expr([1, \"a\"]) = \"[1, \\\"a\\\"]\"",
    },
    {
        .name = "provider::terraform::encode_tfvars",
        PARAMETERS({"value", &TYPE_DYNAMIC}),
        .type = &TYPE_STRING,
        .run = tfvars_encode,
        .description = "The object as .tfvars text.",
        .example = "provider::terraform::encode_tfvars({size = 3}) = \"size = 3\\n\"",
    },
};

const FunctionFamily functions_tfvars = {tfvars_functions, ARRAY_COUNT(tfvars_functions)};
