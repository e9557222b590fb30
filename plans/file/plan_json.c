/* plan_json: the rows of a plan and of its parts. Members are read by name in any order. An unknown
 * member is an error: a newer loam wrote it. Values that are absent in the document become untyped
 * nulls, never zero bytes. */
#include "plan_json.h"
#include "plan_value.h"

#define JSON_FORMAT 1

static const char *plan_json_mode(unsigned mode) {
    static const char *const names[] = {
        [PLAN_NORMAL] = "normal", [PLAN_DESTROY] = "destroy", [PLAN_REFRESH_ONLY] = "refresh-only"};
    return names[mode];
}

static const char *plan_json_action(unsigned action) {
    static const char *const names[] = {
        [ACTION_NO_OP] = "no-op",
        [ACTION_CREATE] = "create",
        [ACTION_READ] = "read",
        [ACTION_UPDATE] = "update",
        [ACTION_DELETE_THEN_CREATE] = "delete-create",
        [ACTION_CREATE_THEN_DELETE] = "create-delete",
        [ACTION_DELETE] = "delete",
        [ACTION_FORGET] = "forget",
        [ACTION_FORGET_THEN_CREATE] = "forget-create",
    };
    static_assert(ARRAY_COUNT(names) == ACTION_FORGET_THEN_CREATE + 1, "a name for each action");
    return names[action];
}

/* Values. */

static bool value_codec_read(RecordReader *reading, const RecordRow *, JsonToken token,
                             void *member) {
    return plan_value_read(reading->reader, token, member, reading->arena);
}

static void value_codec_write(RecordWriter *writing, const RecordRow *, const void *member) {
    const Value *value = member;
    plan_value_write(writing->writer, value->type ? *value : value_null(&TYPE_DYNAMIC));
}

static bool value_codec_is_null(const void *member) {
    return value_is_null(*(const Value *)member);
}

static bool value_codec_is_untyped(const void *member) {
    return !((const Value *)member)->type;
}

static void value_codec_reset(void *member) {
    *(Value *)member = value_null(&TYPE_DYNAMIC);
}

static const RecordCodec value_codec = {value_codec_read, value_codec_write, NULL, NULL,
                                        value_codec_reset};
/* Left out only as the zero value: a null is written. */
static const RecordCodec config_codec = {value_codec_read, value_codec_write,
                                         value_codec_is_untyped, NULL, value_codec_reset};
/* Zero, or null, if there is none. */
static const RecordCodec identity_codec = {value_codec_read, value_codec_write, value_codec_is_null,
                                           NULL, NULL};

/* Addresses. */

static bool address_codec_read(RecordReader *reading, const RecordRow *, JsonToken token,
                               void *member) {
    Diags diags = diags_new(reading->arena);
    if (token != JSON_STRING)
        return record_reject(reading, record_text.error);
    return address_parse_planned(reading->reader->text, member, reading->arena, &diags);
}

static bool action_address_codec_read(RecordReader *reading, const RecordRow *, JsonToken token,
                                      void *member) {
    Diags diags = diags_new(reading->arena);
    if (token != JSON_STRING)
        return record_reject(reading, record_text.error);
    return address_parse_action(reading->reader->text, member, reading->arena, &diags);
}

static void address_codec_write(RecordWriter *writing, const RecordRow *, const void *member) {
    json_write_string(writing->writer,
                      resource_addr_to_str(*(const ResourceAddr *)member, writing->scratch));
}

static bool address_codec_is_absent(const void *member) {
    return ((const ResourceAddr *)member)->type.len == 0;
}

static const RecordCodec address_codec = {address_codec_read, address_codec_write,
                                          address_codec_is_absent, "an address is invalid"};
static const RecordCodec action_address_codec = {action_address_codec_read, address_codec_write,
                                                 address_codec_is_absent, "an address is invalid"};

/* Paths. */

static bool path_codec_read(RecordReader *reading, const RecordRow *, JsonToken token,
                            void *member) {
    VEC(PathStep) steps = {0};
    if (token != JSON_ARRAY_START)
        return false;
    while ((token = json_next(reading->reader)) != JSON_ARRAY_END) {
        PathStep *step = vec_add(reading->arena, &steps);
        step->is_index = token != JSON_STRING;
        if (!step->is_index)
            step->name = reading->reader->text;
        else if (!plan_value_read(reading->reader, token, &step->key, reading->arena))
            return false;
    }
    *(Path *)member = (Path){steps.items, steps.count};
    return true;
}

