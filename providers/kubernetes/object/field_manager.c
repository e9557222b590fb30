/* Reads metadata.managedFields, and divides a set by the other managers' sets. */
#include "field_manager.h"

#include "kube_object.h"

FieldManagers field_managers_read(Value object, Arena *arena) {
    FieldManagers managers = {0};
    Value entries;
    if (!kube_object_find(object, "metadata", "managedFields", &entries) ||
        entries.type->kind != KIND_TUPLE)
        return managers;
    for (size_t i = 0; i < entries.count; i++) {
        Value entry = value_at(entries, i);
        Value fields;
        const FieldSet *set = value_find_present(entry, STR("fieldsV1"), &fields)
                                  ? field_set_read(fields, arena)
                                  : NULL;
        FieldManager manager = {
            .name = kube_object_text(entry, "", "manager"),
            .operation = kube_object_text(entry, "", "operation"),
            .subresource = kube_object_text(entry, "", "subresource"),
            .api_version = kube_object_text(entry, "", "apiVersion"),
            .time = kube_object_text(entry, "", "time"),
            .fields = set,
            .entry = entry,
        };
        if (set)
            vec_push(arena, &managers, manager);
    }
    return managers;
}

bool field_manager_is_apply(const FieldManager *manager, Str name) {
    return str_equal(manager->name, name) && str_equal(manager->operation, STR("Apply")) &&
           manager->subresource.len == 0;
}

const FieldManager *field_managers_find(const FieldManagers *managers, Str name) {
    vec_each(managers, manager) {
        if (field_manager_is_apply(manager, name))
            return manager;
    }
    return NULL;
}

/* A field without steps inside is whole unless some manager owns a part of it. */
static bool is_whole(const FieldManagers *managers, Value object, Path path) {
    vec_each(managers, manager) {
        const FieldSet *fields = field_set_at(manager->fields, object, path);
        if (fields && fields->steps.count)
            return false;
    }
    return true;
}

static bool is_owner(const FieldManagers *managers,
                     const FieldManager *manager,
                     Value object,
                     Path path) {
    const FieldSet *fields = field_set_at(manager->fields, object, path);
    if (fields)
        return fields->has_self;
    while (path.count--) {
        fields = field_set_at(manager->fields, object, path);
        if (fields)
            return fields->has_self && is_whole(managers, object, path);
    }
    return false;
}

StrVec field_managers_owners(const FieldManagers *managers, Value object, Path path, Arena *arena) {
    StrVec names = {0};
    vec_each(managers, manager) {
        if (is_owner(managers, manager, object, path) &&
            !str_is_among(manager->name, names.items, names.count))
            vec_push(arena, &names, manager->name);
    }
    return names;
}

const FieldSet *field_managers_union(const FieldManagers *managers, Arena *arena) {
    static const FieldSet empty;
    const FieldSet *set = &empty;
    vec_each(managers, manager)
        set = field_set_union(set, manager->fields, arena);
    return set;
}

void field_managers_sole(const FieldManagers *some,
                         const FieldManagers *others,
                         Value object,
                         Paths *out,
                         Arena *arena) {
    field_set_paths_outside(field_managers_union(some, arena), field_managers_union(others, arena),
                            object, value_null(&TYPE_DYNAMIC), out, arena);
}

void field_managers_removed(
    const FieldManagers *managers, Str name, Value object, Value body, Paths *out, Arena *arena) {
    FieldManagers others = {0};
    const FieldManager *own = field_managers_find(managers, name);
    if (!own)
        return;
    vec_each(managers, manager) {
        if (manager != own)
            vec_push(arena, &others, *manager);
    }
    field_set_paths_outside(own->fields, field_managers_union(&others, arena), object, body, out,
                            arena);
}
