/* statefile_decode: reads the text in one pass; attributes stay slices of it. Members are expected
 * in the order in which known tools write them. Instances before the mode, type or name are read
 * again later; a "module" after the instances is an error. */
#include "address.h"
#include "cipher.h"
#include "json.h"
#include "state_object_json.h"
#include "statefile.h"

#define VERSION_MAX ((size_t)40) /* bytes of a version in a message */

typedef struct Decoding {
    JsonReader reader; /* in a scratch arena: kept texts are views of the file or cloned */
    const SourceText *source;
    State *state;
    Arena *arena;
    Diags *diags;
    StateObjectReader object;
    /* The last parsed texts: adjacent resources mostly have the same. */
    Str provider_text;
    ProviderConfigAddr provider;
    Str module_text;
    const ModuleAddr *module;
} Decoding;

PRINTF_LIKE(2, 3) static bool statefile_decode_fail(Decoding *decoding, const char *format, ...) {
    JsonReader *reader = &decoding->reader;
    va_list args;
    va_start(args, format);
    Str reason = str_vformat(reader->arena, format, args);
    va_end(args);
    if (reader->error)
        reason = str_format(reader->arena, "The text is not valid JSON: %s.", reader->error);
    SourceRange range = {decoding->source, (uint32_t)reader->start, (uint32_t)reader->end};
    return diags_fail(decoding->diags, range, "Unsupported state file format",
                      "The state file could not be read. %.*s If it is damaged, restore a backup.",
                      STR_ARG(reason));
}

static JsonToken statefile_decode_next(Decoding *decoding) {
    return json_next(&decoding->reader);
}

static Str statefile_decode_keep(Decoding *decoding, Str text) {
    return record_keep(&(RecordReader){.reader = &decoding->reader, .arena = decoding->arena},
                       text);
}

static bool is_key(const Decoding *decoding, Str key) {
    return str_equal(decoding->reader.text, key);
}

static bool statefile_decode_read_string(Decoding *decoding, const char *what, Str *out) {
    JsonToken token = statefile_decode_next(decoding);
    if (token == JSON_NULL)
        return true;
    if (token != JSON_STRING)
        return statefile_decode_fail(decoding, "\"%s\" must be a string.", what);
    *out = statefile_decode_keep(decoding, decoding->reader.text);
    return true;
}

static bool statefile_decode_skip(Decoding *decoding) {
    Str skipped;
    JsonToken token = statefile_decode_next(decoding);
    return json_skip(&decoding->reader, token, &skipped) ||
           statefile_decode_fail(decoding, "It ends early.");
}

typedef struct InstanceHead {
    InstanceKey key;
    Str deposed;
    Str provider;
} InstanceHead;

static bool read_index_key(Decoding *decoding, InstanceKey *out) {
    JsonReader *reader = &decoding->reader;
    JsonToken token = statefile_decode_next(decoding);
    if (token == JSON_STRING) {
        *out = (InstanceKey){.kind = KEY_STRING,
                             .text = statefile_decode_keep(decoding, reader->text)};
        return true;
    }
    if (token == JSON_NUMBER && str_to_int64(reader->text, &out->index)) {
        out->kind = KEY_INT;
        return true;
    }
    return token == JSON_NULL ||
           statefile_decode_fail(decoding, "\"index_key\" must be a string or an integer.");
}

static bool statefile_decode_read_instance_member(Decoding *decoding, InstanceHead *head) {
    if (is_key(decoding, STR("index_key")))
        return read_index_key(decoding, &head->key);
    if (is_key(decoding, STR("deposed")))
        return statefile_decode_read_string(decoding, "deposed", &head->deposed);
    if (is_key(decoding, STR("provider")))
        return statefile_decode_read_string(decoding, "provider", &head->provider);
    const char *error;
    Str key = decoding->reader.text;
    JsonToken token = statefile_decode_next(decoding);
    if (state_object_json_member(&decoding->object, key, token, &error))
        return true;
    return statefile_decode_fail(decoding, "In an instance, %s.",
                                 error ? error : "a value is invalid");
}

