/* schema_paths: finds the places in an object that are sensitive or force a replacement. Paths
 * never lead into a set; a finding in an element counts for the whole set. */
#include "schema.h"

typedef struct Collector {
    Paths *out;
    Arena *arena;
} Collector;

static void collect_sensitive(const Collector *to, const Schema *schema, Value object, Path path);

static void paths_add_path(const Collector *to, Path path) {
    if (!paths_has(to->out, path))
        vec_push(to->arena, to->out, path);
}

static bool paths_is_sensitive(const Attribute *attribute) {
    return (attribute->flags & SENSITIVE) != 0;
}

static void collect_nested(const Collector *to, const Schema *schema, Nesting nesting, Value value,
                           Path path) {
    if (!value_is_present(value) || !schema_has(schema, paths_is_sensitive))
        return;
    if (nesting == NEST_SINGLE) {
        collect_sensitive(to, schema, value, path);
        return;
    }
    if (nesting == NEST_SET) {
        if (value.count > 0)
            paths_add_path(to, path);
        return;
    }
    for (size_t i = 0; i < value.count; i++) {
        Value key =
            nesting == NEST_LIST ? value_int((int64_t)i) : value_from_str(value_key_at(value, i));
        collect_sensitive(to, schema, value_at(value, i), path_index(path, key, to->arena));
    }
}

static void collect_sensitive(const Collector *to, const Schema *schema, Value object, Path path) {
    if (!value_is_present(object))
        return;
    for (size_t i = 0; i < schema_member_count(schema); i++) {
        SchemaMember member = schema_member(schema, i);
        bool is_sensitive = member.attribute && paths_is_sensitive(member.attribute);
        if (!is_sensitive && !member.nested)
            continue;
        Path at = path_attribute(path, member.name, to->arena);
        if (is_sensitive)
            vec_push(to->arena, to->out, at);
        else
            collect_nested(to, member.nested, member.nesting, value_attribute(object, member.name),
                           at);
    }
}

void schema_sensitive_paths(const Schema *schema, Value value, Paths *out, Arena *arena) {
    Collector to = {.out = out, .arena = arena};
    collect_sensitive(&to, schema, value, (Path){0});
    if (schema->sensitive_paths && value_is_present(value))
        schema->sensitive_paths(value, out, arena);
}

static void collect_replace(const Collector *to, const Schema *schema, Value prior, Value planned,
                            Path path);

static bool may_force_new(const Attribute *attribute) {
    return (attribute->flags & FORCES_NEW) || attribute->forces_new;
}

static bool is_different(Value prior, Value planned) {
    if (value_is_null(prior) || value_is_null(planned)) {
        return value_is_null(prior) != value_is_null(planned);
    }
    return !value_is_wholly_known(planned) || !value_is_wholly_known(prior) ||
           !value_equal(prior, planned);
}

static bool forces_new(const Attribute *attribute, Value prior, Value planned) {
    if (!may_force_new(attribute) || !is_different(prior, planned))
        return false;
    return attribute->forces_new ? attribute->forces_new(prior, planned) : true;
}

/* Returns the attribute, or null if the object is null or unknown. */
static Value paths_member(Value object, Str name) {
    return value_is_present(object) ? value_attribute(object, name) : value_null(&TYPE_DYNAMIC);
}

/* Returns true if changing `prior` into `planned` requires replacement. */
static bool needs_new(const Schema *schema, Value prior, Value planned, Arena *arena) {
    Paths paths = {0};
    Collector to = {.out = &paths, .arena = arena};
    collect_replace(&to, schema, prior, planned, (Path){0});
    return paths.count > 0;
}

/* Elements of a set have no key, so each old element is matched with a new one that it can become
 * without replacement. Added and removed elements are compared with null. */
