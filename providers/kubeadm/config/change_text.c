/* change_text: lists of arguments whose items have names, lists of names, maps, and objects. */
#include "change_text.h"
#include "change_class.h"
#include "component_change.h"
#include "json.h"
#include "object_builder.h"
#include "str_quote.h"
#include "utf8.h"

/* A list of arguments of a component; its items have names. */
typedef struct ListDiff {
    Value before;
    Value after;
    const char *kind; /* "--", "volume " */
    bool is_flag;
} ListDiff;

static Value item_at(Value list, size_t i) {
    return value_is_present(list) && i < list.count ? value_at(list, i) : value_null(&TYPE_DYNAMIC);
}

/* Returns the values of this name, and whether there is one: a flag may occur more than once. */
static bool change_values_of(Value list, Str name, bool is_flag, Str *out, Arena *arena) {
    StrVec texts = {0};
    for (size_t i = 0; value_is_present(item_at(list, i)); i++) {
        Value item = item_at(list, i);
        if (str_equal(object_text(item, "name", STR_EMPTY), name))
            vec_push(arena, &texts,
                     is_flag ? object_text(item, "value", STR_EMPTY)
                             : value_display(item, 0, arena));
    }
    *out = str_join(texts.items, texts.count, STR(", "), arena);
    return texts.count > 0;
}

static void add_difference(StrBuf *out, const ListDiff *diff, Str name, Arena *arena) {
    Str before, after;
    bool had = change_values_of(diff->before, name, diff->is_flag, &before, arena);
    bool has = change_values_of(diff->after, name, diff->is_flag, &after, arena);
    if (had && has && str_equal(before, after))
        return;
    strbuf_add_format(out, " %s %s%.*s", !had ? "+" : has ? "~" : "-", diff->kind, STR_ARG(name));
    if (diff->is_flag && !had)
        strbuf_add_format(out, "=%.*s", STR_ARG(utf8_strip_controls(after, arena)));
    if (diff->is_flag && had && has)
        strbuf_add_format(out, " %.*s -> %.*s", STR_ARG(str_quote(before, arena)),
                          STR_ARG(str_quote(after, arena)));
}

/* Adds each name once. */
static void add_list(StrBuf *out, const ListDiff *diff, Arena *arena) {
    const Value lists[] = {diff->after, diff->before};
    StrVec seen = {0};
    for (size_t k = 0; k < ARRAY_COUNT(lists); k++) {
        for (size_t i = 0; value_is_present(item_at(lists[k], i)); i++) {
            Str name = object_text(item_at(lists[k], i), "name", STR_EMPTY);
            if (str_is_among(name, seen.items, seen.count))
                continue;
            vec_push(arena, &seen, name);
            add_difference(out, diff, name, arena);
        }
    }
}

static Value argument_of(Value object, const char *path, const char *name, Arena *arena) {
    return change_class_value(object, str_to_cstr(str_format(arena, "%s.%s", path, name), arena));
}

Str change_text_component(Value prior, Value planned, const char *path, Arena *arena) {
    static const struct {
        const char *name;
        const char *kind;
        bool is_flag;
    } lists[] = {
        {"extra_args", "--", true},
        {"extra_volumes", "volume ", false},
        {"extra_envs", "variable ", false},
    };
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(lists); i++) {
        ListDiff diff = {argument_of(prior, path, lists[i].name, arena),
                         argument_of(planned, path, lists[i].name, arena), lists[i].kind,
                         lists[i].is_flag};
        add_list(&out, &diff, arena);
    }
    return strbuf_str(&out);
}

Str change_text_flags(Value before, Value after, Arena *arena) {
    ListDiff diff = {before, after, "--", true};
    StrBuf out = strbuf_new(arena);
    add_list(&out, &diff, arena);
    return strbuf_str(&out);
}

StrVec change_text_list(Value list, Arena *arena) {
    StrVec names = {0};
    for (size_t i = 0; value_is_present(item_at(list, i)); i++)
        vec_push(arena, &names, value_text(item_at(list, i)));
    return names;
}

static void add_names(StrBuf *out, const char *sign, const StrVec *names, const StrVec *others) {
    vec_each(names, name) {
        if (!str_is_among(*name, others->items, others->count))
            strbuf_add_format(out, " %s %.*s", sign, STR_ARG(*name));
    }
}

Str change_text_names(Value prior, Value planned, const char *path, Arena *arena) {
    StrVec before = change_text_list(change_class_value(prior, path), arena);
    StrVec after = change_text_list(change_class_value(planned, path), arena);
    StrBuf out = strbuf_new(arena);
    add_names(&out, "+", &after, &before);
    add_names(&out, "-", &before, &after);
    return strbuf_str(&out);
}

static Value file_at(Value files, Str key) {
    Value found = value_null(&TYPE_DYNAMIC);
    return value_find(files, key, &found) ? found : value_null(&TYPE_DYNAMIC);
}

static void add_files(StrBuf *out, Value files, Value others, const char *sign, bool are_after) {
    for (size_t i = 0; value_is_present(files) && i < files.count; i++) {
        Value other = file_at(others, value_key_at(files, i));
        if (value_is_null(other))
            strbuf_add_format(out, " %s %.*s", sign, STR_ARG(value_key_at(files, i)));
        else if (are_after && !value_equal(other, value_at(files, i)))
            strbuf_add_format(out, " ~ %.*s", STR_ARG(value_key_at(files, i)));
    }
}

Str change_text_files(Value prior, Value planned, Arena *arena) {
    Value before = object_attribute(prior, "files"), after = object_attribute(planned, "files");
    StrBuf out = strbuf_new(arena);
    add_files(&out, after, before, "+", true);
    add_files(&out, before, after, "-", false);
    return strbuf_str(&out);
}

/* Texts in quotation marks, other values as JSON. */
static Str field_text(Value value, Arena *arena) {
    return utf8_strip_controls(json_text(value, arena), arena);
}

static bool is_object(Value value) {
    return value_is_present(value) &&
           (value.type->kind == KIND_OBJECT || value.type->kind == KIND_MAP);
}

static void add_fields(StrBuf *out, Str above, Value before, Value after, Arena *arena) {
    StrVec names = component_change_fields(before, after, arena);
    vec_each(&names, name) {
        Value from = {0}, to = {0};
        bool had = value_is_present(before) && value_find_present(before, *name, &from);
        bool has = value_is_present(after) && value_find_present(after, *name, &to);
        Str path =
            above.len ? str_format(arena, "%.*s.%.*s", STR_ARG(above), STR_ARG(*name)) : *name;
        if (had && has && is_object(from) && is_object(to))
            add_fields(out, path, from, to, arena);
        else if (had && has)
            strbuf_add_format(out, " ~ %.*s %.*s -> %.*s", STR_ARG(path),
                              STR_ARG(field_text(from, arena)), STR_ARG(field_text(to, arena)));
        else if (has)
            strbuf_add_format(out, " + %.*s=%.*s", STR_ARG(path), STR_ARG(field_text(to, arena)));
        else
            strbuf_add_format(out, " - %.*s", STR_ARG(path));
    }
}

Str change_text_fields(Value before, Value after, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    add_fields(&out, STR_EMPTY, before, after, arena);
    return strbuf_str(&out);
}
