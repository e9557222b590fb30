/* statefile_encode: writes members in the order of OpenTofu and Terraform. */
#include "json.h"
#include "state_object_json.h"
#include "statefile.h"
#include "version.h"

#define INDENT 2

static int statefile_encode_compare_entries(const void *a, const void *b) {
    return str_compare((*(const MapEntry *const *)a)->key, (*(const MapEntry *const *)b)->key);
}

static void statefile_encode_write_output(JsonWriter *writer, const StateOutput *output) {
    json_object_start(writer);
    json_key(writer, STR("value"));
    json_write_typed(writer, output->value, output->value.type);
    json_key(writer, STR("type"));
    json_write_type(writer, output->value.type);
    if (output->sensitive)
        json_key_bool(writer, "sensitive", true);
    json_object_end(writer);
}

static void statefile_encode_write_outputs(JsonWriter *writer, const Map *outputs, Arena *scratch) {
    VEC(const MapEntry *) sorted = {0};
    map_each(outputs, entry) {
        vec_push(scratch, &sorted, entry);
    }
    if (sorted.count > 1)
        qsort(sorted.items, sorted.count, sizeof *sorted.items, statefile_encode_compare_entries);
    json_object_start(writer);
    vec_each(&sorted, entry) {
        json_key(writer, (*entry)->key);
        statefile_encode_write_output(writer, (*entry)->value);
    }
    json_object_end(writer);
}

static void statefile_encode_write_object(JsonWriter *writer, InstanceKey key, Str deposed,
                                          Str provider, const StateObject *object) {
    json_object_start(writer);
    if (key.kind == KEY_INT)
        json_key_int(writer, "index_key", key.index);
    if (key.kind == KEY_STRING)
        json_key_string(writer, "index_key", key.text);
    if (deposed.len > 0)
        json_key_string(writer, "deposed", deposed);
    if (provider.len > 0)
        json_key_string(writer, "provider", provider);
    state_object_json_write(writer, object);
    json_object_end(writer);
}

static int compare_deposed(const void *a, const void *b) {
    return str_compare(((const StateDeposed *)a)->key, ((const StateDeposed *)b)->key);
}

/* `provider` is empty if it is a member of the resource. */
static void statefile_encode_write_instance(JsonWriter *writer, const StateInstance *instance,
                                            Str provider, Arena *scratch) {
    if (instance->current)
        statefile_encode_write_object(writer, instance->key, STR_EMPTY, provider,
                                      instance->current);
    size_t count = instance->deposed.count;
    if (count == 0)
        return;
    StateDeposed *sorted = arena_new_array(scratch, StateDeposed, count);
    memcpy(sorted, instance->deposed.items, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_deposed);
    for (size_t i = 0; i < count; i++)
        statefile_encode_write_object(writer, instance->key, sorted[i].key, provider,
                                      sorted[i].object);
}

/* Instances with only an intent are in the journal, not in the file. */
static bool statefile_encode_is_stored(const StateResource *resource) {
    if (resource->address.mode == MODE_EPHEMERAL)
        return false;
    vec_each(&resource->instances, instance) {
        if (instance->current || instance->deposed.count > 0)
            return true;
    }
    return resource->is_declared;
}

/* If true, `provider` is a member of each instance instead of the resource. */
static bool has_provider_keys(const StateResource *resource) {
    vec_each(&resource->instances, instance) {
        if (instance->provider_key.len > 0)
            return true;
    }
    return false;
}

static void statefile_encode_write_resource(JsonWriter *writer, const StateResource *resource,
                                            Arena *scratch) {
    ResourceAddr address = resource->address;
    json_object_start(writer);
    if (address.module)
        json_key_string(writer, "module", module_addr_to_str(address.module, scratch));
    json_key_string(writer, "mode", address.mode == MODE_DATA ? STR("data") : STR("managed"));
    json_key_string(writer, "type", address.type);
    json_key_string(writer, "name", address.name);
    bool has_keys = has_provider_keys(resource);
    if (!has_keys)
        json_key_string(writer, "provider",
                        provider_config_addr_to_str(resource->provider_config, scratch));
    json_key_array(writer, "instances");
    vec_each(&resource->instances, instance) {
        Str provider = STR_EMPTY;
        if (has_keys)
            provider =
                provider_config_addr_to_str(state_provider_config(resource, instance), scratch);
        statefile_encode_write_instance(writer, instance, provider, scratch);
    }
    json_array_end(writer);
    json_object_end(writer);
}

typedef struct ResourceRow {
    Str module;   /* its address as text */
    size_t place; /* in the order of addresses */
    const StateResource *resource;
} ResourceRow;

