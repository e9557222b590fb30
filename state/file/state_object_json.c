/* state_object_json: a table of known members; unknown members are kept unchanged. */
#include "state_object_json.h"
#include "base64.h"

Str state_object_json_keep(const JsonReader *reader, Str text, Arena *arena) {
    const char *start = reader->bytes.ptr;
    bool is_view = text.ptr >= start && text.ptr + text.len <= start + reader->bytes.len;
    return is_view ? text : str_clone(text, arena);
}

typedef bool (*ReadMember)(StateObjectReader *reading, JsonToken token, const char **error);

static bool object_json_read_status(StateObjectReader *reading, JsonToken token,
                                    const char **error) {
    if (token == JSON_STRING && str_equal(reading->reader->text, STR("tainted"))) {
        reading->object.status = OBJECT_TAINTED;
        return true;
    }
    *error = "the only valid status of an object is \"tainted\"";
    return token == JSON_STRING && reading->reader->text.len == 0;
}

static bool object_json_read_count(const JsonReader *reader, JsonToken token, uint64_t *out) {
    return token == JSON_NUMBER && str_to_uint64(reader->text, out) && *out <= STATE_COUNT_MAX;
}

static bool read_schema_version(StateObjectReader *reading, JsonToken token, const char **error) {
    *error = "schema_version must be an integer of at most 2^62";
    return object_json_read_count(reading->reader, token, &reading->object.schema_version);
}

static bool object_json_read_attributes(StateObjectReader *reading, JsonToken token,
                                        const char **error) {
    if (token == JSON_NULL)
        return true;
    if (token != JSON_OBJECT_START) {
        *error = "attributes must be an object";
        return false;
    }
    return json_skip(reading->reader, token, &reading->object.attributes);
}

static bool read_sensitive(StateObjectReader *reading, JsonToken token, const char **error) {
    if (token == JSON_NULL)
        return true;
    if (token != JSON_ARRAY_START) {
        *error = "sensitive_attributes must be a list of paths";
        return false;
    }
    return json_skip(reading->reader, token, &reading->object.sensitive_attributes);
}

static bool object_json_read_identity(StateObjectReader *reading, JsonToken token,
                                      const char **error) {
    if (token == JSON_NULL)
        return true;
    if (token != JSON_OBJECT_START) {
        *error = "identity must be an object";
        return false;
    }
    return json_skip(reading->reader, token, &reading->object.identity);
}

static bool object_json_read_identity_version(StateObjectReader *reading, JsonToken token,
                                              const char **error) {
    reading->object.has_identity_version = true;
    *error = "identity_schema_version must be an integer of at most 2^62";
    return object_json_read_count(reading->reader, token, &reading->object.identity_version);
}

static bool object_json_read_private(StateObjectReader *reading, JsonToken token,
                                     const char **error) {
    if (token == JSON_NULL)
        return true;
    *error = "private must be a base64 string";
    return token == JSON_STRING &&
           base64_decode(reading->reader->text, &reading->object.private_data, reading->arena);
}

bool state_object_json_strings(JsonReader *reader, JsonToken token, const Str **out, size_t *count,
                               Arena *arena) {
    StrVec items = {0};
    if (token == JSON_NULL)
        return true;
    if (token != JSON_ARRAY_START)
        return false;
    for (token = json_next(reader); token == JSON_STRING; token = json_next(reader))
        vec_push(arena, &items, state_object_json_keep(reader, reader->text, arena));
    *out = items.items;
    *count = items.count;
    return token == JSON_ARRAY_END;
}

static bool object_json_read_dependencies(StateObjectReader *reading, JsonToken token,
                                          const char **error) {
    JsonReader *reader = reading->reader;
    Str last = reading->dependencies_text;
    bool same = last.len > 0 && str_starts_with(str_after(reader->bytes, reader->start), last);
    if (same) {
        if (!json_skip(reader, token, &last))
            return false;
    } else {
        size_t start = reader->start;
        *error = "dependencies must be a list of addresses";
        if (!state_object_json_strings(reader, token, &reading->dependencies,
                                       &reading->dependency_count, reading->arena)) {
            return false;
        }
        reading->dependencies_text = str_slice(reader->bytes, start, reader->end);
        if (token == JSON_NULL)
            reading->dependency_count = 0;
    }
    reading->object.dependencies = reading->dependencies;
    reading->object.dependency_count = reading->dependency_count;
    return true;
}

static bool read_cbd(StateObjectReader *reading, JsonToken token, const char **error) {
    reading->object.create_before_destroy = token == JSON_TRUE;
    *error = "create_before_destroy must be true or false";
    return token == JSON_TRUE || token == JSON_FALSE || token == JSON_NULL;
}

