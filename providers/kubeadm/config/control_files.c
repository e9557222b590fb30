/* control_files: names, lines for the machine, and volumes. */
#include "control_files.h"
#include "base64.h"
#include "digest.h"
#include "nested_list.h"
#include "object_builder.h"
#include "str_quote.h"

#define TOP      STR(CONTROL_FILES_TOP "/")
#define PREFIX   "loam-"
#define NAME_LEN 16

static Str control_files_check_mode(Value value, Arena *arena) {
    Str text = value_text(value);
    bool is_good = text.len == 4 && text.ptr[0] == '0';
    for (size_t i = 0; i < text.len; i++)
        is_good &= text.ptr[i] >= '0' && text.ptr[i] <= '7';
    return is_good ? STR_EMPTY
                   : str_format(arena, "A mode has four octal digits, such as \"0600\".");
}

/* clang-format off */
static const Attribute file_attributes[] = {
    {"content",            &TYPE_STRING, OPTIONAL | SENSITIVE, "Content of the file, which the state has, too. Exactly one of the two contents is required."},
    {"content_wo",         &TYPE_STRING, OPTIONAL | WRITE_ONLY | ANY_TEXT, "Content that is not stored in plan or state. A control plane that joins later gets it from another one."},
    {"content_wo_version", &TYPE_NUMBER, OPTIONAL, "Version of content_wo: a change places it again."},
    {"mode",               &TYPE_STRING, OPTIONAL | COMPUTED, "Permissions in octal. The owner is root.", .default_json = "\"0600\"", .check = control_files_check_mode},
};
/* clang-format on */

static const ArgumentRule file_rules[] = {
    {RULE_EXACTLY_ONE, {"content", "content_wo"}},
    {RULE_REQUIRED_WITH, {"content_wo", "content_wo_version"}},
};

const NestedObject control_files_argument = {
    NESTED_OBJECT(NEST_MAP, file_attributes, SCHEMA_RULES(file_rules))};

static bool is_path(Str key) {
    Str part, rest = key;
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_letter && !(c == '-' || c == '_' || c == '.' || c == '/'))
            return false;
    }
    while (str_next_field(&rest, '/', &part)) {
        if (!part.len || part.ptr[0] == '.')
            return false;
    }
    /* That directory has the patch of a kubelet. */
    if (str_equal(key, STR("patches")) || str_starts_with(key, STR("patches/")))
        return false;
    return key.len > 0 && key.len <= 200 && key.ptr[key.len - 1] != '/';
}

static size_t file_count(Value files) {
    return value_is_present(files) ? files.count : 0;
}

Str control_files_check(Value files, Str *key, Arena *arena) {
    for (size_t i = 0; i < file_count(files); i++) {
        *key = value_key_at(files, i);
        if (!is_path(*key))
            return str_format(
                arena,
                "%.*s is not the path of a file below " CONTROL_FILES_TOP
                ": letters, digits, \"-\", \"_\" and \".\", which begins no name. The "
                "directory \"patches\" is reserved.",
                STR_ARG(str_quote(*key, arena)));
    }
    return STR_EMPTY;
}

Value control_files_contents(Value files, Arena *arena) {
    ObjectBuilder out = object_builder_new(arena);
    for (size_t i = 0; i < file_count(files); i++) {
        Value content = object_attribute(value_at(files, i), "content_wo");
        if (value_is_present(content) && value_is_known(content))
            object_builder_put(&out, value_key_at(files, i), content);
    }
    return object_builder_map(&out, &TYPE_STRING);
}

/* Returns false if neither has it. */
static bool content_of(Value files, size_t i, Value contents, Str *out) {
    Value found = object_attribute(value_at(files, i), "content");
    if (!value_is_present(found) &&
        !(value_is_present(contents) && value_find(contents, value_key_at(files, i), &found)))
        return false;
    *out = value_text(found);
    return true;
}

StrVec control_files_missing(Value files, Value contents, Arena *arena) {
    StrVec keys = {0};
    Str content;
    for (size_t i = 0; i < file_count(files); i++) {
        if (!content_of(files, i, contents, &content))
            vec_push(arena, &keys, value_key_at(files, i));
    }
    return keys;
}

Str control_files_lines(Value files, Value contents, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < file_count(files); i++) {
        Value one = value_at(files, i);
        Str content = STR_EMPTY;
        CHECK(content_of(files, i, contents, &content));
        strbuf_add_format(&out, "%.*s %.*s %.*s\n", STR_ARG(value_key_at(files, i)),
                          STR_ARG(object_text(one, "mode", STR("0600"))),
                          STR_ARG(base64_encode(content, arena)));
    }
    return strbuf_str(&out);
}

/* Whether a flag names the path: as its value, or as a part of it between commas. */
static bool names_path(Value component, Str path) {
    for (size_t i = 0; i < nested_list_count(component, "extra_args"); i++) {
        Str part,
            rest = object_text(nested_list_at(component, "extra_args", i), "value", STR_EMPTY);
        while (rest.len && str_next_field(&rest, ',', &part)) {
            if (str_equal(part, path))
                return true;
        }
    }
    return false;
}

static bool covers(Str directory, Str path) {
    return str_equal(directory, path) ||
           (str_starts_with(path, directory) && path.ptr[directory.len] == '/');
}

static bool has_volume(Value component, Str path) {
    for (size_t i = 0; i < nested_list_count(component, "extra_volumes"); i++) {
        Value volume = nested_list_at(component, "extra_volumes", i);
        if (covers(object_text(volume, "mount_path", STR_EMPTY), path))
            return true;
    }
    return false;
}

static Value volume_of(const Type *type, Str path, Arena *arena) {
    ObjectBuilder volume = object_builder_null(type, arena);
    Str digest = digest_hex(DIGEST_SHA256, path, arena);
    object_builder_set_text(&volume, "name", str_format(arena, PREFIX "%.*s", NAME_LEN, digest.ptr),
                            arena);
    object_builder_set_text(&volume, "host_path", path, arena);
    object_builder_set_text(&volume, "mount_path", path, arena);
    object_builder_set(&volume, "read_only", value_bool(true));
    object_builder_set(&volume, "path_type", value_from_cstr("File"));
    return object_builder_value(&volume);
}

Value control_files_volumes(Value files, Value component, Arena *arena) {
    const Type *list = object_attribute_type(component.type, "extra_volumes");
    ValueVec items = {0};
    for (size_t i = 0; i < file_count(files); i++) {
        Str path = str_concat(TOP, value_key_at(files, i), arena);
        if (names_path(component, path) && !has_volume(component, path))
            vec_push(arena, &items, volume_of(list->element, path, arena));
    }
    return nested_list_value(list, &items, arena);
}

bool control_files_is_volume(Str name) {
    return str_starts_with(name, STR(PREFIX)) && name.len == sizeof PREFIX - 1 + NAME_LEN;
}

bool control_files_are_used(Value component, Arena *arena) {
    for (size_t i = 0; i < nested_list_count(component, "extra_args"); i++) {
        if (str_find(object_text(nested_list_at(component, "extra_args", i), "value", STR_EMPTY),
                     TOP, 0) != SIZE_MAX)
            return true;
    }
    for (size_t i = 0; i < nested_list_count(component, "extra_volumes"); i++) {
        Str path =
            object_text(nested_list_at(component, "extra_volumes", i), "host_path", STR_EMPTY);
        if (str_starts_with(str_concat(path, STR("/"), arena), TOP) ||
            covers(path, STR(CONTROL_FILES_TOP)))
            return true;
    }
    return false;
}
