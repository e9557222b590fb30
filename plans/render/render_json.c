/* render_json: the document of a plan. It contains secrets in plain text, like Terraform's;
 * before_sensitive and after_sensitive mark them. */
#include "render_json.h"
#include "clock.h"
#include "render_json_values.h"

static void render_json_write_actions(JsonWriter *writer, Action action) {
    static const char *const WORDS[][2] = {
        [ACTION_NO_OP] = {"no-op", NULL},
        [ACTION_CREATE] = {"create", NULL},
        [ACTION_READ] = {"read", NULL},
        [ACTION_UPDATE] = {"update", NULL},
        [ACTION_DELETE_THEN_CREATE] = {"delete", "create"},
        [ACTION_CREATE_THEN_DELETE] = {"create", "delete"},
        [ACTION_DELETE] = {"delete", NULL},
        [ACTION_FORGET] = {"forget", NULL},
        [ACTION_FORGET_THEN_CREATE] = {"forget", "create"},
    };
    static_assert(ARRAY_COUNT(WORDS) == ACTION_FORGET_THEN_CREATE + 1, "words for each action");
    json_key_array(writer, "actions");
    for (size_t i = 0; i < 2 && WORDS[action][i]; i++)
        json_write_string(writer, str_from_cstr(WORDS[action][i]));
    json_array_end(writer);
}

static void write_path_step(JsonWriter *writer, PathStep step) {
    if (!step.is_index)
        json_write_string(writer, step.name);
    else
        json_write_value(writer, step.key);
}

static void write_replace_paths(JsonWriter *writer, const Paths *paths) {
    if (paths->count == 0)
        return;
    json_key_array(writer, "replace_paths");
    vec_each(paths, path) {
        json_array_start(writer);
        for (size_t i = 0; i < path->count; i++)
            write_path_step(writer, path->steps[i]);
        json_array_end(writer);
    }
    json_array_end(writer);
}

static void write_value(JsonWriter *writer, const char *key, Value value) {
    json_key(writer, str_from_cstr(key));
    json_write_value(writer, value);
}

static void write_mask(JsonWriter *writer, const char *key, Value value, RenderMask mask) {
    json_key(writer, str_from_cstr(key));
    render_json_values_mask(writer, value, mask);
}

/* Writes the members that all changes have; leaves the object open. */
static void open_change(JsonWriter *writer, Action action, Value before, Value after) {
    json_object_start(writer);
    render_json_write_actions(writer, action);
    write_value(writer, "before", before);
    if (value_is_known(after)) {
        json_key(writer, STR("after"));
        render_json_values_known(writer, after);
    }
}

/* Writes the masks of an object. Lists of a wholly known object are skipped. */
static void write_object_masks(JsonWriter *writer, Value before, Value after) {
    json_key(writer, STR("after_unknown"));
    if (value_is_wholly_known(after)) {
        json_object_start(writer);
        json_object_end(writer);
    } else {
        render_json_values_mask(writer, after, MASK_UNKNOWN);
    }
    write_mask(writer, "before_sensitive", before, MASK_SENSITIVE);
    write_mask(writer, "after_sensitive", after, MASK_SENSITIVE);
}

static Value or_null(Value v) {
    return v.type ? v : value_null(&TYPE_DYNAMIC);
}

static void write_importing(JsonWriter *writer, const ImportSource *import) {
    if (!import_source_is_known(import) && !import->is_unknown)
        return;
    json_key_object(writer, "importing");
    if (import->is_unknown) {
        json_key_bool(writer, "unknown", true);
    } else if (import->id.len) {
        json_key_string(writer, "id", import->id);
    } else {
        write_value(writer, "identity", import->identity);
    }
    json_object_end(writer);
}

/* Attributes that are known after apply are omitted, as those of the object. */
static void render_json_write_identity(JsonWriter *writer, const char *key, Value identity) {
    if (!value_is_present(identity))
        return;
    json_key(writer, str_from_cstr(key));
    render_json_values_known(writer, identity);
}

