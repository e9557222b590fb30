/* Splits a text into documents, and documents into objects. A value has no position, so an error
 * reads its document again to find the line. */
#include "manifest_text.h"

#include "json.h"
#include "kube_object.h"
#include "map.h"
#include "str_quote.h"
#include "yaml_position.h"
#include "yaml_value.h"

#define SUMMARY      "Invalid manifest"
#define ELEMENTS_MAX ((size_t)10000000) /* of one text, with those that aliases repeat */
#define LISTS_MAX    8                  /* lists inside lists */

typedef struct ManifestReading {
    const Call *call;
    Path argument;
    Str file;
    ManifestObjects *out;
    Diags *diags;
} ManifestReading;

static bool text_fail_at(const ManifestReading *reading, size_t line, Str what) {
    const Call *call = reading->call;
    Str place = str_format(call->arena, "line %zu", line);
    if (reading->file.len)
        place = str_format(call->arena, "\"%.*s\", %.*s", STR_ARG(reading->file), STR_ARG(place));
    return path_error(call, reading->argument, reading->diags, SUMMARY, "In %.*s: %.*s",
                      STR_ARG(place), STR_ARG(what));
}

/* Lines of objects. */

static size_t text_line_of(const ManifestObject *object, Path path, Arena *arena) {
    YamlPosition at = yaml_position_find(object->document, path_join(object->path, path, arena));
    return object->line + (at.line ? at.line - 1 : 0);
}

Str manifest_text_place(const ManifestObject *object, Path path, Arena *arena) {
    Str place = str_format(arena, "line %zu", text_line_of(object, path, arena));
    if (!object->file.len)
        return place;
    return str_format(arena, "\"%.*s\", %.*s", STR_ARG(object->file), STR_ARG(place));
}

/* Documents. */

/* Adds an error about a member of an object; `parent` NULL: a member at the top. */
static bool fail_member(const ManifestReading *reading, const ManifestObject *object,
                        const char *parent, const char *member, const char *what) {
    Arena *arena = reading->call->arena;
    Path path = {0};
    if (parent)
        path = path_attribute(path, str_from_cstr(parent), arena);
    path = path_attribute(path, str_from_cstr(member), arena);
    return text_fail_at(
        reading, text_line_of(object, path, arena),
        str_format(arena, "\"%s%s%s\" %s", parent ? parent : "", parent ? "." : "", member, what));
}

static bool read_text_member(const ManifestReading *reading, const ManifestObject *object,
                             const char *parent, const char *member, Str *out) {
    Value value;
    *out = STR_EMPTY;
    if (!kube_object_find(object->object, parent ? parent : "", member, &value))
        return true;
    if (value.type->kind != KIND_STRING)
        return fail_member(reading, object, parent, member,
                           "must be a string. A number, or a word such as true, is one only in "
                           "quotes.");
    *out = value_text(value);
    return true;
}

static bool text_check_object(const ManifestReading *reading, const ManifestObject *object) {
    Value metadata;
    if (!object->api_version.len)
        return fail_member(reading, object, NULL, "apiVersion", "is missing.");
    if (!object->kind.len)
        return fail_member(reading, object, NULL, "kind", "is missing.");
    if (value_find_present(object->object, STR("metadata"), &metadata) &&
        metadata.type->kind != KIND_OBJECT)
        return fail_member(reading, object, NULL, "metadata", "must be a mapping.");
    if (object->name.len)
        return true;
    bool is_generated = kube_object_text(object->object, "metadata", "generateName").len > 0;
    return fail_member(reading, object, "metadata", "name",
                       is_generated ? "is missing. With \"generateName\", each apply would create "
                                      "another object."
                                    : "is missing.");
}

static bool text_add_object(const ManifestReading *reading, ManifestObject object) {
    if (!read_text_member(reading, &object, NULL, "apiVersion", &object.api_version) ||
        !read_text_member(reading, &object, NULL, "kind", &object.kind) ||
        !read_text_member(reading, &object, "metadata", "name", &object.name) ||
        !read_text_member(reading, &object, "metadata", "namespace", &object.namespace) ||
        !text_check_object(reading, &object))
        return false;
    vec_push(reading->call->arena, reading->out, object);
    return true;
}