static bool statefile_decode_place_object(Decoding *decoding, const StateResource *resource,
                                          InstanceHead head) {
    ResourceAddr address = resource->address;
    address.key = head.key;
    StateInstance *instance = state_add_instance(decoding->state, address);
    bool taken = head.deposed.len > 0 ? state_find_deposed(instance, head.deposed) != NULL
                                      : instance->current != NULL;
    if (taken) {
        Str text = resource_addr_to_str(address, decoding->reader.arena);
        return statefile_decode_fail(decoding, "The instance %.*s occurs twice.", STR_ARG(text));
    }
    const StateObject *object = state_object_json_finish(&decoding->object);
    Str provider_key = head.provider.len > 0 ? decoding->provider.key : STR_EMPTY;
    bool is_first = !instance->current && instance->deposed.count == 0;
    if (!is_first && !str_equal(instance->provider_key, provider_key)) {
        Str text = resource_addr_to_str(address, decoding->reader.arena);
        return statefile_decode_fail(
            decoding, "The objects of the instance %.*s have different providers.", STR_ARG(text));
    }
    instance->provider_key = provider_key;
    if (head.deposed.len > 0)
        state_set_deposed(instance, head.deposed, object, decoding->arena);
    else
        instance->current = object;
    return true;
}

static bool statefile_decode_use_provider(Decoding *decoding, StateResource *resource, Str text) {
    if (text.len == 0)
        return true;
    if (!str_equal(text, decoding->provider_text)) {
        if (!provider_config_addr_parse(text, &decoding->provider, decoding->arena))
            return statefile_decode_fail(decoding, "\"%.*s\" is not a valid provider address.",
                                         STR_ARG(text));
        decoding->provider_text = text;
    }
    ProviderConfigAddr address = decoding->provider;
    address.key = STR_EMPTY;
    if (resource->provider_config.provider.len > 0 &&
        !provider_config_addr_equal(resource->provider_config, address)) {
        Str name = resource_addr_to_str(resource->address, decoding->reader.arena);
        return statefile_decode_fail(
            decoding, "The resource %.*s has more than one provider configuration.", STR_ARG(name));
    }
    resource->provider_config = address;
    return true;
}

static bool statefile_decode_read_instance(Decoding *decoding, StateResource *resource) {
    InstanceHead head = {0};
    JsonToken token;
    state_object_json_begin(&decoding->object);
    while ((token = statefile_decode_next(decoding)) == JSON_KEY) {
        if (!statefile_decode_read_instance_member(decoding, &head))
            return false;
    }
    if (token != JSON_OBJECT_END)
        return statefile_decode_fail(decoding, "An instance must be an object.");
    return statefile_decode_use_provider(decoding, resource, head.provider) &&
           statefile_decode_place_object(decoding, resource, head);
}

/* Reads a list of objects, or null. `what` is the begin of a sentence about one of them. */
static bool read_objects(Decoding *decoding, const char *list, const char *what,
                         bool (*read)(Decoding *decoding, StateResource *resource),
                         StateResource *resource) {
    JsonToken token = statefile_decode_next(decoding);
    if (token == JSON_NULL)
        return true;
    if (token != JSON_ARRAY_START)
        return statefile_decode_fail(decoding, "\"%s\" must be a list.", list);
    while ((token = statefile_decode_next(decoding)) == JSON_OBJECT_START) {
        if (!read(decoding, resource))
            return false;
    }
    return token == JSON_ARRAY_END ||
           statefile_decode_fail(decoding, "%s must be an object.", what);
}

static bool statefile_decode_read_instances(Decoding *decoding, StateResource *resource) {
    return read_objects(decoding, "instances", "An instance", statefile_decode_read_instance,
                        resource);
}

typedef struct ResourceHead {
    Str module;
    Str mode;
    Str type;
    Str name;
    Str provider;
    JsonReader instances; /* positioned before the list, which may precede members that it needs */
    bool has_content;
    size_t next_row; /* of head_rows: the one that a known tool writes next */
} ResourceHead;

static bool statefile_decode_find_module(Decoding *decoding, Str text) {
    if (str_equal(text, decoding->module_text))
        return true;
    AddressTarget target;
    SCOPED(ArenaRef) scratch = arena_open("module address");
    Diags reasons = diags_new(scratch);
    if (!address_parse_target(text, &target, decoding->arena, &reasons) || target.is_resource ||
        !str_equal(text, str_trim(text)))
        return statefile_decode_fail(decoding, "\"%.*s\" is not a valid module address.",
                                     STR_ARG(text));
    decoding->module_text = text;
    decoding->module = target.module;
    return true;
}

static bool statefile_decode_add_resource(Decoding *decoding, const ResourceHead *head,
                                          StateResource **out) {
    ResourceAddr address = {.type = head->type, .name = head->name};
    if (head->type.len == 0 || head->name.len == 0)
        return statefile_decode_fail(decoding, "A resource lacks its type or name.");
    if (str_equal(head->mode, STR("data"))) {
        address.mode = MODE_DATA;
    } else if (!str_equal(head->mode, STR("managed"))) {
        return statefile_decode_fail(decoding, "A resource has the unknown mode \"%.*s\".",
                                     STR_ARG(head->mode));
    }
    if (head->module.len > 0) {
        if (!statefile_decode_find_module(decoding, head->module))
            return false;
        address.module = decoding->module;
    }
    size_t before = decoding->state->resources.count;
    *out = state_add_resource(decoding->state, address);
    if (decoding->state->resources.count == before) {
        Str text = resource_addr_to_str(address, decoding->reader.arena);
        return statefile_decode_fail(decoding, "The resource %.*s occurs twice.", STR_ARG(text));
    }
    return statefile_decode_use_provider(decoding, *out, head->provider);
}

