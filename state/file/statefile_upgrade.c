/* statefile_upgrade: versions 1 to 3 share one layout, except that an output of version 1 is a bare
 * string. The text is parsed as a whole, as these files are small and rare. */
#include "json.h"
#include "statefile.h"

typedef struct Upgrade {
    State *state;
    Arena *arena;
    Str module_text; /* module.a.module.b; empty: root */
    const ModuleAddr *module;
    bool has_other_kind; /* an array instead of an object, or the reverse */
} Upgrade;

/* Returns the number of items of an object or array; 0 if it is absent. */
static size_t count_in(Upgrade *upgrade, Value value, TypeKind kind) {
    if (!value_is_present(value))
        return 0;
    upgrade->has_other_kind |= value.type->kind != kind;
    return value.type->kind == kind ? value.count : 0;
}

static Value statefile_upgrade_member(Value object, const char *name) {
    Value found;
    return value_find(object, str_from_cstr(name), &found) ? found : value_null(&TYPE_DYNAMIC);
}

static Str statefile_upgrade_text_of(Value value) {
    bool is_text = value_is_present(value) && value.type->kind == KIND_STRING;
    return is_text ? value_text(value) : STR_EMPTY;
}

static uint64_t statefile_upgrade_number_of(Value value) {
    int64_t number = 0;
    uint64_t written = 0;
    if (str_to_uint64(statefile_upgrade_text_of(value), &written))
        return written <= STATE_COUNT_MAX ? written : STATE_COUNT_MAX;
    bool is_number = value_is_present(value) && value.type->kind == KIND_NUMBER;
    return is_number && value_to_int(value, &number) && number > 0 ? (uint64_t)number : 0;
}

typedef struct Leaf {
    Str name;
    Str value;
} Leaf;

/* Leaves whose names begin with the same `offset` bytes. */
typedef struct Range {
    const Leaf *items;
    size_t count;
    size_t offset;
} Range;

static int compare_leaves(const void *a, const void *b) {
    return str_compare(((const Leaf *)a)->name, ((const Leaf *)b)->name);
}

static Str segment_of(const Leaf *leaf, size_t offset) {
    size_t dot = str_find_char(leaf->name, '.', offset);
    return str_slice(leaf->name, offset, dot == SIZE_MAX ? leaf->name.len : dot);
}

/* Removes the leaves of the first segment from `rest` and returns them. */
static Range next_group(Range *rest, Str *segment) {
    *segment = segment_of(&rest->items[0], rest->offset);
    size_t count = 1;
    while (count < rest->count &&
           str_equal(segment_of(&rest->items[count], rest->offset), *segment)) {
        count++;
    }
    Range group = {rest->items, count, rest->offset + segment->len + 1};
    rest->items += count;
    rest->count -= count;
    return group;
}

static bool has_count(Range group, const char *mark) {
    for (size_t i = 0; i < group.count; i++) {
        if (str_equal_cstr(str_after(group.items[i].name, group.offset), mark))
            return true;
    }
    return false;
}

static void statefile_upgrade_write_group(JsonWriter *writer, Range group, Arena *scratch);

static void statefile_upgrade_write_object(JsonWriter *writer, Range range, Arena *scratch) {
    json_object_start(writer);
    while (range.count > 0) {
        Str segment;
        Range group = next_group(&range, &segment);
        json_key(writer, segment);
        statefile_upgrade_write_group(writer, group, scratch);
    }
    json_object_end(writer);
}

/* Keys may contain dots, so the whole rest of the name is one key. */
static void write_map(JsonWriter *writer, Range range) {
    json_object_start(writer);
    for (size_t i = 0; i < range.count; i++) {
        Str key = str_after(range.items[i].name, range.offset);
        if (str_equal(key, STR("%")))
            continue;
        json_key(writer, key);
        json_write_string(writer, range.items[i].value);
    }
    json_object_end(writer);
}

typedef struct Element {
    uint64_t index; /* in a set: a hash */
    Range group;
} Element;

static int compare_elements(const void *a, const void *b) {
    uint64_t left = ((const Element *)a)->index;
    uint64_t right = ((const Element *)b)->index;
    return left < right ? -1 : left > right;
}

static void write_list(JsonWriter *writer, Range range, Arena *scratch) {
    VEC(Element) elements = {0};
    while (range.count > 0) {
        Str segment;
        Element element = {.group = next_group(&range, &segment)};
        if (str_to_uint64(segment, &element.index))
            vec_push(scratch, &elements, element);
    }
    if (elements.count > 1)
        qsort(elements.items, elements.count, sizeof *elements.items, compare_elements);
    json_array_start(writer);
    vec_each(&elements, element) {
        statefile_upgrade_write_group(writer, element->group, scratch);
    }
    json_array_end(writer);
}