static void path_codec_write(RecordWriter *writing, const RecordRow *, const void *member) {
    const Path *path = member;
    json_array_start(writing->writer);
    for (size_t i = 0; i < path->count; i++) {
        if (path->steps[i].is_index)
            plan_value_write(writing->writer, path->steps[i].key);
        else
            json_write_string(writing->writer, path->steps[i].name);
    }
    json_array_end(writing->writer);
}

static const RecordCodec path_codec = {path_codec_read, path_codec_write, NULL,
                                       "an array was expected"};

static bool paths_codec_read(RecordReader *reading, const RecordRow *row, JsonToken token,
                             void *member) {
    if (token != JSON_ARRAY_START)
        return false;
    while ((token = json_next(reading->reader)) != JSON_ARRAY_END) {
        if (!path_codec_read(reading, row, token, vec_add(reading->arena, (Paths *)member)))
            return false;
    }
    return true;
}

static void paths_codec_write(RecordWriter *writing, const RecordRow *row, const void *member) {
    const Paths *paths = member;
    json_array_start(writing->writer);
    vec_each(paths, path) {
        path_codec_write(writing, row, path);
    }
    json_array_end(writing->writer);
}

static bool paths_codec_is_absent(const void *member) {
    return ((const Paths *)member)->count == 0;
}

static const RecordCodec paths_codec = {paths_codec_read, paths_codec_write, paths_codec_is_absent,
                                        "an array was expected"};

#define ROW_VALUE(T, key, member) ROW(T, key, member, Value, value_codec)
#define ROW_IDENTITY(T, key, member)                                                               \
    ROW(T, key, member, Value, identity_codec, .flags = ROW_OPTIONAL)
#define ROW_ADDRESS(T, key, member, ...)                                                           \
    ROW(T, key, member, ResourceAddr, address_codec, __VA_ARGS__)
#define ROW_PATH(T, key, member)  ROW(T, key, member, Path, path_codec)
#define ROW_PATHS(T, key, member) ROW(T, key, member, Paths, paths_codec, .flags = ROW_OPTIONAL)
#define ROW_ACTION(T, key, member)                                                                 \
    ROW_NAME(T, key, member, Action, plan_json_action, ACTION_FORGET_THEN_CREATE + 1)
#define ROW_SOME_TEXT(T, key, member)        ROW_TEXT(T, key, member, .flags = ROW_OPTIONAL)
#define ROW_SOME_FLAG(T, key, member)        ROW_FLAG(T, key, member, .flags = ROW_OPTIONAL)
#define ROW_SOME_LIST(T, key, member, E, of) ROW_LIST(T, key, member, E, of, .flags = ROW_OPTIONAL)

/* Notes and parts. */

static const RecordRow note_rows[] = {
    ROW_PATH(ChangeNote, "path", path),
    ROW_TEXT(ChangeNote, "text", text),
};

static const Record note_record =
    RECORD(ChangeNote, note_rows, .unknown = "a note has unknown members");

static bool part_title_read(RecordReader *reading, const RecordRow *row, JsonToken token,
                            void *part) {
    return record_text.read(reading, row, token, &((PartChange *)part)->title);
}

static void part_title_write(RecordWriter *writing, const RecordRow *, const void *part) {
    json_write_string(writing->writer, ((const PartChange *)part)->title);
}

static bool part_title_is_key(const void *part) {
    return str_equal(((const PartChange *)part)->title, ((const PartChange *)part)->key);
}

static const RecordCodec part_title_codec = {part_title_read, part_title_write, part_title_is_key,
                                             "a string was expected"};

static const RecordRow part_rows[] = {
    ROW_TEXT(PartChange, "key", key),
    ROW_WHOLE(PartChange, "title", part_title_codec, .flags = ROW_OPTIONAL),
    ROW_ACTION(PartChange, "action", action),
    ROW_VALUE(PartChange, "before", before),
    ROW_VALUE(PartChange, "after", after),
    ROW_PATHS(PartChange, "replace_paths", replace_paths),
    ROW_SOME_LIST(PartChange, "notes", notes, ChangeNote, note_record),
};