/* Known tools write the instances last, so they are read in place. Otherwise they are read after
 * the other members of the resource. */
static bool note_instances(Decoding *decoding, ResourceHead *head) {
    head->instances = decoding->reader;
    head->has_content = true;
    return statefile_decode_skip(decoding);
}

static const RecordRow head_rows[] = {
    ROW_TEXT(ResourceHead, "module", module, .flags = ROW_NULLABLE),
    ROW_TEXT(ResourceHead, "mode", mode, .flags = ROW_NULLABLE),
    ROW_TEXT(ResourceHead, "type", type, .flags = ROW_NULLABLE),
    ROW_TEXT(ResourceHead, "name", name, .flags = ROW_NULLABLE),
    ROW_TEXT(ResourceHead, "provider", provider, .flags = ROW_NULLABLE),
};
static const Record head_record = RECORD(ResourceHead, head_rows);

static bool read_resource_member(Decoding *decoding, ResourceHead *head) {
    RecordReader reading = {.reader = &decoding->reader, .arena = decoding->arena};
    const RecordRow *row = record_find(&head_record, decoding->reader.text, &head->next_row);
    if (!row)
        return statefile_decode_skip(decoding);
    return record_read_member(&reading, row, statefile_decode_next(decoding), head) ||
           statefile_decode_fail(decoding, "\"%s\" must be a string.", row->key.ptr);
}

/* The provider may follow the instances, or be a member of each of them. The instances share one
 * provider configuration, of which each may have its own key. */
static bool finish_resource(Decoding *decoding, const ResourceHead *head, StateResource *resource) {
    resource->is_declared = resource->instances.count == 0;
    if (!statefile_decode_use_provider(decoding, resource, head->provider))
        return false;
    if (resource->provider_config.provider.len > 0)
        return true;
    Str text = resource_addr_to_str(resource->address, decoding->reader.arena);
    return statefile_decode_fail(decoding, "The resource %.*s has no provider.", STR_ARG(text));
}

static bool statefile_decode_read_resource(Decoding *decoding, StateResource *) {
    ResourceHead head = {0};
    StateResource *resource = NULL;
    JsonToken token;
    while ((token = statefile_decode_next(decoding)) == JSON_KEY) {
        bool ready = head.mode.len > 0 && head.type.len > 0 && head.name.len > 0;
        bool ok;
        if (resource && is_key(decoding, STR("module")))
            return statefile_decode_fail(
                decoding, "The member \"module\" of a resource must come before its instances.");
        if (!is_key(decoding, STR("instances"))) {
            ok = read_resource_member(decoding, &head);
        } else if (!ready) {
            ok = note_instances(decoding, &head);
        } else {
            ok = statefile_decode_add_resource(decoding, &head, &resource) &&
                 statefile_decode_read_instances(decoding, resource);
        }
        if (!ok)
            return false;
    }
    if (token != JSON_OBJECT_END)
        return statefile_decode_fail(decoding, "A resource must be an object.");
    if (resource)
        return finish_resource(decoding, &head, resource);
    if (!statefile_decode_add_resource(decoding, &head, &resource))
        return false;
    if (!head.has_content)
        return finish_resource(decoding, &head, resource);
    JsonReader behind = decoding->reader;
    decoding->reader = head.instances;
    bool ok = statefile_decode_read_instances(decoding, resource);
    decoding->reader = behind;
    return ok && finish_resource(decoding, &head, resource);
}

static bool read_output_value(Decoding *decoding, JsonReader at, const Type *type,
                              StateOutput *output) {
    const char *error = NULL;
    at.arena = decoding->arena; /* strings of the value may point into the reader's arena */
    JsonToken token = json_next(&at);
    if (json_read_typed(&at, token, type, &output->value, &error, decoding->arena))
        return true;
    return statefile_decode_fail(decoding, "The value of an output does not match its type: %s.",
                                 error ? error : "");
}

