/* state_object: attributes as JSON text ↔ values of the schema's type, and the paths of sensitive
 * values. */
#include "state_object.h"
#include "json.h"

/* Skips attributes that are not in the schema: a provider may remove one without a new version. */
static bool copy_known(JsonReader *reader, JsonToken token, const Type *type, JsonWriter *writer);

static bool object_copy_object(JsonReader *reader, const Type *type, JsonWriter *writer) {
    json_object_start(writer);
    JsonToken token;
    while ((token = json_next(reader)) == JSON_KEY) {
        Str key = reader->text;
        size_t index = 0;
        bool is_object = type->kind == KIND_OBJECT;
        bool known = !is_object || type_find_attribute(type, key, &index);
        token = json_next(reader);
        Str skipped;
        if (!known) {
            if (!json_skip(reader, token, &skipped))
                return false;
            continue;
        }
        json_key(writer, key);
        if (!copy_known(reader, token, is_object ? type_at(type, index) : type->element, writer))
            return false;
    }
    json_object_end(writer);
    return token == JSON_OBJECT_END;
}

static bool copy_array(JsonReader *reader, const Type *type, JsonWriter *writer) {
    json_array_start(writer);
    JsonToken token = json_next(reader);
    for (size_t i = 0; token != JSON_ARRAY_END; i++, token = json_next(reader)) {
        bool is_tuple = type->kind == KIND_TUPLE;
        if (token == JSON_BAD || (is_tuple && i >= type->count))
            return false;
        if (!copy_known(reader, token, is_tuple ? type_at(type, i) : type->element, writer))
            return false;
    }
    json_array_end(writer);
    return true;
}

/* States before version 4 hold every value as a string; converts it to `type`. */
static void copy_written(Str text, const Type *type, JsonWriter *writer) {
    SCOPED(ArenaRef) scratch = arena_open("number");
    JsonReader reader = json_reader_new(text, scratch);
    if (text.len == 0) {
        json_write_null(writer);
    } else if (type->kind == KIND_BOOL) {
        bool is_true = str_equal(text, STR("true")) || str_equal(text, STR("1"));
        bool is_false = str_equal(text, STR("false")) || str_equal(text, STR("0"));
        if (is_true || is_false)
            json_bool(writer, is_true);
        else
            json_write_string(writer, text);
    } else if (json_next(&reader) == JSON_NUMBER && json_next(&reader) == JSON_END) {
        json_number(writer, text);
    } else {
        json_write_string(writer, text);
    }
}

static bool copy_known(JsonReader *reader, JsonToken token, const Type *type, JsonWriter *writer) {
    if (token == JSON_OBJECT_START && type_is_mapping(type))
        return object_copy_object(reader, type, writer);
    if (token == JSON_ARRAY_START && type_is_sequence(type))
        return copy_array(reader, type, writer);
    if (token == JSON_STRING && (type->kind == KIND_NUMBER || type->kind == KIND_BOOL)) {
        copy_written(reader->text, type, writer);
        return true;
    }
    Str raw;
    if (!json_skip(reader, token, &raw))
        return false;
    json_raw(writer, raw);
    return true;
}

static bool read_known(Str text, const Type *type, Value *out, const char **error, Arena *arena) {
    StrBuf known = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &known, 0);
    JsonReader reader = json_reader_new(text, arena);
    if (!copy_known(&reader, json_next(&reader), type, &writer))
        return false;
    reader = json_reader_new(strbuf_str(&known), arena);
    return json_read_typed(&reader, json_next(&reader), type, out, error, arena);
}

static bool object_read_attributes(Str text, const Type *type, Value *out, Arena *arena,
                                   Diags *diags) {
    const char *error = NULL;
    JsonReader reader = json_reader_new(text, arena);
    if (json_read_typed(&reader, json_next(&reader), type, out, &error, arena))
        return true;
    if (read_known(text, type, out, &error, arena))
        return true;
    return diags_fail(diags, NO_RANGE, "Stored object does not match its type",
                      "The stored object does not match the schema of its resource type: %s. If "
                      "another version of the program wrote it, use that version. Otherwise remove "
                      "the object from the state and import it again.",
                      error ? error : "it is not valid JSON");
}

/* Reads {"value":K,"type":"string"|"number"}. */
static bool object_read_key(JsonReader *reader, Value *out, Arena *arena) {
    const char *error;
    return json_read_typed(reader, json_next(reader), &TYPE_DYNAMIC, out, &error, arena) &&
           value_is_present(*out) && type_is_primitive(out->type);
}

/* Reads {"type":"get_attr","value":"name"} or {"type":"index","value":…}, after its "{". */
static bool object_read_step(JsonReader *reader, PathStep *out, Arena *arena) {
    *out = (PathStep){0};
    bool has_value = false;
    JsonToken token;
    while ((token = json_next(reader)) == JSON_KEY) {
        if (str_equal(reader->text, STR("type"))) {
            if (json_next(reader) != JSON_STRING)
                return false;
            out->is_index = str_equal(reader->text, STR("index"));
        } else if (!str_equal(reader->text, STR("value"))) {
            Str skipped;
            if (!json_skip(reader, json_next(reader), &skipped))
                return false;
        } else if (json_peek(reader) == JSON_STRING) {
            (void)json_next(reader);
            out->name = reader->text;
            has_value = true;
        } else {
            has_value = true;
            if (!object_read_key(reader, &out->key, arena))
                return false;
        }
    }
    return token == JSON_OBJECT_END && has_value && out->is_index == (out->name.ptr == NULL);
}

