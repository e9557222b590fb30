/* plan_json: the reader of each section. Readers find members by name in any order. An unknown
 * member is an error: a newer loam wrote it. */
#include "plan_json.h"

#include "base64.h"
#include "plan_json_names.h"
#include "plan_value.h"

typedef struct Load {
    JsonReader *reader;
    Arena *arena;
    Arena *growing; /* holds the list of changes while it grows */
    Plan *plan;
    bool has_format;
} Load;

/* Reads the member whose key is the reader's text. */
typedef bool (*ReadMember)(Load *load, Str key, void *subject);

static bool json_read_fail(Load *load, const char *error) {
    if (!load->reader->error)
        load->reader->error = error;
    return false;
}

static bool plan_json_read_text(Load *load, Str *out) {
    if (json_next(load->reader) != JSON_STRING)
        return json_read_fail(load, "a string was expected");
    *out = load->reader->text;
    return true;
}

static bool plan_json_read_bool(Load *load, bool *out) {
    JsonToken token = json_next(load->reader);
    *out = token == JSON_TRUE;
    return token == JSON_TRUE || token == JSON_FALSE ||
           json_read_fail(load, "true or false was expected");
}

static bool plan_json_read_name(Load *load, const char *const *names, size_t count, size_t *out) {
    Str text;
    if (!plan_json_read_text(load, &text))
        return false;
    for (*out = 0; *out < count; (*out)++) {
        if (str_equal_cstr(text, names[*out]))
            return true;
    }
    return json_read_fail(load, "a name is unknown");
}

static bool read_action(Load *load, Action *out) {
    size_t i;
    if (!plan_json_read_name(load, plan_json_actions, PLAN_JSON_ACTIONS, &i))
        return false;
    *out = (Action)i;
    return true;
}

static bool plan_json_read_address(Load *load, ResourceAddr *out) {
    Str text;
    Diags diags = diags_new(load->arena);
    if (!plan_json_read_text(load, &text))
        return false;
    return address_parse_planned(text, out, load->arena, &diags) ||
           json_read_fail(load, "an address is invalid");
}

static bool plan_json_read_one(Load *load, Value *out) {
    return plan_value_read(load->reader, json_next(load->reader), out, load->arena);
}

static bool read_object_from(Load *load, JsonToken token, ReadMember read, void *subject) {
    if (token != JSON_OBJECT_START)
        return json_read_fail(load, "an object was expected");
    while ((token = json_next(load->reader)) == JSON_KEY) {
        if (!read(load, load->reader->text, subject))
            return false;
    }
    return token == JSON_OBJECT_END || json_read_fail(load, "invalid JSON");
}

/* Reads each element with `read`, into the slot that `add` appends. */
static bool plan_json_read_objects(Load *load, void *(*add)(Load *), ReadMember read) {
    if (json_next(load->reader) != JSON_ARRAY_START)
        return json_read_fail(load, "an array was expected");
    JsonToken token;
    while ((token = json_next(load->reader)) != JSON_ARRAY_END) {
        if (!read_object_from(load, token, read, add(load)))
            return false;
    }
    return true;
}

static bool plan_json_read_texts(Load *load, StrVec *out) {
    if (json_next(load->reader) != JSON_ARRAY_START)
        return json_read_fail(load, "an array was expected");
    JsonToken token;
    while ((token = json_next(load->reader)) == JSON_STRING)
        vec_push(load->arena, out, load->reader->text);
    return token == JSON_ARRAY_END || json_read_fail(load, "a string was expected");
}

static bool plan_json_read_path(Load *load, JsonToken token, Path *out) {
    VEC(PathStep) steps = {0};
    if (token != JSON_ARRAY_START)
        return json_read_fail(load, "an array was expected");
    while ((token = json_next(load->reader)) != JSON_ARRAY_END) {
        PathStep *step = vec_add(load->arena, &steps);
        if (token == JSON_STRING) {
            step->name = load->reader->text;
            continue;
        }
        step->is_index = true;
        if (!plan_value_read(load->reader, token, &step->key, load->arena))
            return false;
    }
    *out = (Path){steps.items, steps.count};
    return true;
}