static bool set_needs_new(const Schema *schema, Value prior, Value planned, Arena *arena) {
    size_t count_prior = value_is_present(prior) ? prior.count : 0;
    size_t count_planned = value_is_present(planned) ? planned.count : 0;
    bool *taken = arena_new_array(arena, bool, count_planned);
    for (size_t i = 0; i < count_prior; i++) {
        Value old = value_at(prior, i);
        size_t match = 0;
        while (match < count_planned &&
               (taken[match] || needs_new(schema, old, value_at(planned, match), arena))) {
            match++;
        }
        if (match < count_planned) {
            taken[match] = true;
        } else if (needs_new(schema, old, value_null(old.type), arena)) {
            return true;
        }
    }
    for (size_t i = 0; i < count_planned; i++) {
        Value new = value_at(planned, i);
        if (!taken[i] && needs_new(schema, value_null(new.type), new, arena))
            return true;
    }
    return false;
}

static void collect_list(const Collector *to, const Schema *schema, Value prior, Value planned,
                         Path path) {
    size_t count_prior = value_is_present(prior) ? prior.count : 0;
    size_t count_planned = value_is_present(planned) ? planned.count : 0;
    size_t count = count_prior > count_planned ? count_prior : count_planned;
    for (size_t i = 0; i < count; i++) {
        Value old = i < count_prior ? value_at(prior, i) : value_null(&TYPE_DYNAMIC);
        Value new = i < count_planned ? value_at(planned, i) : value_null(&TYPE_DYNAMIC);
        Path at = path_index(path, value_int((int64_t)i), to->arena);
        collect_replace(to, schema, old, new, at);
    }
}

static Value element_of(Value map, Str key) {
    Value element;
    return value_find(map, key, &element) ? element : value_null(&TYPE_DYNAMIC);
}

static void collect_map(const Collector *to, const Schema *schema, Value prior, Value planned,
                        Path path) {
    for (size_t i = 0; value_is_present(prior) && i < prior.count; i++) {
        Str key = value_key_at(prior, i);
        Path at = path_index(path, value_from_str(key), to->arena);
        collect_replace(to, schema, value_at(prior, i), element_of(planned, key), at);
    }
    for (size_t i = 0; value_is_present(planned) && i < planned.count; i++) {
        Str key = value_key_at(planned, i);
        Value old = element_of(prior, key);
        if (old.type->kind != KIND_DYNAMIC)
            continue;
        Path at = path_index(path, value_from_str(key), to->arena);
        collect_replace(to, schema, old, value_at(planned, i), at);
    }
}

static void collect_nest(const Collector *to, SchemaMember nest, Value prior, Value planned,
                         Path path) {
    if (!schema_has(nest.nested, may_force_new) || !is_different(prior, planned))
        return;
    if (!value_is_known(planned)) {
        paths_add_path(to, path);
        return;
    }
    switch (nest.nesting) {
    case NEST_SINGLE: collect_replace(to, nest.nested, prior, planned, path); return;
    case NEST_LIST: collect_list(to, nest.nested, prior, planned, path); return;
    case NEST_MAP: collect_map(to, nest.nested, prior, planned, path); return;
    case NEST_SET:
        if (set_needs_new(nest.nested, prior, planned, to->arena))
            paths_add_path(to, path);
        return;
    }
}

/* Either object may be null (an added or removed element); its attributes then count as null. */
static void collect_replace(const Collector *to, const Schema *schema, Value prior, Value planned,
                            Path path) {
    if (!value_is_known(planned)) {
        if (schema_has(schema, may_force_new))
            paths_add_path(to, path);
        return;
    }
    if (!value_is_present(prior) && !value_is_present(planned))
        return;
    for (size_t i = 0; i < schema_member_count(schema); i++) {
        SchemaMember member = schema_member(schema, i);
        Value old = paths_member(prior, member.name);
        Value new = paths_member(planned, member.name);
        bool is_forced = member.attribute && forces_new(member.attribute, old, new);
        if (!is_forced && !member.nested)
            continue;
        Path at = path_attribute(path, member.name, to->arena);
        if (is_forced)
            paths_add_path(to, at);
        else
            collect_nest(to, member, old, new, at);
    }
}

void schema_replace_paths(const Schema *schema, Value prior, Value planned, Paths *out,
                          Arena *arena) {
    Collector to = {.out = out, .arena = arena};
    if (!value_is_present(prior) || !value_is_present(planned))
        return;
    collect_replace(&to, schema, prior, planned, (Path){0});
}
