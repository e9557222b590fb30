/* plan_json: the writer of each section. */
#include "plan_json.h"

#include "base64.h"
#include "plan_json_names.h"
#include "plan_value.h"

const char *const plan_json_modes[PLAN_JSON_MODES] = {
    [PLAN_NORMAL] = "normal", [PLAN_DESTROY] = "destroy", [PLAN_REFRESH_ONLY] = "refresh-only"};

const char *const plan_json_actions[PLAN_JSON_ACTIONS] = {
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

static void write_key_value(JsonWriter *writer, const char *key, Value v) {
    json_key(writer, str_from_cstr(key));
    plan_value_write(writer, v.type ? v : value_null(&TYPE_DYNAMIC));
}

static void write_optional(JsonWriter *writer, const char *key, Str text) {
    if (text.len)
        json_key_string(writer, key, text);
}

static void plan_json_write_text(JsonWriter *writer, const char *key, const char *text) {
    json_key_string(writer, key, str_from_cstr(text));
}

static void plan_json_write_address(JsonWriter *writer, const char *key, ResourceAddr address,
                                    Arena *arena) {
    json_key_string(writer, key, resource_addr_to_str(address, arena));
}

static void write_path(JsonWriter *writer, Path path) {
    json_array_start(writer);
    for (size_t i = 0; i < path.count; i++) {
        if (path.steps[i].is_index)
            plan_value_write(writer, path.steps[i].key);
        else
            json_write_string(writer, path.steps[i].name);
    }
    json_array_end(writer);
}

static void plan_json_write_paths(JsonWriter *writer, const Paths *paths) {
    if (paths->count == 0)
        return;
    json_key(writer, STR("replace_paths"));
    json_array_start(writer);
    vec_each(paths, path) {
        write_path(writer, *path);
    }
    json_array_end(writer);
}

static void write_notes(JsonWriter *writer, const ChangeNotes *notes) {
    if (notes->count == 0)
        return;
    json_key(writer, STR("notes"));
    json_array_start(writer);
    vec_each(notes, note) {
        json_object_start(writer);
        json_key(writer, STR("path"));
        write_path(writer, note->path);
        json_key_string(writer, "text", note->text);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void plan_json_write_part(JsonWriter *writer, const PartChange *part) {
    json_object_start(writer);
    json_key_string(writer, "key", part->key);
    if (!str_equal(part->title, part->key))
        json_key_string(writer, "title", part->title);
    plan_json_write_text(writer, "action", plan_json_actions[part->action]);
    write_key_value(writer, "before", part->before);
    write_key_value(writer, "after", part->after);
    plan_json_write_paths(writer, &part->replace_paths);
    write_notes(writer, &part->notes);
    json_object_end(writer);
}

static void plan_json_write_parts(JsonWriter *writer, const ResourceChange *change) {
    if (change->has_unknown_parts)
        json_key_bool(writer, "has_unknown_parts", true);
    if (change->parts.count == 0)
        return;
    json_key(writer, STR("parts"));
    json_array_start(writer);
    vec_each(&change->parts, part) {
        plan_json_write_part(writer, part);
    }
    json_array_end(writer);
}

static void write_dependencies(JsonWriter *writer, const ResourceChange *change) {
    if (change->dependency_count == 0)
        return;
    json_key(writer, STR("dependencies"));
    json_array_start(writer);
    for (size_t i = 0; i < change->dependency_count; i++)
        json_write_string(writer, change->dependencies[i]);
    json_array_end(writer);
}

static void plan_json_write_trigger(JsonWriter *writer, const ActionInvocation *invocation) {
    plan_json_write_text(writer, "event", invoke_event_keyword(invocation->event));
    plan_json_write_text(writer, "on_failure", invoke_failure_keyword(invocation->on_failure));
    json_key_int(writer, "trigger", invocation->trigger);
    json_key_int(writer, "index", invocation->index);
}

static void plan_json_write_invocation(JsonWriter *writer, const ActionInvocation *invocation,
                                       Arena *arena) {
    json_object_start(writer);
    plan_json_write_address(writer, "action", invocation->action, arena);
    write_optional(writer, "provider", invocation->provider_config.provider);
    write_optional(writer, "provider_alias", invocation->provider_config.alias);
    write_optional(writer, "provider_key", invocation->provider_config.key);
    write_optional(writer, "provider_module", invocation->provider_config.module);
    write_key_value(writer, "config", invocation->config);
    if (invocation->caller.type.len)
        plan_json_write_address(writer, "caller", invocation->caller, arena);
    if (!invocation->is_requested)
        plan_json_write_trigger(writer, invocation);
    json_object_end(writer);
}

static void plan_json_write_invocations(JsonWriter *writer, const ActionInvocations *all,
                                        Arena *arena) {
    if (all->count == 0)
        return;
    json_key(writer, STR("invocations"));
    json_array_start(writer);
    vec_each(all, invocation) {
        plan_json_write_invocation(writer, invocation, arena);
    }
    json_array_end(writer);
}

static void plan_json_write_identity(JsonWriter *writer, const char *key, Value identity) {
    if (!value_is_null(identity))
        write_key_value(writer, key, identity);
}

static void write_change_members(JsonWriter *writer, const ResourceChange *change, Arena *arena) {
    plan_json_write_address(writer, "address", change->address, arena);
    if (change->previous.type.len)
        plan_json_write_address(writer, "previous", change->previous, arena);
    write_optional(writer, "deposed", change->deposed);
    write_optional(writer, "provider", change->provider_config.provider);
    write_optional(writer, "provider_alias", change->provider_config.alias);
    write_optional(writer, "provider_key", change->provider_config.key);
    write_optional(writer, "provider_module", change->provider_config.module);
    plan_json_write_text(writer, "action", plan_json_actions[change->action]);
    write_optional(writer, "reason", str_from_cstr(action_reason_name(change->reason)));
    write_key_value(writer, "before", change->before);
    write_key_value(writer, "after", change->after);
    if (change->config.type)
        write_key_value(writer, "config", change->config);
    plan_json_write_paths(writer, &change->replace_paths);
    write_notes(writer, &change->notes);
    plan_json_write_parts(writer, change);
    plan_json_write_invocations(writer, &change->invocations, arena);
    if (change->private_data.len)
        json_key_string(writer, "private", base64_encode(change->private_data, arena));
    write_optional(writer, "config_digest", change->config_digest);
    if (change->is_legacy)
        json_key_bool(writer, "is_legacy", true);
    write_dependencies(writer, change);
    if (change->create_before_destroy)
        json_key_bool(writer, "create_before_destroy", true);
    write_optional(writer, "import_id", change->import.id);
    plan_json_write_identity(writer, "import_identity", change->import.identity);
    if (change->import.is_unknown)
        json_key_bool(writer, "import_is_unknown", true);
    if (change->identity_version)
        json_key_int(writer, "identity_version", change->identity_version);
    plan_json_write_identity(writer, "before_identity", change->before_identity);
    plan_json_write_identity(writer, "after_identity", change->after_identity);
    write_optional(writer, "generated_config", change->generated_config);
}

static void plan_json_write_change(JsonWriter *writer, const ResourceChange *change, Arena *arena) {
    json_object_start(writer);
    write_change_members(writer, change, arena);
    json_object_end(writer);
}

static void write_deferred(JsonWriter *writer, const DeferredChange *deferred, Arena *arena) {
    json_object_start(writer);
    plan_json_write_text(writer, "deferral", deferral_name(deferred->deferral));
    write_change_members(writer, &deferred->change, arena);
    json_object_end(writer);
}

static void write_drift_field(JsonWriter *writer, const DriftField *field) {
    json_object_start(writer);
    json_key(writer, STR("path"));
    write_path(writer, field->path);
    write_optional(writer, "manager", field->manager);
    write_optional(writer, "since", field->since);
    if (field->is_foreign)
        json_key_bool(writer, "is_foreign", true);
    json_object_end(writer);
}

static void write_drift_fields(JsonWriter *writer, const DriftFields *fields) {
    if (fields->count == 0)
        return;
    json_key(writer, STR("fields"));
    json_array_start(writer);
    vec_each(fields, field) {
        write_drift_field(writer, field);
    }
    json_array_end(writer);
}

static void plan_json_write_drift(JsonWriter *writer, const Drift *drift, Arena *arena) {
    json_object_start(writer);
    plan_json_write_address(writer, "address", drift->address, arena);
    if (drift->previous.type.len)
        plan_json_write_address(writer, "previous", drift->previous, arena);
    write_optional(writer, "provider", drift->provider);
    plan_json_write_text(writer, "action", plan_json_actions[drift->action]);
    write_key_value(writer, "before", drift->before);
    write_key_value(writer, "after", drift->after);
    write_drift_fields(writer, &drift->fields);
    json_object_end(writer);
}

static void plan_json_write_output(JsonWriter *writer, const OutputChange *output) {
    json_object_start(writer);
    json_key_string(writer, "name", output->name);
    plan_json_write_text(writer, "action", plan_json_actions[output->action]);
    write_key_value(writer, "before", output->before);
    write_key_value(writer, "after", output->after);
    if (output->sensitive)
        json_key_bool(writer, "sensitive", true);
    if (output->is_deferred)
        json_key_bool(writer, "deferred", true);
    json_object_end(writer);
}

static void write_variable(JsonWriter *writer, const PlanVariable *variable) {
    json_object_start(writer);
    json_key_string(writer, "name", variable->name);
    write_key_value(writer, "value", variable->value);
    json_object_end(writer);
}

static void plan_json_open_section(JsonWriter *writer, const char *key) {
    json_key(writer, str_from_cstr(key));
    json_array_start(writer);
}

static void write_texts(JsonWriter *writer, const char *key, const Str *texts, size_t count) {
    if (count == 0)
        return;
    plan_json_open_section(writer, key);
    for (size_t i = 0; i < count; i++)
        json_write_string(writer, texts[i]);
    json_array_end(writer);
}

static void write_sections(JsonWriter *writer, const Plan *plan, Arena *arena) {
    plan_json_open_section(writer, "variables");
    vec_each(&plan->variables, variable) {
        write_variable(writer, variable);
    }
    json_array_end(writer);
    plan_json_open_section(writer, "changes");
    vec_each(&plan->changes, change) {
        plan_json_write_change(writer, change, arena);
    }
    json_array_end(writer);
    if (plan->deferred.count > 0) {
        plan_json_open_section(writer, "deferred");
        vec_each(&plan->deferred, deferred) {
            write_deferred(writer, deferred, arena);
        }
        json_array_end(writer);
    }
    write_texts(writer, "deferred_blocks", plan->deferred_blocks.items,
                plan->deferred_blocks.count);
    plan_json_open_section(writer, "drift");
    vec_each(&plan->drift, drift) {
        plan_json_write_drift(writer, drift, arena);
    }
    json_array_end(writer);
    plan_json_write_invocations(writer, &plan->invocations, arena);
    plan_json_open_section(writer, "outputs");
    vec_each(&plan->outputs, output) {
        plan_json_write_output(writer, output);
    }
    json_array_end(writer);
    write_texts(writer, "ephemeral_variables", plan->ephemeral_variables.items,
                plan->ephemeral_variables.count);
    write_texts(writer, "targets", plan->targets.items, plan->targets.count);
    write_texts(writer, "excludes", plan->excludes.items, plan->excludes.count);
}

Str plan_json_encode(const Plan *plan, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 0);
    json_object_start(&writer);
    json_key_int(&writer, "format", PLAN_JSON_FORMAT);
    plan_json_write_text(&writer, "mode", plan_json_modes[plan->mode]);
    json_key_bool(&writer, "errored", plan->errored);
    json_key_bool(&writer, "complete", plan->complete);
    if (plan->has_news)
        json_key_bool(&writer, "has_news", plan->has_news);
    if (plan->is_full_refresh)
        json_key_bool(&writer, "full_refresh", plan->is_full_refresh);
    json_key_string(&writer, "lineage", plan->lineage);
    json_key(&writer, STR("serial"));
    json_number(&writer, str_format(arena, "%llu", (unsigned long long)plan->serial));
    write_optional(&writer, "journal", plan->journal);
    json_key_int(&writer, "created_ms", plan->created_ms);
    json_key_string(&writer, "workspace", plan->workspace);
    write_optional(&writer, "environment", plan->environment);
    write_optional(&writer, "commit", plan->commit);
    write_optional(&writer, "backend", plan->backend);
    write_sections(&writer, plan, arena);
    write_optional(&writer, "configuration", plan->configuration);
    write_optional(&writer, "checks", plan->checks);
    write_optional(&writer, "relevant_attributes", plan->relevant_attributes);
    json_object_end(&writer);
    return strbuf_str(&out);
}