static int statefile_encode_compare_rows(const void *a, const void *b) {
    const ResourceRow *first = a, *second = b;
    int order = str_compare(first->module, second->module);
    return order ? order : (first->place > second->place) - (first->place < second->place);
}

/* Modules are in the order of their texts, as Terraform writes them: a child follows its parent. */
static void statefile_encode_write_resources(JsonWriter *writer, const State *state,
                                             Arena *scratch) {
    StateResources sorted;
    VEC(ResourceRow) rows = {0};
    state_sorted_resources(state, &sorted, scratch);
    vec_each(&sorted, resource) {
        Str module = module_addr_to_str((*resource)->address.module, scratch);
        if (statefile_encode_is_stored(*resource))
            vec_push(scratch, &rows, (ResourceRow){module, rows.count, *resource});
    }
    if (rows.count > 1)
        qsort(rows.items, rows.count, sizeof *rows.items, statefile_encode_compare_rows);
    json_array_start(writer);
    vec_each(&rows, row) {
        statefile_encode_write_resource(writer, row->resource, scratch);
    }
    json_array_end(writer);
}

#define LINE_SIZE   14  /* line break and indentation of a member of an object */
#define OBJECT_SIZE 280 /* size of the members that every object has */

/* Estimates the size of a JSON text written with one line per member and item. */
static size_t indented_size(Str json) {
    size_t size = 0, line = LINE_SIZE - INDENT;
    bool in_string = false;
    for (size_t i = 0; i < json.len; i++) {
        char c = json.ptr[i];
        size++;
        if (in_string && c == '\\') {
            size++;
            i++;
        } else if (c == '"') {
            in_string = !in_string;
        } else if (!in_string && (c == ' ' || c == '\n')) {
            size--;
        } else if (!in_string && (c == '{' || c == '[')) {
            size += line += INDENT;
        } else if (!in_string && (c == '}' || c == ']')) {
            size += line -= INDENT;
        } else if (!in_string && (c == ',' || c == ':')) {
            size += c == ':' ? 1 : line;
        }
    }
    return size;
}

static size_t object_size(const StateObject *object) {
    size_t size = OBJECT_SIZE + indented_size(object->attributes) +
                  indented_size(object->sensitive_attributes) + indented_size(object->identity) +
                  object->private_data.len + object->extra.len;
    for (size_t i = 0; i < object->dependency_count; i++)
        size += object->dependencies[i].len + LINE_SIZE + 3;
    return size;
}

/* Estimates the size, so that the buffer rarely grows. */
static size_t expected_size(const State *state) {
    size_t size = 1024 + state->check_results.len * 2;
    map_each(&state->resources, entry) {
        const StateResource *resource = entry->value;
        size += OBJECT_SIZE;
        vec_each(&resource->instances, instance) {
            if (instance->current)
                size += instance->key.text.len + object_size(instance->current);
        }
    }
    return size;
}

static void write_applied(JsonWriter *writer, const State *state) {
    if (state->applied_variables.len + state->applied_plan.len == 0)
        return;
    json_key_object(writer, "applied");
    if (state->applied_variables.len > 0) {
        json_key_string(writer, "commit", state->applied_commit);
        json_key_string(writer, "variables", state->applied_variables);
    }
    if (state->applied_plan.len > 0)
        json_key_string(writer, "plan", state->applied_plan);
    json_object_end(writer);
}

Str statefile_encode(const State *state, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("state file");
    StrBuf text = strbuf_new(arena);
    strbuf_reserve(&text, expected_size(state));
    JsonWriter writer;
    json_writer_init(&writer, &text, INDENT);
    writer.escape_html = true;
    Str version = state->terraform_version;
    json_object_start(&writer);
    json_key_int(&writer, "version", 4);
    json_key_string(&writer, "terraform_version",
                    version.len > 0 ? version : STR(VERSION_TERRAFORM));
    json_key(&writer, STR("serial"));
    json_number(&writer, str_format(scratch, "%llu", (unsigned long long)state->serial));
    json_key_string(&writer, "lineage", state->lineage);
    if (state->environment.len > 0)
        json_key_string(&writer, "environment", state->environment);
    if (state->owner.name.len > 0) {
        json_key(&writer, STR("owner"));
        record_encode(&(RecordWriter){&writer, scratch}, &state_owner_record, &state->owner);
    }
    write_applied(&writer, state);
    json_key(&writer, STR("outputs"));
    statefile_encode_write_outputs(&writer, &state->outputs, scratch);
    json_key(&writer, STR("resources"));
    statefile_encode_write_resources(&writer, state, scratch);
    json_key(&writer, STR("check_results"));
    json_raw(&writer, state->check_results.len > 0 ? state->check_results : STR("null"));
    json_object_end(&writer);
    strbuf_add_char(&text, '\n');
    return strbuf_str(&text);
}