static bool plan_json_read_paths(Load *load, Paths *out) {
    if (json_next(load->reader) != JSON_ARRAY_START)
        return json_read_fail(load, "an array was expected");
    JsonToken token;
    while ((token = json_next(load->reader)) != JSON_ARRAY_END) {
        if (!plan_json_read_path(load, token, vec_add(load->arena, out)))
            return false;
    }
    return true;
}

static bool read_note_member(Load *load, Str key, void *subject) {
    ChangeNote *note = subject;
    if (str_equal(key, STR("path")))
        return plan_json_read_path(load, json_next(load->reader), &note->path);
    if (str_equal(key, STR("text")))
        return plan_json_read_text(load, &note->text);
    return json_read_fail(load, "a note has unknown members");
}

static bool read_notes(Load *load, ChangeNotes *out) {
    if (json_next(load->reader) != JSON_ARRAY_START)
        return json_read_fail(load, "an array was expected");
    JsonToken token;
    while ((token = json_next(load->reader)) != JSON_ARRAY_END) {
        ChangeNote *note = vec_add(load->arena, out);
        if (!read_object_from(load, token, read_note_member, note))
            return false;
    }
    return true;
}

static bool read_part_member(Load *load, Str key, void *subject) {
    PartChange *part = subject;
    if (str_equal(key, STR("key")))
        return plan_json_read_text(load, &part->key);
    if (str_equal(key, STR("title")))
        return plan_json_read_text(load, &part->title);
    if (str_equal(key, STR("action")))
        return read_action(load, &part->action);
    if (str_equal(key, STR("before")))
        return plan_json_read_one(load, &part->before);
    if (str_equal(key, STR("after")))
        return plan_json_read_one(load, &part->after);
    if (str_equal(key, STR("replace_paths")))
        return plan_json_read_paths(load, &part->replace_paths);
    if (str_equal(key, STR("notes")))
        return read_notes(load, &part->notes);
    return json_read_fail(load, "a part has unknown members");
}

static bool read_parts(Load *load, ResourceChange *change) {
    if (json_next(load->reader) != JSON_ARRAY_START)
        return json_read_fail(load, "an array was expected");
    JsonToken token;
    while ((token = json_next(load->reader)) != JSON_ARRAY_END) {
        PartChange *part = vec_add(load->arena, &change->parts);
        part->before = part->after = value_null(&TYPE_DYNAMIC);
        if (!read_object_from(load, token, read_part_member, part))
            return false;
        if (part->title.len == 0)
            part->title = part->key;
    }
    plan_sort_parts(change);
    return true;
}

static bool read_action_address(Load *load, ResourceAddr *out) {
    Str text;
    Diags diags = diags_new(load->arena);
    if (!plan_json_read_text(load, &text))
        return false;
    return address_parse_action(text, out, load->arena, &diags) ||
           json_read_fail(load, "an address is invalid");
}

static bool plan_json_read_number(Load *load, uint32_t *out) {
    uint64_t number;
    if (json_next(load->reader) != JSON_NUMBER || !str_to_uint64(load->reader->text, &number) ||
        number > UINT32_MAX)
        return json_read_fail(load, "a number was expected");
    *out = (uint32_t)number;
    return true;
}

static bool read_trigger_member(Load *load, Str key, ActionInvocation *invocation) {
    Str text;
    if (str_equal(key, STR("trigger")))
        return plan_json_read_number(load, &invocation->trigger);
    if (str_equal(key, STR("index")))
        return plan_json_read_number(load, &invocation->index);
    if (str_equal(key, STR("event"))) {
        invocation->is_requested = false;
        return plan_json_read_text(load, &text) && (invoke_event_parse(text, &invocation->event) ||
                                                    json_read_fail(load, "a name is unknown"));
    }
    if (str_equal(key, STR("on_failure")))
        return plan_json_read_text(load, &text) &&
               (invoke_failure_parse(text, &invocation->on_failure) ||
                json_read_fail(load, "a name is unknown"));
    return json_read_fail(load, "an invocation has unknown members");
}