static void part_record_end(void *record) {
    PartChange *part = record;
    if (part->title.len == 0)
        part->title = part->key;
}

static const Record part_record =
    RECORD(PartChange, part_rows, .unknown = "a part has unknown members", .end = part_record_end);

/* Invocations. */

/* Texts of a provider configuration's address. */
#define ROWS_PROVIDER(T, config)                                                                   \
    ROW_SOME_TEXT(T, "provider", config.provider),                                                 \
        ROW_SOME_TEXT(T, "provider_alias", config.alias),                                          \
        ROW_SOME_TEXT(T, "provider_key", config.key),                                              \
        ROW_SOME_TEXT(T, "provider_module", config.module)

enum { INVOCATION_REQUESTED = 1, INVOCATION_TRIGGERED = 2 };

static unsigned invocation_variant(const void *record) {
    return ((const ActionInvocation *)record)->is_requested ? INVOCATION_REQUESTED
                                                            : INVOCATION_TRIGGERED;
}

/* Only a triggered invocation has an event. */
static bool invocation_event_read(RecordReader *reading, const RecordRow *row, JsonToken token,
                                  void *record) {
    ActionInvocation *invocation = record;
    invocation->is_requested = false;
    return record_name.read(reading, row, token, &invocation->event);
}

static void invocation_event_write(RecordWriter *writing, const RecordRow *row,
                                   const void *record) {
    record_name.write(writing, row, &((const ActionInvocation *)record)->event);
}

static const RecordCodec invocation_event_codec = {invocation_event_read, invocation_event_write,
                                                   NULL, "a name is unknown"};

static const RecordRow invocation_rows[] = {
    ROW(ActionInvocation, "action", action, ResourceAddr, action_address_codec),
    ROWS_PROVIDER(ActionInvocation, provider_config),
    ROW_VALUE(ActionInvocation, "config", config),
    ROW_ADDRESS(ActionInvocation, "caller", caller, .flags = ROW_OPTIONAL),
    ROW_WHOLE(ActionInvocation, "event", invocation_event_codec, .variants = INVOCATION_TRIGGERED,
              .name = invoke_event_keyword, .limit = INVOKE_AFTER_DESTROY + 1),
    ROW_NAME(ActionInvocation, "on_failure", on_failure, InvokeFailure, invoke_failure_keyword,
             INVOKE_CONTINUES + 1, .variants = INVOCATION_TRIGGERED),
    ROW_UINT32(ActionInvocation, "trigger", trigger, .variants = INVOCATION_TRIGGERED),
    ROW_UINT32(ActionInvocation, "index", index, .variants = INVOCATION_TRIGGERED),
};

static void invocation_record_begin(void *record) {
    ((ActionInvocation *)record)->is_requested = true;
}

static const Record invocation_record =
    RECORD(ActionInvocation, invocation_rows, .unknown = "an invocation has unknown members",
           .begin = invocation_record_begin, .variant = invocation_variant);

/* Changes. */

