#include "manifests_type.h"

#include "kube_object.h"
#include "object_builder.h"
#include "object_secret.h"

const ManifestsType *manifests_type_of(const Call *call) {
    return call->type->payload;
}

/* Returns the source that is set; the first if none is. */
static const char *manifests_type_source_of(const Call *call, Value config) {
    const char *const *sources = manifests_type_of(call)->sources;
    for (size_t i = 0; sources[i]; i++) {
        if (object_has(config, sources[i]))
            return sources[i];
    }
    return sources[0];
}

Path manifests_type_argument(const Call *call, Value config) {
    return path_attribute((Path){0}, str_from_cstr(manifests_type_source_of(call, config)),
                          call->arena);
}

bool manifests_type_has_source(const Call *call, Value config) {
    return object_has(config, manifests_type_source_of(call, config));
}

static bool is_any_unknown(const char *const *names, Value config) {
    for (size_t i = 0; names && names[i]; i++) {
        if (!value_is_wholly_known(object_attribute(config, names[i])))
            return true;
    }
    return false;
}

bool manifests_type_is_unknown(const Call *call, Value config) {
    const ManifestsType *type = manifests_type_of(call);
    return is_any_unknown(type->sources, config) || is_any_unknown(type->settings, config);
}

static bool manifests_type_has_name(const char *const *names, Str name) {
    for (size_t i = 0; names && names[i]; i++) {
        if (str_equal_cstr(name, names[i]))
            return true;
    }
    return false;
}

bool manifests_type_is_input(const Call *call, Str attribute) {
    const ManifestsType *type = manifests_type_of(call);
    return manifests_type_has_name(type->sources, attribute) ||
           manifests_type_has_name(type->settings, attribute);
}

Value manifests_type_shown(const Call *call, Value object, Arena *arena) {
    static const char *const names[] = {"data", "stringData"};
    Value found;
    if (!manifests_type_of(call)->hides_secrets || !value_is_present(object) ||
        !type_is_mapping(object.type) || !object_secret_is(object))
        return object;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (value_find(object, str_from_cstr(names[i]), &found))
            object = kube_object_with(object, "", names[i], value_null(&TYPE_DYNAMIC), arena);
    }
    return object;
}