static bool read_invocation_member(Load *load, Str key, void *subject) {
    ActionInvocation *invocation = subject;
    if (str_equal(key, STR("action")))
        return read_action_address(load, &invocation->action);
    if (str_equal(key, STR("caller")))
        return plan_json_read_address(load, &invocation->caller);
    if (str_equal(key, STR("provider")))
        return plan_json_read_text(load, &invocation->provider_config.provider);
    if (str_equal(key, STR("provider_alias")))
        return plan_json_read_text(load, &invocation->provider_config.alias);
    if (str_equal(key, STR("provider_key")))
        return plan_json_read_text(load, &invocation->provider_config.key);
    if (str_equal(key, STR("provider_module")))
        return plan_json_read_text(load, &invocation->provider_config.module);
    if (str_equal(key, STR("config")))
        return plan_json_read_one(load, &invocation->config);
    return read_trigger_member(load, key, invocation);
}

static bool read_invocations(Load *load, ActionInvocations *out) {
    if (json_next(load->reader) != JSON_ARRAY_START)
        return json_read_fail(load, "an array was expected");
    JsonToken token;
    while ((token = json_next(load->reader)) != JSON_ARRAY_END) {
        ActionInvocation *invocation = vec_add(load->arena, out);
        *invocation = (ActionInvocation){.config = value_null(&TYPE_DYNAMIC), .is_requested = true};
        if (!read_object_from(load, token, read_invocation_member, invocation))
            return false;
    }
    return true;
}

static bool read_reason(Load *load, ActionReason *out) {
    Str text;
    if (!plan_json_read_text(load, &text))
        return false;
    return action_reason_from_name(text, out) || json_read_fail(load, "a reason is unknown");
}

static bool plan_json_read_private(Load *load, Str *out) {
    Str text;
    if (!plan_json_read_text(load, &text))
        return false;
    return base64_decode(text, out, load->arena) || json_read_fail(load, "private data is invalid");
}

static bool plan_json_read_dependencies(Load *load, ResourceChange *change) {
    StrVec names = {0};
    if (!plan_json_read_texts(load, &names))
        return false;
    change->dependencies = names.items;
    change->dependency_count = names.count;
    return true;
}

static bool read_change_text(Load *load, Str key, ResourceChange *change, bool *known) {
    *known = true;
    if (str_equal(key, STR("deposed")))
        return plan_json_read_text(load, &change->deposed);
    if (str_equal(key, STR("provider")))
        return plan_json_read_text(load, &change->provider_config.provider);
    if (str_equal(key, STR("provider_key")))
        return plan_json_read_text(load, &change->provider_config.key);
    if (str_equal(key, STR("provider_alias")))
        return plan_json_read_text(load, &change->provider_config.alias);
    if (str_equal(key, STR("provider_module")))
        return plan_json_read_text(load, &change->provider_config.module);
    if (str_equal(key, STR("import_id")))
        return plan_json_read_text(load, &change->import.id);
    if (str_equal(key, STR("generated_config")))
        return plan_json_read_text(load, &change->generated_config);
    if (str_equal(key, STR("private")))
        return plan_json_read_private(load, &change->private_data);
    if (str_equal(key, STR("dependencies")))
        return plan_json_read_dependencies(load, change);
    if (str_equal(key, STR("create_before_destroy")))
        return plan_json_read_bool(load, &change->create_before_destroy);
    if (str_equal(key, STR("import_is_unknown")))
        return plan_json_read_bool(load, &change->import.is_unknown);
    *known = false;
    return false;
}

static bool plan_json_read_identity_version(Load *load, int64_t *out) {
    return (json_next(load->reader) == JSON_NUMBER && str_to_int64(load->reader->text, out)) ||
           json_read_fail(load, "an integer was expected");
}