static void statefile_upgrade_write_group(JsonWriter *writer, Range group, Arena *scratch) {
    if (group.items[0].name.len < group.offset) { /* a leaf */
        json_write_string(writer, group.items[0].value);
    } else if (has_count(group, "#")) {
        write_list(writer, group, scratch);
    } else if (has_count(group, "%")) {
        write_map(writer, group);
    } else {
        statefile_upgrade_write_object(writer, group, scratch);
    }
}

/* Converts attributes as stored before version 4, one level of strings with "list.#" and "map.%" as
 * counts: {"tags.%": "1", "tags.a": "x", "disk.#": "1", "disk.0.size": "5"}. Sorts them by name, so
 * that nested ones are adjacent; each level parses one segment of the names. Numbers stay strings,
 * since only a schema identifies them. `flat` maps names to Str *. */
static Str nest_attributes(const Map *flat, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("flatmap");
    VEC(Leaf) leaves = {0};
    map_each(flat, entry) {
        Leaf leaf = {entry->key, *(const Str *)entry->value};
        vec_push(scratch, &leaves, leaf);
    }
    if (leaves.count > 1)
        qsort(leaves.items, leaves.count, sizeof *leaves.items, compare_leaves);
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    statefile_upgrade_write_object(&writer, (Range){leaves.items, leaves.count, 0}, scratch);
    return strbuf_str(&text);
}

static Str statefile_upgrade_attributes_of(Upgrade *upgrade, Value flat) {
    Map leaves = map_new(upgrade->arena);
    for (size_t i = 0; i < count_in(upgrade, flat, KIND_OBJECT); i++) {
        Str *value = arena_new(upgrade->arena, Str);
        *value = statefile_upgrade_text_of(value_at(flat, i));
        map_set(&leaves, value_key_at(flat, i), value);
    }
    return nest_attributes(&leaves, upgrade->arena);
}

/* Names refer to resources of the same module. Dependencies on whole modules are dropped. */
static void statefile_upgrade_read_dependencies(Upgrade *upgrade, Value names,
                                                StateObject *object) {
    StrVec dependencies = {0};
    for (size_t i = 0; i < count_in(upgrade, names, KIND_TUPLE); i++) {
        Str name = statefile_upgrade_text_of(value_at(names, i));
        if (name.len == 0 || str_starts_with(name, STR("module.")))
            continue;
        size_t parts = str_starts_with(name, STR("data.")) ? 3 : 2;
        size_t end = 0;
        for (size_t part = 0; part < parts && end != SIZE_MAX; part++)
            end = str_find_char(name, '.', end + (part > 0));
        name = str_slice(name, 0, end == SIZE_MAX ? name.len : end);
        if (upgrade->module_text.len > 0) {
            Str path[] = {upgrade->module_text, name};
            name = str_join(path, 2, STR("."), upgrade->arena);
        }
        vec_push(upgrade->arena, &dependencies, name);
    }
    object->dependencies = dependencies.items;
    object->dependency_count = dependencies.count;
}

static const StateObject *statefile_upgrade_read_object(Upgrade *upgrade, Value old,
                                                        Value depends_on) {
    if (!value_is_present(old) || value_text_at(old, STR("id")).len == 0)
        return NULL;
    StateObject *object = arena_new(upgrade->arena, StateObject);
    if (value_is_true(statefile_upgrade_member(old, "tainted")))
        object->status = OBJECT_TAINTED;
    object->schema_version = statefile_upgrade_number_of(
        statefile_upgrade_member(statefile_upgrade_member(old, "meta"), "schema_version"));
    object->attributes =
        statefile_upgrade_attributes_of(upgrade, statefile_upgrade_member(old, "attributes"));
    object->sensitive_attributes = STR("[]");
    statefile_upgrade_read_dependencies(upgrade, depends_on, object);
    return object;
}

/* Parses [data.]type.name[.index]. */
static bool statefile_upgrade_read_name(Str name, ResourceAddr *out) {
    Str rest = name;
    Str index;
    ResourceAddr address = {0};
    if (str_starts_with(rest, STR("data."))) {
        address.mode = MODE_DATA;
        rest = str_after(rest, 5);
    }
    if (!str_next_field(&rest, '.', &address.type) || !str_next_field(&rest, '.', &address.name))
        return false;
    if (str_next_field(&rest, '.', &index)) {
        if (!str_to_int64(index, &address.key.index))
            return false;
        address.key.kind = KEY_INT;
    }
    *out = address;
    return address.type.len > 0 && address.name.len > 0;
}

/* Without `provider`, the first word of the resource type names the provider. */
static bool statefile_upgrade_use_provider(Upgrade *upgrade, StateResource *resource, Str written) {
    if (written.len == 0) {
        Str type = resource->address.type;
        size_t end = str_find_char(type, '_', 0);
        written = str_format(upgrade->arena, "provider.%.*s",
                             STR_ARG(str_slice(type, 0, end == SIZE_MAX ? type.len : end)));
    } else if (!str_starts_with(written, STR("provider.")) &&
               !str_starts_with(written, STR("module."))) {
        written = str_concat(STR("provider."), written, upgrade->arena);
    }
    if (!provider_config_addr_parse(written, &resource->provider_config, upgrade->arena))
        return false;
    resource->provider_config.key = STR_EMPTY;
    return true;
}

