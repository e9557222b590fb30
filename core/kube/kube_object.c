#include "kube_object.h"

bool kube_object_find(Value object, const char *path, const char *last, Value *out) {
    Str rest = str_from_cstr(path);
    Str name;
    while (rest.len && str_next_field(&rest, '.', &name)) {
        if (!value_find_present(object, name, &object))
            return false;
    }
    return value_find_present(object, str_from_cstr(last), out);
}

Str kube_object_text(Value object, const char *path, const char *last) {
    Value found;
    bool is_text = kube_object_find(object, path, last, &found) && found.type->kind == KIND_STRING;
    return is_text ? value_text(found) : STR_EMPTY;
}

int64_t kube_object_int(Value object, const char *path, const char *last) {
    Value found;
    int64_t number;
    return kube_object_find(object, path, last, &found) && found.type->kind == KIND_NUMBER &&
                   value_to_int(found, &number)
               ? number
               : 0;
}

Value kube_object_list(Value object, const char *path, const char *last) {
    Value found;
    return kube_object_find(object, path, last, &found) && found.type->kind == KIND_TUPLE
               ? found
               : value_tuple_at(value_null(&TYPE_DYNAMIC), STR_EMPTY);
}

bool kube_object_is_true(Value object, const char *path, const char *last) {
    Value found;
    return kube_object_find(object, path, last, &found) && value_is_true(found);
}

static Value object_with_member(Value object, Str name, Value value, Arena *arena) {
    bool is_object = value_is_present(object) && object.type->kind == KIND_OBJECT;
    size_t count = is_object ? object.count : 0;
    Str *names = arena_new_array(arena, Str, count + 1);
    Value *values = arena_new_array(arena, Value, count + 1);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (str_equal(value_key_at(object, i), name))
            continue;
        names[kept] = value_key_at(object, i);
        values[kept++] = value_at(object, i);
    }
    if (value_is_present(value)) {
        names[kept] = name;
        values[kept++] = value;
    }
    return value_object(names, values, kept, arena);
}

static Value object_with_path(Value object, Str path, Str last, Value value, Arena *arena) {
    Str name;
    Value inner = value_null(&TYPE_DYNAMIC);
    if (path.len == 0)
        return object_with_member(object, last, value, arena);
    (void)str_next_field(&path, '.', &name);
    (void)value_find_present(object, name, &inner);
    return object_with_member(object, name, object_with_path(inner, path, last, value, arena),
                              arena);
}

Value kube_object_with(Value object, const char *path, const char *last, Value value,
                       Arena *arena) {
    return object_with_path(object, str_from_cstr(path), str_from_cstr(last), value, arena);
}

Value kube_object_new(Str api_version, Str kind, Str namespace, Str name, Arena *arena) {
    Value object = value_null(&TYPE_DYNAMIC);
    object = kube_object_with(object, "", "apiVersion", value_from_str(api_version), arena);
    object = kube_object_with(object, "", "kind", value_from_str(kind), arena);
    object = kube_object_with(object, "metadata", "name", value_from_str(name), arena);
    return namespace.len
               ? kube_object_with(object, "metadata", "namespace", value_from_str(namespace), arena)
               : object;
}

Value kube_object_keep(Value object, Arena *arena) {
    object.type = type_intern(object.type);
    return value_clone(object, arena);
}