static bool read_output(Decoding *decoding, Str name) {
    StateOutput *output = arena_new(decoding->arena, StateOutput);
    const Type *type = NULL;
    JsonReader value = {0};
    JsonToken token = statefile_decode_next(decoding);
    if (token != JSON_OBJECT_START)
        return statefile_decode_fail(decoding, "An output must be an object.");
    while ((token = statefile_decode_next(decoding)) == JSON_KEY) {
        if (is_key(decoding, STR("value"))) {
            value = decoding->reader;
            if (!statefile_decode_skip(decoding))
                return false;
        } else if (is_key(decoding, STR("type"))) {
            JsonReader at = decoding->reader;
            at.arena = decoding->arena;
            if (!statefile_decode_skip(decoding) ||
                !json_read_type(&at, json_next(&at), &type, decoding->arena))
                return statefile_decode_fail(
                    decoding, "The type of the output \"%.*s\" is invalid.", STR_ARG(name));
        } else if (is_key(decoding, STR("sensitive"))) {
            output->sensitive = statefile_decode_next(decoding) == JSON_TRUE;
        } else if (!statefile_decode_skip(decoding)) {
            return false;
        }
    }
    if (token != JSON_OBJECT_END || !type || !value.bytes.ptr)
        return statefile_decode_fail(decoding, "The output \"%.*s\" lacks its value or type.",
                                     STR_ARG(name));
    map_set(&decoding->state->outputs, name, output);
    return read_output_value(decoding, value, type, output);
}

static bool statefile_decode_read_outputs(Decoding *decoding) {
    JsonToken token = statefile_decode_next(decoding);
    if (token == JSON_NULL)
        return true;
    if (token != JSON_OBJECT_START)
        return statefile_decode_fail(decoding, "\"outputs\" must be an object.");
    while ((token = statefile_decode_next(decoding)) == JSON_KEY) {
        if (!read_output(decoding, statefile_decode_keep(decoding, decoding->reader.text)))
            return false;
    }
    return token == JSON_OBJECT_END ||
           statefile_decode_fail(decoding, "\"outputs\" is not closed.");
}

static bool statefile_decode_read_serial(Decoding *decoding) {
    uint64_t *serial = &decoding->state->serial;
    if (statefile_decode_next(decoding) != JSON_NUMBER ||
        !str_to_uint64(decoding->reader.text, serial))
        return statefile_decode_fail(decoding, "\"serial\" must be an integer.");
    return *serial <= STATE_COUNT_MAX ||
           statefile_decode_fail(decoding, "\"serial\" must be at most 2^62.");
}

static bool read_check_results(Decoding *decoding) {
    JsonToken token = statefile_decode_next(decoding);
    Str text;
    if (!json_skip(&decoding->reader, token, &text))
        return statefile_decode_fail(decoding, "It ends early.");
    if (token != JSON_NULL)
        decoding->state->check_results = text;
    return true;
}

static bool read_applied(Decoding *decoding) {
    State *state = decoding->state;
    JsonToken token = statefile_decode_next(decoding);
    if (token != JSON_OBJECT_START)
        return statefile_decode_fail(decoding, "\"applied\" must be an object.");
    while ((token = statefile_decode_next(decoding)) == JSON_KEY) {
        bool ok =
            is_key(decoding, STR("commit"))
                ? statefile_decode_read_string(decoding, "commit", &state->applied_commit)
            : is_key(decoding, STR("variables"))
                ? statefile_decode_read_string(decoding, "variables", &state->applied_variables)
            : is_key(decoding, STR("plan"))
                ? statefile_decode_read_string(decoding, "plan", &state->applied_plan)
                : statefile_decode_skip(decoding);
        if (!ok)
            return false;
    }
    return token == JSON_OBJECT_END ||
           statefile_decode_fail(decoding, "\"applied\" must be an object.");
}

static bool read_owner(Decoding *decoding) {
    StateOwner *owner = &decoding->state->owner;
    RecordReader reading = {.reader = &decoding->reader, .arena = decoding->arena};
    if (!record_decode(&reading, &state_owner_record, statefile_decode_next(decoding), owner) ||
        owner->name.len == 0)
        return statefile_decode_fail(
            decoding,
            "\"owner\" must be an object with the texts cluster, namespace, name and uid.");
    return true;
}