static bool object_read_path(JsonReader *reader, Path *out, Arena *arena) {
    VEC(PathStep) steps = {0};
    JsonToken token;
    while ((token = json_next(reader)) == JSON_OBJECT_START) {
        PathStep step;
        if (!object_read_step(reader, &step, arena))
            return false;
        vec_push(arena, &steps, step);
    }
    *out = (Path){steps.items, steps.count};
    return token == JSON_ARRAY_END;
}

static bool object_read_paths(Str text, Paths *out, Arena *arena) {
    if (text.len == 0)
        return true;
    JsonReader reader = json_reader_new(text, arena);
    JsonToken token = json_next(&reader);
    if (token != JSON_ARRAY_START)
        return token == JSON_NULL;
    while ((token = json_next(&reader)) == JSON_ARRAY_START) {
        Path path;
        if (!object_read_path(&reader, &path, arena))
            return false;
        vec_push(arena, out, path);
    }
    return token == JSON_ARRAY_END;
}

bool state_object_decode(const StateObject *object, const Schema *schema, Value *out, Arena *arena,
                         Diags *diags) {
    Value value;
    Paths sensitive = {0};
    const Type *type = schema_implied_type(schema);
    Str text = object->attributes.len > 0 ? object->attributes : STR("{}");
    if (!object_read_attributes(text, type, &value, arena, diags))
        return false;
    if (!object_read_paths(object->sensitive_attributes, &sensitive, arena))
        return diags_fail(
            diags, NO_RANGE, "Stored object has damaged sensitive paths",
            "The \"sensitive_attributes\" of this object in the state are not a list of paths, so "
            "loam cannot tell which values to hide. Correct the state file.");
    schema_sensitive_paths(schema, value, &sensitive, arena);
    *out = sensitive.count > 0 ? path_mark(value, &sensitive, MARK_SENSITIVE, arena) : value;
    return true;
}

static int compare_paths(const void *a, const void *b) {
    return path_compare(*(const Path *)a, *(const Path *)b);
}

static void object_write_step(JsonWriter *writer, const PathStep *step) {
    json_object_start(writer);
    json_key_string(writer, "type", step->is_index ? STR("index") : STR("get_attr"));
    json_key(writer, STR("value"));
    if (step->is_index)
        json_write_typed(writer, step->key, &TYPE_DYNAMIC);
    else
        json_write_string(writer, step->name);
    json_object_end(writer);
}

static Str object_write_paths(Paths *paths, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_array_start(&writer);
    if (paths->count > 1)
        qsort(paths->items, paths->count, sizeof *paths->items, compare_paths);
    for (size_t i = 0; i < paths->count; i++) {
        Path path = paths->items[i];
        if (i > 0 && path_equal(path, paths->items[i - 1]))
            continue;
        json_array_start(&writer);
        for (size_t j = 0; j < path.count; j++)
            object_write_step(&writer, &path.steps[j]);
        json_array_end(&writer);
    }
    json_array_end(&writer);
    return strbuf_str(&text);
}

StateObject *state_object_encode(const StateObject *head, Value value, const Schema *schema,
                                 Arena *arena) {
    CHECK(value_is_wholly_known(value) && value_is_present(value));
    Paths sensitive = {0};
    path_find_marks(value, MARK_SENSITIVE, &sensitive, arena);
    schema_sensitive_paths(schema, value, &sensitive, arena);
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    const Type *type = schema_implied_type(schema);
    Value plain = schema_omit_newer(schema, value_unmark_deep(value, arena), &type, arena);
    json_write_typed(&writer, plain, type);
    StateObject *object = arena_new(arena, StateObject);
    *object = *head;
    object->schema_version = (uint64_t)schema->version;
    object->attributes = strbuf_str(&text);
    object->sensitive_attributes =
        sensitive.count > 0 ? object_write_paths(&sensitive, arena) : STR("[]");
    return object;
}

bool state_object_same_json(Str a, Str b, Str absent) {
    a = a.len > 0 ? a : absent;
    b = b.len > 0 ? b : absent;
    if (str_equal(a, b))
        return true;
    SCOPED(ArenaRef) scratch = arena_open("same json");
    JsonReader left = json_reader_new(a, scratch);
    JsonReader right = json_reader_new(b, scratch);
    for (;;) {
        JsonToken token = json_next(&left);
        if (token != json_next(&right) || token == JSON_BAD)
            return false;
        if (token == JSON_END)
            return true;
        bool has_text = token == JSON_KEY || token == JSON_STRING || token == JSON_NUMBER;
        if (has_text && !str_equal(left.text, right.text))
            return false;
    }
}

static bool same_dependencies(const StateObject *a, const StateObject *b) {
    if (a->dependency_count != b->dependency_count)
        return false;
    if (a->dependencies == b->dependencies)
        return true;
    for (size_t i = 0; i < a->dependency_count; i++) {
        if (!str_equal(a->dependencies[i], b->dependencies[i]))
            return false;
    }
    return true;
}

bool state_object_equal(const StateObject *a, const StateObject *b) {
    if (a == b || !a || !b)
        return a == b;
    return a->status == b->status && a->schema_version == b->schema_version &&
           a->create_before_destroy == b->create_before_destroy &&
           a->skip_destroy == b->skip_destroy && same_dependencies(a, b) &&
           str_equal(a->private_data, b->private_data) &&
           (a->identity.len == 0 || a->identity_version == b->identity_version) &&
           state_object_same_json(a->identity, b->identity, STR("null")) &&
           state_object_same_json(a->attributes, b->attributes, STR("{}")) &&
           state_object_same_json(a->sensitive_attributes, b->sensitive_attributes, STR("[]")) &&
           state_object_same_json(a->extra, b->extra, STR("{}"));
}