static bool read_skip_destroy(StateObjectReader *reading, JsonToken token, const char **error) {
    reading->object.skip_destroy = token == JSON_TRUE;
    *error = "skip_destroy must be true or false";
    return token == JSON_TRUE || token == JSON_FALSE || token == JSON_NULL;
}

static const struct {
    Str key;
    ReadMember read;
} members[] = {
    {STR_CONST("schema_version"), read_schema_version},
    {STR_CONST("attributes"), object_json_read_attributes},
    {STR_CONST("sensitive_attributes"), read_sensitive},
    {STR_CONST("identity_schema_version"), object_json_read_identity_version},
    {STR_CONST("identity"), object_json_read_identity},
    {STR_CONST("private"), object_json_read_private},
    {STR_CONST("dependencies"), object_json_read_dependencies},
    {STR_CONST("create_before_destroy"), read_cbd},
    {STR_CONST("skip_destroy"), read_skip_destroy},
    {STR_CONST("status"), object_json_read_status},
};

/* Members of a stored instance that are no members of its object. */
static bool is_of_instance(Str key) {
    return str_equal(key, STR("index_key")) || str_equal(key, STR("deposed")) ||
           str_equal(key, STR("provider"));
}

void state_object_json_begin(StateObjectReader *reading) {
    reading->object = (StateObject){0};
    reading->extra = strbuf_new(reading->arena);
}

static bool keep_extra(StateObjectReader *reading, Str key, JsonToken token) {
    Str value;
    key = state_object_json_keep(reading->reader, key, reading->arena);
    if (!json_skip(reading->reader, token, &value))
        return false;
    if (token == JSON_NULL)
        return true;
    StrBuf *extra = &reading->extra;
    JsonWriter writer;
    json_writer_init(&writer, extra, 0);
    strbuf_add_char(extra, extra->len == 0 ? '{' : ',');
    json_write_string(&writer, key);
    strbuf_add_char(extra, ':');
    strbuf_add(extra, value);
    return true;
}

bool state_object_json_member(StateObjectReader *reading, Str key, JsonToken token,
                              const char **error) {
    *error = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(members); i++) {
        if (!str_equal(members[i].key, key))
            continue;
        bool ok = members[i].read(reading, token, error);
        if (reading->reader->error)
            *error = NULL;
        return ok;
    }
    if (!is_of_instance(key))
        return keep_extra(reading, key, token);
    *error = "an object has a member of its instance";
    return false;
}

const StateObject *state_object_json_finish(StateObjectReader *reading) {
    StateObject *object = arena_new(reading->arena, StateObject);
    if (reading->extra.len > 0) {
        strbuf_add_char(&reading->extra, '}');
        reading->object.extra = strbuf_str(&reading->extra);
    }
    *object = reading->object;
    return object;
}

void state_object_json_write_strings(JsonWriter *writer, const char *key, const Str *items,
                                     size_t count) {
    if (count == 0)
        return;
    json_key(writer, str_from_cstr(key));
    json_array_start(writer);
    for (size_t i = 0; i < count; i++)
        json_write_string(writer, items[i]);
    json_array_end(writer);
}

static void write_extra(JsonWriter *writer, Str extra) {
    SCOPED(ArenaRef) scratch = arena_open("extra members");
    JsonReader reader = json_reader_new(extra, scratch);
    (void)json_next(&reader);
    while (json_next(&reader) == JSON_KEY) {
        Str value;
        json_key(writer, reader.text);
        bool ok = json_skip(&reader, json_next(&reader), &value);
        CHECK(ok);
        json_raw(writer, value);
    }
}

void state_object_json_write(JsonWriter *writer, const StateObject *object) {
    if (object->status == OBJECT_TAINTED)
        json_key_string(writer, "status", STR("tainted"));
    json_key_int(writer, "schema_version", (int64_t)object->schema_version);
    json_key(writer, STR("attributes"));
    json_raw(writer, object->attributes.len > 0 ? object->attributes : STR("{}"));
    json_key(writer, STR("sensitive_attributes"));
    json_raw(writer,
             object->sensitive_attributes.len > 0 ? object->sensitive_attributes : STR("[]"));
    if (object->identity.len > 0 || object->has_identity_version)
        json_key_int(writer, "identity_schema_version", (int64_t)object->identity_version);
    if (object->identity.len > 0) {
        json_key(writer, STR("identity"));
        json_raw(writer, object->identity);
    }
    if (object->private_data.len > 0)
        json_key_base64(writer, "private", object->private_data);
    state_object_json_write_strings(writer, "dependencies", object->dependencies,
                                    object->dependency_count);
    if (object->create_before_destroy)
        json_key_bool(writer, "create_before_destroy", true);
    if (object->skip_destroy)
        json_key_bool(writer, "skip_destroy", true);
    if (object->extra.len > 0)
        write_extra(writer, object->extra);
}