/* The items of "ConfigMapList" may lack apiVersion and kind. */
static Value complete_item(Value list, Value item, Arena *arena) {
    Str kind = kube_object_text(list, "", "kind");
    Value version;
    if (!value_is_present(item) || item.type->kind != KIND_OBJECT ||
        kube_object_text(item, "", "kind").len || kind.len <= 4 ||
        !str_ends_with(kind, STR("List")) || !kube_object_find(list, "", "apiVersion", &version))
        return item;
    Value own = value_from_str(str_slice(kind, 0, kind.len - 4));
    return kube_object_with(kube_object_with(item, "", "kind", own, arena), "", "apiVersion",
                            version, arena);
}

static bool add_document(const ManifestReading *reading, ManifestObject object, unsigned depth) {
    Arena *arena = reading->call->arena;
    Value items;
    bool is_good = true;
    if (!value_is_present(object.object) || object.object.type->kind != KIND_OBJECT)
        return text_fail_at(reading, text_line_of(&object, (Path){0}, arena),
                            STR("An object must be a mapping with apiVersion, kind and metadata."));
    if (!value_find_tuple(object.object, STR("items"), &items))
        return text_add_object(reading, object);
    if (depth == LISTS_MAX)
        return text_fail_at(reading, text_line_of(&object, (Path){0}, arena),
                            STR("Lists are nested too deeply."));
    Path path = path_attribute(object.path, STR("items"), arena);
    for (size_t i = 0; i < items.count; i++) {
        ManifestObject item = object;
        item.object = complete_item(object.object, value_at(items, i), arena);
        item.path = path_index(path, value_int((int64_t)i), arena);
        is_good &= add_document(reading, item, depth + 1);
    }
    return is_good;
}

static bool text_spend(void *payload, size_t elements) {
    size_t *left = payload;
    if (elements > *left)
        return false;
    *left -= elements;
    return true;
}

static bool read_yaml(const ManifestReading *reading, Str text) {
    Arena *arena = reading->call->arena;
    SCOPED(ArenaRef) scratch = arena_open("manifest");
    YamlDocuments documents;
    YamlFailure failure;
    size_t left = ELEMENTS_MAX;
    bool is_good =
        yaml_documents_read(text, (YamlBudget){text_spend, &left}, &documents, &failure, scratch);
    if (!is_good)
        (void)text_fail_at(
            reading, failure.line ? failure.line : 1,
            failure.what.len ? str_format(arena, "%.*s.", STR_ARG(failure.what))
                             : STR("the text has too many elements; its aliases repeat too much."));
    vec_each(&documents, document) {
        is_good &= add_document(reading,
                                (ManifestObject){.object = kube_object_keep(document->root, arena),
                                                 .file = reading->file,
                                                 .document = document->text,
                                                 .line = document->line},
                                0);
    }
    return is_good;
}

/* JSON. */

static size_t line_at(Str text, size_t offset) {
    size_t line = 1;
    for (size_t i = 0; i < offset && i < text.len; i++)
        line += text.ptr[i] == '\n';
    return line;
}

/* Finds a name that occurs twice in one object; the JSON reader lets the last one win. */
static bool find_repeated_name(Str json, size_t *offset, Str *name, Arena *arena) {
    JsonReader reader = json_reader_new(json, arena);
    Map *open = arena_new_array(arena, Map, JSON_DEPTH_MAX + 1);
    size_t depth = 0;
    for (JsonToken token = json_next(&reader); token != JSON_END && token != JSON_BAD;
         token = json_next(&reader)) {
        if (token == JSON_OBJECT_START)
            open[depth] = (Map){0};
        if (token == JSON_OBJECT_START || token == JSON_ARRAY_START)
            depth++;
        if (token == JSON_OBJECT_END || token == JSON_ARRAY_END)
            depth--;
        if (token != JSON_KEY)
            continue;
        *offset = reader.start;
        *name = reader.text;
        if (map_has(&open[depth - 1], reader.text))
            return true;
        map_put(arena, &open[depth - 1], reader.text, NULL);
    }
    return false;
}