/* `at` is the change in T: nothing, or the name of a member with a dot. */
#define ROWS_CHANGE(T, at)                                                                         \
    ROW_ADDRESS(T, "address", at address),                                                         \
        ROW_ADDRESS(T, "previous", at previous, .flags = ROW_OPTIONAL),                            \
        ROW_SOME_TEXT(T, "deposed", at deposed), ROWS_PROVIDER(T, at provider_config),             \
        ROW_ACTION(T, "action", at action),                                                        \
        ROW_NAME(T, "reason", at reason, ActionReason, action_reason_name,                         \
                 REASON_FORGOT_BECAUSE_LIFECYCLE_DESTROY_IN_CONFIG + 1, .flags = ROW_OPTIONAL,     \
                 .error = "a reason is unknown"),                                                  \
        ROW_VALUE(T, "before", at before), ROW_VALUE(T, "after", at after),                        \
        ROW(T, "config", at config, Value, config_codec, .flags = ROW_OPTIONAL),                   \
        ROW_PATHS(T, "replace_paths", at replace_paths),                                           \
        ROW_SOME_LIST(T, "notes", at notes, ChangeNote, note_record),                              \
        ROW_SOME_FLAG(T, "has_unknown_parts", at has_unknown_parts),                               \
        ROW_SOME_LIST(T, "parts", at parts, PartChange, part_record),                              \
        ROW_SOME_LIST(T, "invocations", at invocations, ActionInvocation, invocation_record),      \
        ROW_BASE64(T, "private", at private_data, .flags = ROW_OPTIONAL),                          \
        ROW_SOME_TEXT(T, "config_digest", at config_digest),                                       \
        ROW_SOME_FLAG(T, "is_legacy", at is_legacy),                                               \
        ROW_ARRAY(T, "dependencies", at dependencies, at dependency_count, .flags = ROW_OPTIONAL), \
        ROW_SOME_FLAG(T, "create_before_destroy", at create_before_destroy),                       \
        ROW_SOME_TEXT(T, "import_id", at import.id),                                               \
        ROW_IDENTITY(T, "import_identity", at import.identity),                                    \
        ROW_SOME_FLAG(T, "import_is_unknown", at import.is_unknown),                               \
        ROW_INT64(T, "identity_version", at identity_version, .flags = ROW_OPTIONAL,               \
                  .error = "an integer was expected"),                                             \
        ROW_IDENTITY(T, "before_identity", at before_identity),                                    \
        ROW_IDENTITY(T, "after_identity", at after_identity),                                      \
        ROW_SOME_TEXT(T, "generated_config", at generated_config)

static const RecordRow change_rows[] = {ROWS_CHANGE(ResourceChange, )};

static void change_record_end(void *record) {
    plan_sort_parts(record);
}

static const Record change_record =
    RECORD(ResourceChange, change_rows, .unknown = "a change has unknown members",
           .end = change_record_end);

static const RecordRow deferred_rows[] = {
    ROW_NAME(DeferredChange, "deferral", deferral, Deferral, deferral_name, DEFERRAL_DEPENDENT + 1,
             .flags = ROW_NAMED, .error = "a reason for a deferral is unknown"),
    ROWS_CHANGE(DeferredChange, change.),
};

static void deferred_record_end(void *record) {
    plan_sort_parts(&((DeferredChange *)record)->change);
}

static const Record deferred_record =
    RECORD(DeferredChange, deferred_rows, .unknown = "a change has unknown members",
           .end = deferred_record_end);

/* Drift, outputs, variables. */

static const RecordRow field_rows[] = {
    ROW_PATH(DriftField, "path", path),
    ROW_SOME_TEXT(DriftField, "manager", manager),
    ROW_SOME_TEXT(DriftField, "since", since),
    ROW_SOME_FLAG(DriftField, "is_foreign", is_foreign),
};

static const Record field_record =
    RECORD(DriftField, field_rows, .unknown = "a changed field has unknown members");

static const RecordRow drift_rows[] = {
    ROW_ADDRESS(Drift, "address", address),
    ROW_ADDRESS(Drift, "previous", previous, .flags = ROW_OPTIONAL),
    ROW_SOME_TEXT(Drift, "provider", provider),
    ROW_ACTION(Drift, "action", action),
    ROW_VALUE(Drift, "before", before),
    ROW_VALUE(Drift, "after", after),
    ROW_SOME_LIST(Drift, "fields", fields, DriftField, field_record),
};

static const Record drift_record =
    RECORD(Drift, drift_rows, .unknown = "drift has unknown members");

static const RecordRow output_rows[] = {
    ROW_TEXT(OutputChange, "name", name),
    ROW_ACTION(OutputChange, "action", action),
    ROW_VALUE(OutputChange, "before", before),
    ROW_VALUE(OutputChange, "after", after),
    ROW_SOME_FLAG(OutputChange, "sensitive", sensitive),
    ROW_SOME_FLAG(OutputChange, "deferred", is_deferred),
};

static const Record output_record =
    RECORD(OutputChange, output_rows, .unknown = "an output has unknown members");

static const RecordRow variable_rows[] = {
    ROW_TEXT(PlanVariable, "name", name),
    ROW_VALUE(PlanVariable, "value", value),
};

static const Record variable_record =
    RECORD(PlanVariable, variable_rows, .unknown = "a variable has unknown members");

static const RecordRow file_rows[] = {
    ROW_TEXT(PlanFile, "path", path),
    ROW_TEXT(PlanFile, "content", content),
};