static bool statefile_decode_read_member(Decoding *decoding) {
    State *state = decoding->state;
    if (is_key(decoding, STR("terraform_version")))
        return statefile_decode_read_string(decoding, "terraform_version",
                                            &state->terraform_version);
    if (is_key(decoding, STR("serial")))
        return statefile_decode_read_serial(decoding);
    if (is_key(decoding, STR("lineage")))
        return statefile_decode_read_string(decoding, "lineage", &state->lineage);
    if (is_key(decoding, STR("environment")))
        return statefile_decode_read_string(decoding, "environment", &state->environment);
    if (is_key(decoding, STR("owner")))
        return read_owner(decoding);
    if (is_key(decoding, STR("applied")))
        return read_applied(decoding);
    if (is_key(decoding, STR("outputs")))
        return statefile_decode_read_outputs(decoding);
    if (is_key(decoding, STR("resources")))
        return read_objects(decoding, "resources", "A resource", statefile_decode_read_resource,
                            NULL);
    if (is_key(decoding, STR("check_results")))
        return read_check_results(decoding);
    return statefile_decode_skip(decoding);
}

static bool statefile_decode_read_all(Decoding *decoding) {
    JsonToken token = statefile_decode_next(decoding);
    while ((token = statefile_decode_next(decoding)) == JSON_KEY) {
        if (!statefile_decode_read_member(decoding))
            return false;
    }
    if (token != JSON_OBJECT_END || statefile_decode_next(decoding) != JSON_END)
        return statefile_decode_fail(decoding, "It must be one object.");
    return true;
}

/* Finds the version, then rewinds. This is cheap, since known tools write the version first. */
static bool statefile_decode_find_version(Decoding *decoding, uint64_t *out) {
    JsonReader start = decoding->reader;
    bool found = false;
    if (statefile_decode_next(decoding) != JSON_OBJECT_START)
        return statefile_decode_fail(decoding, "It must be one object.");
    while (!found && statefile_decode_next(decoding) == JSON_KEY) {
        if (!is_key(decoding, STR("version"))) {
            if (!statefile_decode_skip(decoding))
                return false;
            continue;
        }
        found = true;
        if (statefile_decode_next(decoding) != JSON_NUMBER ||
            !str_to_uint64(decoding->reader.text, out))
            return statefile_decode_fail(decoding, "\"version\" must be an integer.");
    }
    if (!found)
        return statefile_decode_fail(decoding, "Its format \"version\" is missing.");
    decoding->reader = start;
    return true;
}

/* Returns the version of the program that wrote the file; empty if the file does not say it in a
 * known form. */
static Str writer_of(const Decoding *decoding) {
    Value document;
    Str version = STR_EMPTY;
    if (json_parse_object(decoding->source->bytes, &document, decoding->arena))
        (void)value_find_text(document, STR("terraform_version"), &version);
    return version.len <= VERSION_MAX && str_has_only(version, ".-+") ? version : STR_EMPTY;
}

static bool statefile_decode_check_version(Decoding *decoding, uint64_t version) {
    if (version <= 4 && version >= 1)
        return true;
    SourceRange range = {decoding->source, 0, 0};
    Str writer = writer_of(decoding);
    return diags_fail(decoding->diags, range, "Unsupported state file format",
                      "The state file has format version %llu, but this program supports only "
                      "versions up to 4. Use the newer program that wrote it%s%.*s.",
                      (unsigned long long)version, writer.len ? ", of version " : "",
                      STR_ARG(writer));
}

/* A state has secrets, and its text may be freed before a diagnostic is shown. */
static const SourceText *source_of(Str path, Str bytes, Arena *arena) {
    SourceText *source = arena_new(arena, SourceText);
    *source = (SourceText){.path = path, .bytes = bytes, .is_private = true, .is_temporary = true};
    return source;
}

bool statefile_decode(Str path, Str bytes, State **out, Arena *arena, Diags *diags) {
    State *state = state_new(arena);
    if (str_trim(bytes).len == 0) {
        *out = state;
        return true;
    }
    SCOPED(ArenaRef) scratch = arena_open("state file");
    StoredText stored = {str_format(scratch, "The state \"%.*s\"", STR_ARG(path)), bytes};
    /* A caller with keys has decrypted the text; a text that is still encrypted is an error. */
    if (!cipher_open(NULL, &stored, &bytes, scratch, diags))
        return false;
    Decoding decoding = {
        .reader = json_reader_new(bytes, scratch),
        .source = source_of(str_clone(path, arena), bytes, arena),
        .state = state,
        .arena = arena,
        .diags = diags,
    };
    decoding.object = (StateObjectReader){.reader = &decoding.reader, .arena = arena};
    uint64_t version;
    if (bytes.len > UINT32_MAX)
        return statefile_decode_fail(&decoding, "It is larger than 4 GiB.");
    if (!statefile_decode_find_version(&decoding, &version) ||
        !statefile_decode_check_version(&decoding, version))
        return false;
    if (version < 4)
        return statefile_upgrade(decoding.source, out, arena, diags);
    if (!statefile_decode_read_all(&decoding))
        return false;
    *out = state;
    return true;
}
