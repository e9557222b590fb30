/* state_object_json: the rows of known members; unknown members are kept unchanged. */
#include "state_object_json.h"

static const char *object_status_name(unsigned status) {
    return status == OBJECT_TAINTED ? "tainted" : "";
}

/* Most instances of one block have the same list: the text of the last one is not read again. */
static bool dependencies_read(RecordReader *record, const RecordRow *row, JsonToken token,
                              void *member) {
    StateObjectReader *reading = record->context;
    StateObject *object = member;
    JsonReader *reader = record->reader;
    size_t start = reader->start;
    Str last = reading->dependencies_text;
    if (last.len > 0 && str_starts_with(str_after(reader->bytes, start), last)) {
        if (!json_skip(reader, token, &last))
            return false;
        object->dependencies = reading->dependencies;
        object->dependency_count = reading->dependency_count;
        return true;
    }
    if (!record_array.read(record, row, token, &object->dependencies))
        return false;
    reading->dependencies = object->dependencies;
    reading->dependency_count = object->dependency_count;
    reading->dependencies_text = str_slice(reader->bytes, start, reader->end);
    return true;
}

static void dependencies_write(RecordWriter *writing, const RecordRow *row, const void *member) {
    record_array.write(writing, row, &((const StateObject *)member)->dependencies);
}

static bool dependencies_are_absent(const void *member) {
    return ((const StateObject *)member)->dependency_count == 0;
}

static const RecordCodec dependencies_codec = {dependencies_read, dependencies_write,
                                               dependencies_are_absent, NULL};

static bool identity_version_read(RecordReader *record, const RecordRow *row, JsonToken token,
                                  void *member) {
    StateObject *object = member;
    object->has_identity_version = true;
    return record_uint64.read(record, row, token, &object->identity_version);
}

static void identity_version_write(RecordWriter *writing, const RecordRow *row,
                                   const void *member) {
    record_uint64.write(writing, row, &((const StateObject *)member)->identity_version);
}

static bool identity_version_is_absent(const void *member) {
    const StateObject *object = member;
    return object->identity.len == 0 && !object->has_identity_version;
}

static const RecordCodec identity_version_codec = {identity_version_read, identity_version_write,
                                                   identity_version_is_absent, NULL};

static const RecordRow state_object_rows[] = {
    ROW_NAME(StateObject, "status", status, ObjectStatus, object_status_name, OBJECT_TAINTED + 1,
             .flags = ROW_OPTIONAL, .error = "the only valid status of an object is \"tainted\""),
    ROW_UINT64(StateObject, "schema_version", schema_version, .limit = STATE_COUNT_MAX,
               .error = "schema_version must be an integer of at most 2^62"),
    ROW_RAW_OBJECT(StateObject, "attributes", attributes, .flags = ROW_NULLABLE,
                   .error = "attributes must be an object"),
    ROW_RAW_LIST(StateObject, "sensitive_attributes", sensitive_attributes, .flags = ROW_NULLABLE,
                 .error = "sensitive_attributes must be a list of paths"),
    ROW_WHOLE(StateObject, "identity_schema_version", identity_version_codec, .flags = ROW_OPTIONAL,
              .limit = STATE_COUNT_MAX,
              .error = "identity_schema_version must be an integer of at most 2^62"),
    ROW_RAW_OBJECT(StateObject, "identity", identity, .flags = ROW_OPTIONAL | ROW_NULLABLE,
                   .error = "identity must be an object"),
    ROW_BASE64(StateObject, "private", private_data, .flags = ROW_OPTIONAL | ROW_NULLABLE,
               .error = "private must be a base64 string"),
    ROW_WHOLE(StateObject, "dependencies", dependencies_codec, .flags = ROW_OPTIONAL | ROW_NULLABLE,
              .error = "dependencies must be a list of addresses"),
    ROW_FLAG(StateObject, "create_before_destroy", create_before_destroy,
             .flags = ROW_OPTIONAL | ROW_NULLABLE,
             .error = "create_before_destroy must be true or false"),
    ROW_FLAG(StateObject, "skip_destroy", skip_destroy, .flags = ROW_OPTIONAL | ROW_NULLABLE,
             .error = "skip_destroy must be true or false"),
};

const Record state_object_json_rows = RECORD(StateObject, state_object_rows);

/* Members of a stored instance that are no members of its object. */
static bool is_of_instance(Str key) {
    return str_equal(key, STR("index_key")) || str_equal(key, STR("deposed")) ||
           str_equal(key, STR("provider"));
}

void state_object_json_begin(StateObjectReader *reading) {
    reading->object = (StateObject){0};
    reading->next_row = 0;
    reading->extra = strbuf_new(reading->arena);
}

/* A member with the value null is dropped. */
static bool keep_extra(StateObjectReader *reading, Str key, JsonToken token) {
    Str value;
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
    RecordReader record = {.reader = reading->reader, .arena = reading->arena, .context = reading};
    const RecordRow *row = record_find(&state_object_json_rows, key, &reading->next_row);
    bool is_foreign = !row && is_of_instance(key);
    bool ok = row ? record_read_member(&record, row, token, &reading->object)
                  : !is_foreign && keep_extra(reading, key, token);
    *error = reading->reader->error ? NULL
             : row                  ? row->error
                                    : "an object has a member of its instance";
    return ok;
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
    record_write_members(&(RecordWriter){.writer = writer}, &state_object_json_rows, object);
    if (object->extra.len > 0)
        write_extra(writer, object->extra);
}