static bool statefile_upgrade_read_resource(Upgrade *upgrade, Str name, Value old) {
    ResourceAddr address;
    if (!statefile_upgrade_read_name(name, &address))
        return false;
    address.module = upgrade->module;
    StateInstance *instance = state_add_instance(upgrade->state, address);
    StateResource *resource = state_find_resource(upgrade->state, address);
    Value depends_on = statefile_upgrade_member(old, "depends_on");
    instance->current = statefile_upgrade_read_object(
        upgrade, statefile_upgrade_member(old, "primary"), depends_on);
    Value deposed = statefile_upgrade_member(old, "deposed");
    for (size_t i = 0; i < count_in(upgrade, deposed, KIND_TUPLE); i++) {
        const StateObject *object =
            statefile_upgrade_read_object(upgrade, value_at(deposed, i), depends_on);
        if (object) {
            Str key = str_format(upgrade->arena, "%08zx", i + 1);
            state_set_deposed(instance, key, object, upgrade->arena);
        }
    }
    return statefile_upgrade_use_provider(upgrade, resource, value_text_at(old, STR("provider")));
}

static void statefile_upgrade_read_outputs(Upgrade *upgrade, Value outputs) {
    for (size_t i = 0; i < count_in(upgrade, outputs, KIND_OBJECT); i++) {
        Value old = value_at(outputs, i);
        bool is_bare = value_is_present(old) && old.type->kind == KIND_STRING;
        StateOutput *output = arena_new(upgrade->arena, StateOutput);
        output->value = is_bare ? old : statefile_upgrade_member(old, "value");
        output->sensitive = !is_bare && value_is_true(statefile_upgrade_member(old, "sensitive"));
        map_set(&upgrade->state->outputs, value_key_at(outputs, i), output);
    }
}

/* Parses ["root","a","b"]. */
static void statefile_upgrade_read_path(Upgrade *upgrade, Value path) {
    upgrade->module = NULL;
    for (size_t i = 1; i < count_in(upgrade, path, KIND_TUPLE); i++) {
        Str name = statefile_upgrade_text_of(value_at(path, i));
        upgrade->module = module_addr_child(upgrade->module, name, KEY_ABSENT, upgrade->arena);
    }
    upgrade->module_text = module_addr_to_str(upgrade->module, upgrade->arena);
}

static bool statefile_upgrade_read_modules(Upgrade *upgrade, Value modules, Str *wrong) {
    for (size_t i = 0; i < count_in(upgrade, modules, KIND_TUPLE); i++) {
        Value module = value_at(modules, i);
        statefile_upgrade_read_path(upgrade, statefile_upgrade_member(module, "path"));
        if (!upgrade->module)
            statefile_upgrade_read_outputs(upgrade, statefile_upgrade_member(module, "outputs"));
        Value resources = statefile_upgrade_member(module, "resources");
        for (size_t j = 0; j < count_in(upgrade, resources, KIND_OBJECT); j++) {
            *wrong = value_key_at(resources, j);
            if (!statefile_upgrade_read_resource(upgrade, *wrong, value_at(resources, j)))
                return false;
        }
    }
    return true;
}

bool statefile_upgrade(const SourceText *source, State **out, Arena *arena, Diags *diags) {
    Value old;
    const char *error;
    size_t offset;
    if (!json_parse_any(source->bytes, &old, &error, &offset, arena)) {
        SourceRange range = {source, (uint32_t)offset, (uint32_t)offset};
        return diags_fail(diags, range, "Unsupported state file format",
                          "The state file is not valid JSON: %s. Restore a backup.", error);
    }
    Upgrade upgrade = {.state = state_new(arena), .arena = arena};
    upgrade.state->serial = statefile_upgrade_number_of(statefile_upgrade_member(old, "serial"));
    upgrade.state->lineage = value_text_at(old, STR("lineage"));
    upgrade.state->terraform_version = value_text_at(old, STR("terraform_version"));
    Str wrong = STR_EMPTY;
    if (!statefile_upgrade_read_modules(&upgrade, statefile_upgrade_member(old, "modules"),
                                        &wrong)) {
        SourceRange range = {source, 0, 0};
        return diags_fail(
            diags, range, "Unsupported state file format",
            "The state file has an old version, and the name or provider of its resource \"%.*s\" "
            "is invalid. Correct the file, or upgrade the state with the program that wrote it.",
            STR_ARG(wrong));
    }
    if (upgrade.has_other_kind) {
        SourceRange range = {source, 0, 0};
        return diags_fail(
            diags, range, "Unsupported state file format",
            "The state file has an old version, and an array instead of an object, or "
            "an object instead of an array. Restore a backup.");
    }
    state_compact(upgrade.state);
    *out = upgrade.state;
    return true;
}
