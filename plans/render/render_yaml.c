/* render_yaml: compares strings as YAML. Parsed documents lack comments and style, so changes of
 * these are shown line by line. */
#include "render_text_string.h"

#include "yaml_value.h"

#define YAML_BYTES_MAX    ((size_t)1 << 20)
#define YAML_ELEMENTS_MAX 100000

static bool render_yaml_spend(void *payload, size_t elements) {
    size_t *left = payload;
    if (elements > *left)
        return false;
    *left -= elements;
    return true;
}

static bool is_collection(Value v) {
    return value_is_present(v) && (v.type->kind == KIND_OBJECT || v.type->kind == KIND_TUPLE);
}

/* Returns false for a list of words, which is rarely meant as YAML and is clear as lines. */
static bool has_structure(Value v) {
    if (!is_collection(v))
        return false;
    if (v.type->kind == KIND_OBJECT)
        return v.count > 0;
    for (size_t i = 0; i < v.count; i++) {
        if (is_collection(value_at(v, i)))
            return true;
    }
    return false;
}

static bool yaml_read_one(Str text, Value *out, Arena *arena) {
    size_t left = YAML_ELEMENTS_MAX;
    YamlFailure ignored;
    return text.len <= YAML_BYTES_MAX &&
           yaml_value_read(text, (YamlBudget){render_yaml_spend, &left}, out, &ignored, arena) &&
           has_structure(*out);
}

/* Returns the text from the first # that begins a comment. A # in a string also matches; then the
 * line is compared too, which is harmless. */
static Str comment_of(Str line) {
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] == '#' && (i == 0 || line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t'))
            return str_after(line, i);
    }
    return STR_EMPTY;
}

static bool next_comment(Str *text, Str *out) {
    Str line;
    while (str_next_field(text, '\n', &line)) {
        *out = comment_of(line);
        if (out->len > 0)
            return true;
    }
    return false;
}

static bool has_same_comments(Str before, Str after) {
    Str old, new;
    for (;;) {
        bool has_old = next_comment(&before, &old);
        bool has_new = next_comment(&after, &new);
        if (has_old != has_new || (has_old && !str_equal(old, new)))
            return false;
        if (!has_old)
            return true;
    }
}

bool render_yaml_read(Str before, Str after, Value *out_before, Value *out_after, Arena *arena) {
    Value old, new;
    if (!has_same_comments(before, after) || !yaml_read_one(before, &old, arena) ||
        !yaml_read_one(after, &new, arena) || old.type->kind != new.type->kind ||
        value_equal(old, new))
        return false;
    *out_before = old;
    *out_after = new;
    return true;
}