void render_json_change(const ResourceChange *change, JsonWriter *writer) {
    Value before = or_null(change->before);
    Value after = or_null(change->after);
    open_change(writer, change->action, before, after);
    write_object_masks(writer, before, after);
    write_replace_paths(writer, &change->replace_paths);
    write_importing(writer, &change->import);
    render_json_write_identity(writer, "before_identity", change->before_identity);
    render_json_write_identity(writer, "after_identity", change->after_identity);
    if (change->generated_config.len)
        json_key_string(writer, "generated_config", change->generated_config);
    json_object_end(writer);
}

/* The input that all sections use. */
typedef struct Document {
    const Plan *plan;
    RenderSchemaLookup lookup;
    void *payload;
    JsonWriter *writer;
    Arena *scratch;
} Document;

static void render_json_write_variables(const Document *document) {
    JsonWriter *writer = document->writer;
    if (document->plan->variables.count == 0)
        return;
    json_key_object(writer, "variables");
    vec_each(&document->plan->variables, variable) {
        json_key(writer, variable->name);
        json_object_start(writer);
        write_value(writer, "value", variable->value);
        json_object_end(writer);
    }
    json_object_end(writer);
}

/* The removal of a data source from the state changes no object, and a refresh-only plan lists no
 * changes. */
static bool render_json_is_listed(const Plan *plan, const ResourceChange *change) {
    if (plan->mode == PLAN_REFRESH_ONLY)
        return false;
    return change->address.mode == MODE_MANAGED || change->action == ACTION_READ;
}

/* In a destroy, an output without a stored value does not change. */
static bool is_output_listed(const Plan *plan, const OutputChange *output) {
    return plan->mode != PLAN_DESTROY || !value_is_null(output->before) ||
           !value_is_null(output->after);
}

static void write_planned_output(JsonWriter *writer, const OutputChange *output) {
    json_key(writer, output->name);
    json_object_start(writer);
    json_key_bool(writer, "sensitive", output->sensitive);
    if (value_is_wholly_known(output->after)) {
        json_key(writer, STR("type"));
        json_write_type(writer, value_is_null(output->after) ? &TYPE_DYNAMIC : output->after.type);
        write_value(writer, "value", output->after);
    }
    json_object_end(writer);
}

static void render_json_write_planned_outputs(const Document *document) {
    JsonWriter *writer = document->writer;
    bool any = false;
    vec_each(&document->plan->outputs, output) {
        if (output->action == ACTION_DELETE || !is_output_listed(document->plan, output))
            continue;
        if (!any)
            json_key_object(writer, "outputs");
        any = true;
        write_planned_output(writer, output);
    }
    if (any)
        json_object_end(writer);
}

void render_json_drift_field(JsonWriter *writer, const DriftField *field, Arena *scratch) {
    json_key_string(writer, "path", str_after(path_to_str(field->path, scratch), 1));
    if (field->manager.len > 0)
        json_key_string(writer, "manager", field->manager);
    if (field->since.len > 0)
        json_key_string(writer, "since", field->since);
}

static const Schema *render_json_find_schema(const Document *document, ResourceAddr address,
                                             Str provider) {
    return document->lookup
               ? document->lookup(document->payload, address.mode, provider, address.type)
               : NULL;
}

static const Schema *render_json_schema_of(const Document *document, const ResourceChange *change) {
    return change->schema ? change->schema
                          : render_json_find_schema(document, change->address,
                                                    change->provider_config.provider);
}

static Value omit_newer(const Document *document, const Schema *schema, Value object) {
    return schema ? schema_omit_newer(schema, object, NULL, document->scratch) : object;
}

static Value unmark_null(Value v, void *payload, Arena *arena) {
    (void)payload, (void)arena;
    return value_is_null(v) ? value_without_marks(v) : v;
}

/* As in Terraform, the new object of a replacement has no marks for sensitive attributes that are
 * null, unless the object before it is tainted. */
static Value render_json_planned_object(const Document *document, const ResourceChange *change) {
    Value after =
        omit_newer(document, render_json_schema_of(document, change), or_null(change->after));
    if (!action_is_replace(change->action) || change->reason == REASON_REPLACE_BECAUSE_TAINTED)
        return after;
    return value_transform(after, unmark_null, NULL, document->scratch);
}

