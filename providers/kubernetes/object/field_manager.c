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

const FieldSet *field_managers_union(const FieldManagers *managers, Arena *arena) {
    static const FieldSet empty;
    const FieldSet *set = &empty;
    vec_each(managers, manager)
        set = field_set_union(set, manager->fields, arena);
    return set;
}

void field_managers_sole(const FieldManagers *some, const FieldManagers *others, Value object,
                         Paths *out, Arena *arena) {
    field_set_paths_outside(field_managers_union(some, arena), field_managers_union(others, arena),
                            object, out, arena);
}