static const Record file_record =
    RECORD(PlanFile, file_rows, .unknown = "a file has unknown members");

/* The plan. */

static bool format_codec_read(RecordReader *reading, const RecordRow *, JsonToken token, void *) {
    bool *has_format = reading->context;
    int64_t format;
    if (token != JSON_NUMBER || !str_to_int64(reading->reader->text, &format))
        return record_reject(reading, "a number was expected");
    *has_format = true;
    return format == JSON_FORMAT;
}

static void format_codec_write(RecordWriter *writing, const RecordRow *, const void *) {
    json_int(writing->writer, JSON_FORMAT);
}

static const RecordCodec format_codec = {format_codec_read, format_codec_write, NULL,
                                         "another version of loam wrote it"};

static const RecordRow plan_rows[] = {
    ROW_WHOLE(Plan, "format", format_codec),
    ROW_NAME(Plan, "mode", mode, PlanMode, plan_json_mode, PLAN_REFRESH_ONLY + 1),
    ROW_FLAG(Plan, "errored", errored),
    ROW_FLAG(Plan, "complete", complete),
    ROW_SOME_FLAG(Plan, "has_news", has_news),
    ROW_SOME_FLAG(Plan, "full_refresh", is_full_refresh),
    ROW_TEXT(Plan, "lineage", lineage),
    ROW_UINT64(Plan, "serial", serial),
    ROW_SOME_TEXT(Plan, "journal", journal),
    ROW_INT64(Plan, "created_ms", created_ms),
    ROW_TEXT(Plan, "workspace", workspace),
    ROW_SOME_TEXT(Plan, "environment", environment),
    ROW_SOME_TEXT(Plan, "commit", commit),
    ROW_SOME_TEXT(Plan, "backend", backend),
    ROW_SOME_TEXT(Plan, "code", code),
    ROW_SOME_LIST(Plan, "files", files, PlanFile, file_record),
    ROW_LIST(Plan, "variables", variables, PlanVariable, variable_record),
    ROW_LIST(Plan, "changes", changes, ResourceChange, change_record, .flags = ROW_MANY),
    ROW_SOME_LIST(Plan, "deferred", deferred, DeferredChange, deferred_record),
    ROW_TEXTS(Plan, "deferred_blocks", deferred_blocks, .flags = ROW_OPTIONAL),
    ROW_LIST(Plan, "drift", drift, Drift, drift_record),
    ROW_SOME_LIST(Plan, "invocations", invocations, ActionInvocation, invocation_record),
    ROW_LIST(Plan, "outputs", outputs, OutputChange, output_record),
    ROW_TEXTS(Plan, "unknown_variables", unknown_variables, .flags = ROW_OPTIONAL),
    ROW_TEXTS(Plan, "ephemeral_variables", ephemeral_variables, .flags = ROW_OPTIONAL),
    ROW_TEXTS(Plan, "targets", targets, .flags = ROW_OPTIONAL),
    ROW_TEXTS(Plan, "excludes", excludes, .flags = ROW_OPTIONAL),
    ROW_SOME_TEXT(Plan, "configuration", configuration),
    ROW_SOME_TEXT(Plan, "checks", checks),
    ROW_SOME_TEXT(Plan, "relevant_attributes", relevant_attributes),
};

const Record plan_json_record = RECORD(Plan, plan_rows, .unknown = "the plan has unknown members");

Str plan_json_encode(const Plan *plan, Arena *arena) {
    return record_to_json(&plan_json_record, plan, 0, arena);
}

bool plan_json_decode(Str bytes, Plan **out, const char **error, Arena *arena) {
    bool has_format = false;
    JsonReader *reader = arena_new(arena, JsonReader);
    *reader = json_reader_new(bytes, arena);
    reader->types = arena_new(arena, JsonTypes);
    RecordReader reading = {.reader = reader, .arena = arena, .context = &has_format};
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    if (!record_decode(&reading, &plan_json_record, json_next(reader), plan) ||
        json_next(reader) != JSON_END || !has_format) {
        *error = reader->error ? reader->error : reading.error ? reading.error : "invalid JSON";
        return false;
    }
    plan_sort(plan);
    *out = plan;
    return true;
}