static bool read_identity_member(Load *load, Str key, ResourceChange *change) {
    if (str_equal(key, STR("before_identity")))
        return plan_json_read_one(load, &change->before_identity);
    if (str_equal(key, STR("after_identity")))
        return plan_json_read_one(load, &change->after_identity);
    if (str_equal(key, STR("import_identity")))
        return plan_json_read_one(load, &change->import.identity);
    if (str_equal(key, STR("identity_version")))
        return plan_json_read_identity_version(load, &change->identity_version);
    return json_read_fail(load, "a change has unknown members");
}

static bool read_change_member(Load *load, Str key, void *subject) {
    ResourceChange *change = subject;
    bool known;
    bool ok = read_change_text(load, key, change, &known);
    if (known)
        return ok;
    if (str_equal(key, STR("address")))
        return plan_json_read_address(load, &change->address);
    if (str_equal(key, STR("previous")))
        return plan_json_read_address(load, &change->previous);
    if (str_equal(key, STR("action")))
        return read_action(load, &change->action);
    if (str_equal(key, STR("reason")))
        return read_reason(load, &change->reason);
    if (str_equal(key, STR("before")))
        return plan_json_read_one(load, &change->before);
    if (str_equal(key, STR("after")))
        return plan_json_read_one(load, &change->after);
    if (str_equal(key, STR("config")))
        return plan_json_read_one(load, &change->config);
    if (str_equal(key, STR("replace_paths")))
        return plan_json_read_paths(load, &change->replace_paths);
    if (str_equal(key, STR("notes")))
        return read_notes(load, &change->notes);
    if (str_equal(key, STR("parts")))
        return read_parts(load, change);
    if (str_equal(key, STR("config_digest")))
        return plan_json_read_text(load, &change->config_digest);
    if (str_equal(key, STR("is_legacy")))
        return plan_json_read_bool(load, &change->is_legacy);
    if (str_equal(key, STR("has_unknown_parts")))
        return plan_json_read_bool(load, &change->has_unknown_parts);
    if (str_equal(key, STR("invocations")))
        return read_invocations(load, &change->invocations);
    return read_identity_member(load, key, change);
}

static bool read_deferral(Load *load, Deferral *out) {
    Str text;
    if (!plan_json_read_text(load, &text))
        return false;
    return deferral_from_name(text, out) ||
           json_read_fail(load, "a reason for a deferral is unknown");
}

static bool read_deferred_member(Load *load, Str key, void *subject) {
    DeferredChange *deferred = subject;
    if (str_equal(key, STR("deferral")))
        return read_deferral(load, &deferred->deferral);
    return read_change_member(load, key, &deferred->change);
}

static bool read_field_member(Load *load, Str key, void *subject) {
    DriftField *field = subject;
    if (str_equal(key, STR("path")))
        return plan_json_read_path(load, json_next(load->reader), &field->path);
    if (str_equal(key, STR("manager")))
        return plan_json_read_text(load, &field->manager);
    if (str_equal(key, STR("since")))
        return plan_json_read_text(load, &field->since);
    if (str_equal(key, STR("is_foreign")))
        return plan_json_read_bool(load, &field->is_foreign);
    return json_read_fail(load, "a changed field has unknown members");
}

static bool plan_json_read_fields(Load *load, DriftFields *out) {
    if (json_next(load->reader) != JSON_ARRAY_START)
        return json_read_fail(load, "an array was expected");
    JsonToken token;
    while ((token = json_next(load->reader)) != JSON_ARRAY_END) {
        DriftField *field = vec_add(load->arena, out);
        if (!read_object_from(load, token, read_field_member, field))
            return false;
    }
    return true;
}

static bool read_drift_member(Load *load, Str key, void *subject) {
    Drift *drift = subject;
    if (str_equal(key, STR("address")))
        return plan_json_read_address(load, &drift->address);
    if (str_equal(key, STR("previous")))
        return plan_json_read_address(load, &drift->previous);
    if (str_equal(key, STR("provider")))
        return plan_json_read_text(load, &drift->provider);
    if (str_equal(key, STR("action")))
        return read_action(load, &drift->action);
    if (str_equal(key, STR("before")))
        return plan_json_read_one(load, &drift->before);
    if (str_equal(key, STR("after")))
        return plan_json_read_one(load, &drift->after);
    if (str_equal(key, STR("fields")))
        return plan_json_read_fields(load, &drift->fields);
    return json_read_fail(load, "drift has unknown members");
}