/* Returns the bytes of the JSON object or array that the text begins with, or empty text. */
static Str first_json(Str text) {
    size_t depth = 0;
    bool is_in_string = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (is_in_string && c == '\\')
            i++;
        else if (c == '"')
            is_in_string = !is_in_string;
        else if (!is_in_string && (c == '{' || c == '['))
            depth++;
        else if (!is_in_string && (c == '}' || c == ']') && --depth == 0)
            return str_slice(text, 0, i + 1);
    }
    return STR_EMPTY;
}

/* Reads JSON texts in a row. On a syntax error returns false and sets *error and *offset. */
static bool parse_json(Str text, YamlDocuments *out, const char **error, size_t *offset,
                       Arena *arena) {
    size_t at = 0;
    for (;;) {
        YamlDocument document;
        while (at < text.len && isspace((unsigned char)text.ptr[at]))
            at++;
        if (at == text.len)
            return true;
        Str rest = str_after(text, at);
        Str json = rest.ptr[0] == '{' || rest.ptr[0] == '[' ? first_json(rest) : STR_EMPTY;
        document.text = json.len ? json : rest;
        document.line = 0;
        if (!json_parse_any(document.text, &document.root, error, offset, arena)) {
            *offset += at;
            return false;
        }
        vec_push(arena, out, document);
        at += document.text.len;
    }
}

static bool add_json(const ManifestReading *reading, Str text, const YamlDocuments *documents) {
    Arena *arena = reading->call->arena;
    bool is_good = true;
    size_t line = 1;
    const char *counted = text.ptr;
    vec_each(documents, document) {
        size_t offset;
        Str name;
        line += line_at(str_from_range(counted, document->text.ptr), SIZE_MAX) - 1;
        counted = document->text.ptr;
        if (find_repeated_name(document->text, &offset, &name, arena)) {
            is_good = text_fail_at(reading, line + line_at(document->text, offset) - 1,
                                   str_format(arena, "the key %.*s is already in this mapping.",
                                              STR_ARG(str_quote(name, arena))));
            continue;
        }
        is_good &= add_document(reading,
                                (ManifestObject){.object = document->root,
                                                 .file = reading->file,
                                                 .document = document->text,
                                                 .line = line},
                                0);
    }
    return is_good;
}

bool manifest_text_read(const Call *call, Path argument, Str file, Str text, ManifestObjects *out,
                        Diags *diags) {
    ManifestReading reading = {call, argument, file, out, diags};
    Str start = str_trim(text);
    YamlDocuments documents = {0};
    const char *error;
    size_t offset;
    if (!str_starts_with(start, STR("{")) && !str_starts_with(start, STR("[")))
        return read_yaml(&reading, text);
    if (parse_json(text, &documents, &error, &offset, call->arena))
        return add_json(&reading, text, &documents);
    /* Such a text may be YAML in flow style. */
    if (!str_ends_with(file, STR(".json")))
        return read_yaml(&reading, text);
    return text_fail_at(&reading, line_at(text, offset), str_format(call->arena, "%s.", error));
}

/* Duplicates. */

static Str text_identity_of(const ManifestObject *object, Arena *arena) {
    size_t slash = str_find_char(object->api_version, '/', 0);
    Str group = slash == SIZE_MAX ? STR_EMPTY : str_slice(object->api_version, 0, slash);
    const Str parts[] = {group, object->kind, object->namespace, object->name};
    return str_join(parts, ARRAY_COUNT(parts), STR("/"), arena);
}

bool manifest_text_check_unique(const Call *call, Path argument, const ManifestObjects *objects,
                                Diags *diags) {
    Map seen = {0};
    bool is_good = true;
    vec_each(objects, object) {
        Str identity = text_identity_of(object, call->arena);
        const ManifestObject *first = map_find(&seen, identity);
        if (!first) {
            map_put(call->arena, &seen, identity, object);
            continue;
        }
        Str here = manifest_text_place(object, (Path){0}, call->arena);
        Str there = manifest_text_place(first, (Path){0}, call->arena);
        is_good =
            path_error(call, argument, diags, "Duplicate object",
                       "%.*s \"%.*s\" is in %.*s, and again in %.*s. Remove one of them.",
                       STR_ARG(object->kind), STR_ARG(object->name), STR_ARG(there), STR_ARG(here));
    }
    return is_good;
}