static void render_json_collect_planned(const Document *document, RenderJsonResources *out) {
    vec_each(&document->plan->changes, change) {
        if (!render_json_is_listed(document->plan, change) || change->action == ACTION_DELETE ||
            change->deposed.len)
            continue;
        const Schema *schema = render_json_schema_of(document, change);
        RenderJsonResource resource = {
            .address = change->address,
            .provider = change->provider_config.provider,
            .schema_version = schema ? schema->version : 0,
            .object = render_json_planned_object(document, change),
            .identity = change->after_identity,
            .identity_version = change->identity_version,
        };
        vec_push(document->scratch, out, resource);
    }
}

static void write_planned_values(const Document *document) {
    JsonWriter *writer = document->writer;
    RenderJsonResources resources = {0};
    render_json_collect_planned(document, &resources);
    json_key_object(writer, "planned_values");
    render_json_write_planned_outputs(document);
    json_key(writer, STR("root_module"));
    render_json_values_module(writer, &resources, ORDER_TEXTS, document->scratch);
    json_object_end(writer);
}

static void write_previous(const Document *document, ResourceAddr previous) {
    if (previous.type.len > 0)
        json_key_string(document->writer, "previous_address",
                        resource_addr_to_str(previous, document->scratch));
}

/* Writes the changed fields, which only loam has; omits them if the provider knows no owners. */
static void render_json_write_fields(const Document *document, const DriftFields *fields) {
    JsonWriter *writer = document->writer;
    if (fields->count == 0)
        return;
    json_key_array(writer, "fields");
    vec_each(fields, field) {
        json_object_start(writer);
        render_json_drift_field(writer, field, document->scratch);
        json_key_bool(writer, "foreign", field->is_foreign);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void render_json_write_drift(const Document *document) {
    JsonWriter *writer = document->writer;
    if (document->plan->drift.count == 0)
        return;
    json_key_array(writer, "resource_drift");
    vec_each(&document->plan->drift, drift) {
        const Schema *schema = render_json_find_schema(document, drift->address, drift->provider);
        Value before = omit_newer(document, schema, drift->before);
        Value after = omit_newer(document, schema, drift->after);
        json_object_start(writer);
        render_json_values_address(writer, drift->address, drift->provider, true,
                                   document->scratch);
        write_previous(document, drift->previous);
        json_key(writer, STR("change"));
        open_change(writer, drift->action, before, after);
        write_object_masks(writer, before, after);
        json_object_end(writer);
        render_json_write_fields(document, &drift->fields);
        json_object_end(writer);
    }
    json_array_end(writer);
}

/* Writes an element of `parts`, which only loam has: a change and its notes. */
static void render_json_write_part(JsonWriter *writer, const PartChange *part, Arena *scratch) {
    json_object_start(writer);
    json_key_string(writer, "key", part->key);
    json_key(writer, STR("change"));
    open_change(writer, part->action, part->before, part->after);
    write_object_masks(writer, part->before, part->after);
    write_replace_paths(writer, &part->replace_paths);
    json_object_end(writer);
    if (part->notes.count > 0) {
        json_key_array(writer, "notes");
        vec_each(&part->notes, note) {
            json_object_start(writer);
            if (note->path.count > 0)
                json_key_string(writer, "path", path_to_str(note->path, scratch));
            json_key_string(writer, "text", note->text);
            json_object_end(writer);
        }
        json_array_end(writer);
    }
    json_object_end(writer);
}

static void render_json_write_parts(const Document *document, const ResourceChange *change) {
    JsonWriter *writer = document->writer;
    if (change->parts.count > 0) {
        json_key_array(writer, "parts");
        vec_each(&change->parts, part) {
            render_json_write_part(writer, part, document->scratch);
        }
        json_array_end(writer);
    }
    if (change->has_unknown_parts)
        json_key_bool(writer, "parts_unknown", true);
}

static void write_resource_change(const Document *document, const ResourceChange *change) {
    JsonWriter *writer = document->writer;
    const Schema *schema = render_json_schema_of(document, change);
    ResourceChange shown = *change;
    shown.before = omit_newer(document, schema, or_null(change->before));
    shown.after = omit_newer(document, schema, or_null(change->after));
    json_object_start(writer);
    render_json_values_address(writer, change->address, change->provider_config.provider, true,
                               document->scratch);
    write_previous(document, change->previous);
    if (change->deposed.len)
        json_key_string(writer, "deposed", change->deposed);
    json_key(writer, STR("change"));
    render_json_change(&shown, writer);
    if (change->reason != REASON_NONE)
        json_key_string(writer, "action_reason", str_from_cstr(action_reason_name(change->reason)));
    render_json_write_parts(document, change);
    json_object_end(writer);
}

static void write_resource_changes(const Document *document) {
    JsonWriter *writer = document->writer;
    bool any = false;
    vec_each(&document->plan->changes, change) {
        if (!render_json_is_listed(document->plan, change))
            continue;
        if (!any)
            json_key_array(writer, "resource_changes");
        any = true;
        write_resource_change(document, change);
    }
    if (any)
        json_array_end(writer);
}

static void render_json_write_config(JsonWriter *writer, Value config) {
    json_key(writer, STR("config_values"));
    render_json_values_known(writer, config);
    write_mask(writer, "config_sensitive", config, MASK_SENSITIVE);
    write_mask(writer, "config_unknown", config, MASK_UNKNOWN);
}

static void render_json_write_trigger(const Document *document,
                                      const ActionInvocation *invocation) {
    JsonWriter *writer = document->writer;
    Str caller = resource_addr_to_str(invocation->caller, document->scratch);
    json_key(writer, invocation->is_requested ? STR("invoke_action_trigger")
                                              : STR("lifecycle_action_trigger"));
    json_object_start(writer);
    if (!invocation->is_requested) {
        json_key_string(writer, "triggering_resource_address", caller);
        json_key_string(writer, "action_trigger_event",
                        str_from_cstr(invoke_event_name(invocation->event)));
        json_key_int(writer, "action_trigger_block_index", invocation->trigger);
        json_key_int(writer, "actions_list_index", invocation->index);
        json_key_string(writer, "on_failure",
                        str_from_cstr(invoke_failure_name(invocation->on_failure)));
    } else if (invocation->caller.type.len > 0) {
        json_key_string(writer, "calling_resource_address", caller);
    }
    json_object_end(writer);
}

static void render_json_write_invocation(const Document *document,
                                         const ActionInvocation *invocation) {
    JsonWriter *writer = document->writer;
    json_object_start(writer);
    json_key_string(writer, "address", resource_addr_to_str(invocation->action, document->scratch));
    json_key_string(writer, "type", invocation->action.type);
    json_key_string(writer, "name", invocation->action.name);
    if (value_is_present(or_null(invocation->config)))
        render_json_write_config(writer, invocation->config);
    json_key_string(writer, "provider_name", invocation->provider_config.provider);
    render_json_write_trigger(document, invocation);
    json_object_end(writer);
}

static void render_json_write_invocations(const Document *document) {
    JsonWriter *writer = document->writer;
    if (plan_count(document->plan).invoke == 0)
        return;
    json_key_array(writer, "action_invocations");
    vec_each(&document->plan->invocations, invocation) {
        render_json_write_invocation(document, invocation);
    }
    vec_each(&document->plan->changes, change) {
        vec_each(&change->invocations, invocation) {
            render_json_write_invocation(document, invocation);
        }
    }
    json_array_end(writer);
}

/* Readers know the reasons of Terraform. */
static Str deferral_text(Deferral deferral) {
    return str_from_cstr(
        deferral_name(deferral == DEFERRAL_DEPENDENT ? DEFERRAL_PREREQUISITE : deferral));
}

static void write_deferred_changes(const Document *document) {
    JsonWriter *writer = document->writer;
    if (document->plan->deferred.count == 0)
        return;
    json_key_array(writer, "deferred_changes");
    vec_each(&document->plan->deferred, deferred) {
        json_object_start(writer);
        json_key_string(writer, "reason", deferral_text(deferred->deferral));
        json_key(writer, STR("resource_change"));
        write_resource_change(document, &deferred->change);
        json_object_end(writer);
    }
    json_array_end(writer);
}

/* They wait because the object that triggers them waits. */
static void write_deferred_invocations(const Document *document) {
    JsonWriter *writer = document->writer;
    bool any = false;
    vec_each(&document->plan->deferred, deferred) {
        vec_each(&deferred->change.invocations, invocation) {
            if (!any)
                json_key_array(writer, "deferred_action_invocations");
            any = true;
            json_object_start(writer);
            json_key_string(writer, "reason", deferral_text(DEFERRAL_PREREQUISITE));
            json_key(writer, STR("action_invocation"));
            render_json_write_invocation(document, invocation);
            json_object_end(writer);
        }
    }
    if (any)
        json_array_end(writer);
}

static void write_output_change(JsonWriter *writer, const OutputChange *output) {
    json_key(writer, output->name);
    open_change(writer, output->action, output->before, output->after);
    json_key(writer, STR("after_unknown"));
    if (value_is_wholly_known(output->after))
        json_bool(writer, false);
    else
        render_json_values_mask(writer, output->after, MASK_UNKNOWN);
    json_key_bool(writer, "before_sensitive", output->sensitive);
    json_key_bool(writer, "after_sensitive", output->sensitive);
    json_object_end(writer);
}

static void write_output_changes(const Document *document) {
    JsonWriter *writer = document->writer;
    bool any = false;
    vec_each(&document->plan->outputs, output) {
        if (!is_output_listed(document->plan, output))
            continue;
        if (!any)
            json_key_object(writer, "output_changes");
        any = true;
        write_output_change(writer, output);
    }
    if (any)
        json_object_end(writer);
}

/* Writes a section as the engine supplied it; omits an empty one. */
static void write_section(JsonWriter *writer, const char *key, Str json) {
    if (json.len == 0 || str_equal(json, STR("[]")))
        return;
    json_key(writer, str_from_cstr(key));
    json_raw(writer, json);
}

static void render_json_write_code(JsonWriter *writer, const Plan *plan) {
    if (plan->digest.len > 0)
        json_key_string(writer, "digest", plan->digest);
    if (plan->code.len == 0)
        return;
    json_key_string(writer, "code", plan->code);
    json_key_array(writer, "code_files");
    vec_each(&plan->files, file) {
        json_write_string(writer, file->path);
    }
    json_array_end(writer);
}

void render_json_plan(const Plan *plan, RenderSchemaLookup lookup, void *payload,
                      Str terraform_version, StrBuf *out, Arena *scratch) {
    JsonWriter writer;
    json_writer_init(&writer, out, 0);
    Document document = {plan, lookup, payload, &writer, scratch};
    json_object_start(&writer);
    json_key_string(&writer, "format_version", STR("1.2"));
    json_key_string(&writer, "terraform_version", terraform_version);
    render_json_write_variables(&document);
    write_planned_values(&document);
    render_json_write_drift(&document);
    write_resource_changes(&document);
    write_deferred_changes(&document);
    write_deferred_invocations(&document);
    write_output_changes(&document);
    render_json_state_prior(&writer, plan, lookup, payload, terraform_version, scratch);
    write_section(&writer, "configuration", plan->configuration);
    write_section(&writer, "relevant_attributes", plan->relevant_attributes);
    render_json_write_invocations(&document);
    render_json_checks(&writer, plan->checks, scratch);
    json_key_string(&writer, "timestamp", clock_format_rfc3339(plan->created_ms, scratch));
    bool is_preview = plan->unknown_variables.count > 0;
    json_key_bool(&writer, "applyable", plan_is_applyable(plan) && !is_preview);
    json_key_bool(&writer, "complete", plan->complete && !plan->errored);
    json_key_bool(&writer, "errored", plan->errored);
    if (is_preview) {
        json_key_array(&writer, "unknown_variables");
        vec_each(&plan->unknown_variables, name) {
            json_write_string(&writer, *name);
        }
        json_array_end(&writer);
    }
    render_json_write_code(&writer, plan);
    json_object_end(&writer);
}