static bool read_output_member(Load *load, Str key, void *subject) {
    OutputChange *output = subject;
    if (str_equal(key, STR("name")))
        return plan_json_read_text(load, &output->name);
    if (str_equal(key, STR("action")))
        return read_action(load, &output->action);
    if (str_equal(key, STR("before")))
        return plan_json_read_one(load, &output->before);
    if (str_equal(key, STR("after")))
        return plan_json_read_one(load, &output->after);
    if (str_equal(key, STR("sensitive")))
        return plan_json_read_bool(load, &output->sensitive);
    if (str_equal(key, STR("deferred")))
        return plan_json_read_bool(load, &output->is_deferred);
    return json_read_fail(load, "an output has unknown members");
}

static bool read_variable_member(Load *load, Str key, void *subject) {
    PlanVariable *variable = subject;
    if (str_equal(key, STR("name")))
        return plan_json_read_text(load, &variable->name);
    if (str_equal(key, STR("value")))
        return plan_json_read_one(load, &variable->value);
    return json_read_fail(load, "a variable has unknown members");
}

/* Values that are absent in the file become untyped nulls, never zero bytes. */
static void *json_read_add_change(Load *load) {
    ResourceChange *change = vec_add(load->growing, &load->plan->changes);
    change->before = change->after = change->config = value_null(&TYPE_DYNAMIC);
    return change;
}

static void *json_read_add_deferred(Load *load) {
    DeferredChange *deferred = vec_add(load->arena, &load->plan->deferred);
    ResourceChange *change = &deferred->change;
    change->before = change->after = change->config = value_null(&TYPE_DYNAMIC);
    return deferred;
}

static void *json_read_add_drift(Load *load) {
    Drift *drift = vec_add(load->arena, &load->plan->drift);
    drift->before = drift->after = value_null(&TYPE_DYNAMIC);
    return drift;
}

static void *json_read_add_output(Load *load) {
    OutputChange *output = vec_add(load->arena, &load->plan->outputs);
    output->before = output->after = value_null(&TYPE_DYNAMIC);
    return output;
}

static void *json_read_add_variable(Load *load) {
    PlanVariable *variable = vec_add(load->arena, &load->plan->variables);
    variable->value = value_null(&TYPE_DYNAMIC);
    return variable;
}

static bool plan_json_read_format(Load *load) {
    int64_t format;
    if (json_next(load->reader) != JSON_NUMBER || !str_to_int64(load->reader->text, &format))
        return json_read_fail(load, "a number was expected");
    load->has_format = true;
    return format == PLAN_JSON_FORMAT || json_read_fail(load, "another version of loam wrote it");
}

static bool plan_json_read_mode(Load *load) {
    size_t i;
    if (!plan_json_read_name(load, plan_json_modes, PLAN_JSON_MODES, &i))
        return false;
    load->plan->mode = (PlanMode)i;
    return true;
}

static bool plan_json_read_serial(Load *load) {
    if (json_next(load->reader) != JSON_NUMBER)
        return json_read_fail(load, "a number was expected");
    return str_to_uint64(load->reader->text, &load->plan->serial) ||
           json_read_fail(load, "a number was expected");
}

static bool read_created(Load *load) {
    if (json_next(load->reader) != JSON_NUMBER)
        return json_read_fail(load, "a number was expected");
    return str_to_int64(load->reader->text, &load->plan->created_ms) ||
           json_read_fail(load, "a number was expected");
}

