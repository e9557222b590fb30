/* module_origin: compares texts with those that cross the border to a fetched module. */
#include "module_origin.h"

#include "config_read.h"
#include "decode.h"

#include <pthread.h>

/* Variables are visited by many threads. The border is crossed rarely, so all instances share a
 * lock. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

struct ModuleOrigins {
    VEC(Value) given;
};

typedef struct OriginCheck {
    const EngineModule *border;
    const Decoded *decoded;
    Arena *arena;
    Diags *diags;
    bool ok;
} OriginCheck;

/* Returns the outermost fetched module that contains this one; NULL if none. */
static EngineModule *origin_border(EngineModule *module) {
    EngineModule *border = NULL;
    for (; module; module = module->parent) {
        if (module->call && !config_module_is_local(module->call->as.call))
            border = module;
    }
    return border;
}

bool module_origin_is_border(const EngineModule *called) {
    return origin_border((EngineModule *)called) == called;
}

void module_origin_note(EngineModule *called, Value given, Arena *keep) {
    if (!module_origin_is_border(called))
        return;
    Value bare = value_clone(value_unmark_deep(given, keep), keep);
    pthread_mutex_lock(&mutex);
    if (!called->origins)
        called->origins = arena_new(keep, struct ModuleOrigins);
    vec_push(keep, &called->origins->given, bare);
    pthread_mutex_unlock(&mutex);
}

bool module_origin_guards(const Node *node) {
    if (node->kind != NODE_RESOURCE || !origin_border(node->module))
        return false;
    vec_each(&node->as.resource->provisioners, provisioner) {
        if (provisioner->config->on_destroy && provisioner->connection)
            return true;
    }
    return false;
}

static bool origin_contains(Value given, Str text) {
    if (!value_is_present(given))
        return false;
    if (given.type->kind == KIND_STRING)
        return str_equal(value_text(given), text);
    bool has_items = type_is_collection(given.type) || given.type->kind == KIND_TUPLE ||
                     given.type->kind == KIND_OBJECT;
    for (size_t i = 0; has_items && i < given.count; i++) {
        if (origin_contains(value_at(given, i), text))
            return true;
    }
    return false;
}

static bool origin_is_given(const OriginCheck *check, Str text) {
    bool found = false;
    pthread_mutex_lock(&mutex);
    if (check->border->origins) {
        vec_each(&check->border->origins->given, given) {
            found = found || origin_contains(*given, text);
        }
    }
    pthread_mutex_unlock(&mutex);
    return found;
}

static void origin_check_text(OriginCheck *check, const Attribute *attribute, Value value,
                              Path path) {
    if (!value_is_present(value) || value.type->kind != KIND_STRING || value_text(value).len == 0 ||
        origin_is_given(check, value_text(value)))
        return;
    check->ok = diags_fail(
        check->diags, decode_range_of(check->decoded, path), "Program chosen by a fetched module",
        "\"%s\" can start a program on this computer, and %.*s was fetched from elsewhere. Such a "
        "module can only hand on a text that you pass to it in a variable. Pass the text, or copy "
        "the module into your configuration and call the copy by its path.",
        attribute->name, STR_ARG(check->border->config->path));
}

static void origin_check_object(OriginCheck *check, const Schema *schema, Value object, Path path);

static void origin_check_nested(OriginCheck *check, const Schema *schema, Nesting nesting,
                                Value value, Path path) {
    if (!value_is_present(value))
        return;
    if (nesting == NEST_SINGLE) {
        origin_check_object(check, schema, value, path);
        return;
    }
    for (size_t i = 0; i < value.count; i++) {
        Value key =
            nesting == NEST_MAP ? value_from_str(value_key_at(value, i)) : value_int((int64_t)i);
        origin_check_object(check, schema, value_at(value, i), path_index(path, key, check->arena));
    }
}

static void origin_check_object(OriginCheck *check, const Schema *schema, Value object, Path path) {
    if (!value_is_present(object))
        return;
    for (size_t i = 0; i < object.count; i++) {
        SchemaMember member;
        if (!schema_find_member(schema, value_key_at(object, i), &member))
            continue;
        Path place = path_attribute(path, member.name, check->arena);
        if (member.nested)
            origin_check_nested(check, member.nested, member.nesting, value_at(object, i), place);
        else if (member.attribute && (member.attribute->flags & CALLERS_TEXT))
            origin_check_text(check, member.attribute, value_at(object, i), place);
    }
}

static bool origin_has_callers_text(const Attribute *attribute) {
    return attribute->flags & CALLERS_TEXT;
}

bool module_origin_check(const ModuleScope *scope, const Schema *schema, const Decoded *decoded,
                         Value config, Arena *arena, Diags *diags) {
    OriginCheck check = {
        .border = origin_border(scope->module->module),
        .decoded = decoded,
        .arena = arena,
        .diags = diags,
        .ok = true,
    };
    if (check.border && schema_has(schema, origin_has_callers_text))
        origin_check_object(&check, schema, config, (Path){0});
    return check.ok;
}
