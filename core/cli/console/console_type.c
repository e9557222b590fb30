/* Formats a type in lines, like Terraform's type(). */
#include "console.h"

static void console_type_add_type(StrBuf *text, const Type *type, uint32_t depth);

static void console_type_add_line_start(StrBuf *text, uint32_t depth) {
    strbuf_add_char(text, '\n');
    for (uint32_t i = 0; i < depth; i++)
        strbuf_add_cstr(text, "    ");
}

static void add_members(StrBuf *text, const Type *type, uint32_t depth) {
    for (size_t i = 0; i < type->count; i++) {
        console_type_add_line_start(text, depth + 1);
        if (type->kind == KIND_OBJECT)
            strbuf_add_format(text, "%.*s: ", STR_ARG(type->names[i]));
        console_type_add_type(text, type_at(type, i), depth + 1);
        strbuf_add_char(text, ',');
    }
    if (type->count > 0)
        console_type_add_line_start(text, depth);
}

static bool console_type_has_members(const Type *type) {
    return type->kind == KIND_OBJECT || type->kind == KIND_TUPLE;
}

static void console_type_add_element(StrBuf *text, const Type *element, uint32_t depth) {
    if (!console_type_has_members(element)) {
        console_type_add_type(text, element, depth);
        return;
    }
    console_type_add_line_start(text, depth + 1);
    console_type_add_type(text, element, depth + 1);
    strbuf_add_char(text, ',');
    console_type_add_line_start(text, depth);
}

static void console_type_add_type(StrBuf *text, const Type *type, uint32_t depth) {
    strbuf_add_cstr(text, type_kind_name(type->kind));
    if (type_is_collection(type)) {
        strbuf_add_char(text, '(');
        console_type_add_element(text, type->element, depth);
        strbuf_add_char(text, ')');
    } else if (console_type_has_members(type)) {
        strbuf_add_cstr(text, type->kind == KIND_OBJECT ? "({" : "([");
        add_members(text, type, depth);
        strbuf_add_cstr(text, type->kind == KIND_OBJECT ? "})" : "])");
    }
}

Str console_type_to_str(const Type *type, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    console_type_add_type(&text, type, 0);
    return strbuf_str(&text);
}