static bool read_section(Load *load, Str key) {
    if (str_equal(key, STR("variables")))
        return plan_json_read_objects(load, json_read_add_variable, read_variable_member);
    if (str_equal(key, STR("changes")))
        return plan_json_read_objects(load, json_read_add_change, read_change_member);
    if (str_equal(key, STR("deferred")))
        return plan_json_read_objects(load, json_read_add_deferred, read_deferred_member);
    if (str_equal(key, STR("deferred_blocks")))
        return plan_json_read_texts(load, &load->plan->deferred_blocks);
    if (str_equal(key, STR("drift")))
        return plan_json_read_objects(load, json_read_add_drift, read_drift_member);
    if (str_equal(key, STR("invocations")))
        return read_invocations(load, &load->plan->invocations);
    if (str_equal(key, STR("outputs")))
        return plan_json_read_objects(load, json_read_add_output, read_output_member);
    if (str_equal(key, STR("ephemeral_variables")))
        return plan_json_read_texts(load, &load->plan->ephemeral_variables);
    if (str_equal(key, STR("targets")))
        return plan_json_read_texts(load, &load->plan->targets);
    if (str_equal(key, STR("excludes")))
        return plan_json_read_texts(load, &load->plan->excludes);
    return json_read_fail(load, "the plan has unknown members");
}

static bool read_plan_member(Load *load, Str key, void *subject) {
    Plan *plan = subject;
    if (str_equal(key, STR("format")))
        return plan_json_read_format(load);
    if (str_equal(key, STR("mode")))
        return plan_json_read_mode(load);
    if (str_equal(key, STR("errored")))
        return plan_json_read_bool(load, &plan->errored);
    if (str_equal(key, STR("complete")))
        return plan_json_read_bool(load, &plan->complete);
    if (str_equal(key, STR("has_news")))
        return plan_json_read_bool(load, &plan->has_news);
    if (str_equal(key, STR("full_refresh")))
        return plan_json_read_bool(load, &plan->is_full_refresh);
    if (str_equal(key, STR("lineage")))
        return plan_json_read_text(load, &plan->lineage);
    if (str_equal(key, STR("serial")))
        return plan_json_read_serial(load);
    if (str_equal(key, STR("journal")))
        return plan_json_read_text(load, &plan->journal);
    if (str_equal(key, STR("created_ms")))
        return read_created(load);
    if (str_equal(key, STR("workspace")))
        return plan_json_read_text(load, &plan->workspace);
    if (str_equal(key, STR("environment")))
        return plan_json_read_text(load, &plan->environment);
    if (str_equal(key, STR("commit")))
        return plan_json_read_text(load, &plan->commit);
    if (str_equal(key, STR("backend")))
        return plan_json_read_text(load, &plan->backend);
    if (str_equal(key, STR("configuration")))
        return plan_json_read_text(load, &plan->configuration);
    if (str_equal(key, STR("checks")))
        return plan_json_read_text(load, &plan->checks);
    if (str_equal(key, STR("relevant_attributes")))
        return plan_json_read_text(load, &plan->relevant_attributes);
    return read_section(load, key);
}

/* The number of changes is unknown until all are read; then they move to an array of that size. */
static void finish_changes(Plan *plan, Arena *arena) {
    size_t count = plan->changes.count;
    ResourceChange *items = arena_new_array(arena, ResourceChange, count);
    if (count > 0)
        memcpy(items, plan->changes.items, count * sizeof *items);
    plan->changes.items = items;
    plan->changes.capacity = count;
}

bool plan_json_decode(Str bytes, Plan **out, const char **error, Arena *arena) {
    SCOPED(ArenaRef) growing = arena_open("changes");
    JsonReader *reader = arena_new(arena, JsonReader);
    *reader = json_reader_new(bytes, arena);
    reader->types = arena_new(arena, JsonTypes);
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    Load load = {.reader = reader, .arena = arena, .growing = growing, .plan = plan};
    if (!read_object_from(&load, json_next(reader), read_plan_member, plan) ||
        json_next(reader) != JSON_END || !load.has_format) {
        *error = reader->error ? reader->error : "invalid JSON";
        return false;
    }
    finish_changes(plan, arena);
    plan_sort(plan);
    *out = plan;
    return true;
}
