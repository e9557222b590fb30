/* What the conditions of a walk came to, gathered from its nodes. */
#include "json.h"
#include "node.h"

CheckResults *checks_new(size_t count, Arena *arena) {
    if (count == 0)
        return NULL;
    CheckResults *results = arena_new(arena, CheckResults);
    results->items = arena_new_array(arena, CheckResult, count);
    results->count = count;
    for (size_t i = 0; i < count; i++)
        results->items[i].status = CHECK_UNKNOWN;
    return results;
}

void checks_warn(Diags *diags, const Diags *errors, Str checked) {
    for (size_t i = 0; i < errors->count; i++) {
        Diag warning = errors->items[i];
        warning.severity = DIAG_WARNING;
        if (checked.len > 0)
            warning.checked = checked;
        diags_add(diags, &warning);
    }
}

/* -- gathering ---------------------------------------------------------------------------- */

/* One instance of what has conditions. */
typedef struct CheckedObject {
    Str address;
    CheckStatus status;
    const CheckResults *results; /* its own */
    const CheckResults *nested;  /* of a check: of its data source; NULL: none */
} CheckedObject;

typedef struct Checked {
    const char *kind;
    Str address;
    CheckStatus status;
    VEC(CheckedObject) objects;
    bool is_expanded; /* all of its instances are known */
} Checked;

static CheckStatus worst(const CheckResults *results, CheckStatus status) {
    for (size_t i = 0; results && i < results->count; i++) {
        if (results->items[i].status > status)
            status = results->items[i].status;
    }
    return status;
}

static void add_object(Checked *checked, CheckedObject object, Arena *arena) {
    object.status = worst(object.results, worst(object.nested, CHECK_PASS));
    vec_push(arena, &checked->objects, object);
}

static Str module_prefixed(const ModuleInstance *module, const char *kind, Str name, Arena *arena) {
    Str path = module_addr_to_str(module->address, arena);
    return str_format(arena, "%.*s%s%s.%.*s", STR_ARG(path), path.len > 0 ? "." : "", kind,
                      STR_ARG(name));
}

static const CheckResults *nested_results(const Node *node, ModuleInstance *module, Arena *arena) {
    const Resource *data = node->as.check->data;
    if (!data)
        return NULL;
    Str key = str_format(arena, "data.%.*s.%.*s", STR_ARG(data->type), STR_ARG(data->name));
    const ResourceExpansion *expansion = node_slot(node_find(node->module, key), module)->payload;
    return expansion && expansion->expansion.count > 0 ? expansion->records[0].results : NULL;
}

static size_t count_conditions(const Node *node) {
    switch (node->kind) {
    case NODE_VARIABLE: return node->as.variable->validations.count;
    case NODE_OUTPUT: return node->as.output->preconditions.count;
    case NODE_CHECK: return node->as.check->asserts.count;
    case NODE_RESOURCE: {
        const Lifecycle *lifecycle = &node->as.resource->config->lifecycle;
        return lifecycle->preconditions.count + lifecycle->postconditions.count;
    }
    case NODE_LOCAL:
    case NODE_MODULE:
    case NODE_MODULE_VALUE:
    case NODE_PROVIDER:
    case NODE_RESOURCE_VALUE:
    case NODE_ORPHAN:
    case NODE_IMPORT:
    case NODE_CHECK_START:
    case NODE_EPHEMERAL_CLOSE:
    case NODE_DESTROY: break;
    }
    return 0;
}

static void gather_slot(
    Checked *checked, const Node *node, Str name, ModuleInstance *module, Arena *arena) {
    const CheckResults *results = node_slot(node, module)->payload;
    bool is_root_output = node->kind == NODE_OUTPUT && !node->module->parent && node->is_selected;
    if (!results && !is_root_output) {
        checked->is_expanded = false;
        return;
    }
    CheckedObject object = {
        .address = module_prefixed(module, checked->kind, name, arena),
        .results = results ? results : checks_new(count_conditions(node), arena),
    };
    if (node->kind == NODE_CHECK)
        object.nested = nested_results(node, module, arena);
    add_object(checked, object, arena);
}

static void gather_records(Checked *checked,
                           const Node *node,
                           ModuleInstance *module,
                           Arena *arena) {
    const ResourceExpansion *expansion = node_slot(node, module)->payload;
    if (!expansion) {
        checked->is_expanded = false;
        return;
    }
    for (size_t i = 0; i < expansion->expansion.count; i++) {
        const InstanceRecord *record = &expansion->records[i];
        CheckedObject object = {
            .address = resource_addr_to_str(record->address, arena),
            .results = record->results,
        };
        if (record->results)
            add_object(checked, object, arena);
        else
            checked->is_expanded = false;
    }
}

static Str own_name(const Node *node) {
    if (node->kind == NODE_VARIABLE)
        return node->as.variable->name;
    return node->kind == NODE_OUTPUT ? node->as.output->name : node->as.check->name;
}

static void gather(Checked *checked, const Node *node, Arena *arena) {
    checked->kind = node->kind == NODE_VARIABLE ? "var"
                    : node->kind == NODE_OUTPUT ? "output"
                    : node->kind == NODE_CHECK  ? "check"
                                                : "resource";
    checked->address = node->name;
    checked->is_expanded = node->is_selected && node->module->instances.count > 0;
    vec_each(&node->module->instances, module) {
        if (node->kind == NODE_RESOURCE)
            gather_records(checked, node, *module, arena);
        else
            gather_slot(checked, node, own_name(node), *module, arena);
    }
    checked->status = checked->is_expanded ? CHECK_PASS : CHECK_UNKNOWN;
    vec_each(&checked->objects, object) {
        if (object->status > checked->status)
            checked->status = object->status;
    }
}

/* -- writing ------------------------------------------------------------------------------ */

static Str status_name(CheckStatus status) {
    static const char *const names[] = {
        [CHECK_PASS] = "pass",
        [CHECK_UNKNOWN] = "unknown",
        [CHECK_FAIL] = "fail",
        [CHECK_ERROR] = "error",
    };
    static_assert(ARRAY_COUNT(names) == CHECK_ERROR + 1, "a name for every status");
    return str_from_cstr(names[status]);
}

static bool has_messages(const CheckResults *results) {
    for (size_t i = 0; results && i < results->count; i++) {
        if (results->items[i].message.len > 0)
            return true;
    }
    return false;
}

static void write_messages(JsonWriter *writer, const CheckResults *results) {
    for (size_t i = 0; results && i < results->count; i++) {
        if (results->items[i].message.len > 0)
            json_write_string(writer, results->items[i].message);
    }
}

static void write_object(JsonWriter *writer, const CheckedObject *object) {
    json_object_start(writer);
    json_key_string(writer, "object_addr", object->address);
    json_key_string(writer, "status", status_name(object->status));
    if (has_messages(object->results) || has_messages(object->nested)) {
        json_key(writer, STR("failure_messages"));
        json_array_start(writer);
        write_messages(writer, object->nested);
        write_messages(writer, object->results);
        json_array_end(writer);
    }
    json_object_end(writer);
}

static void write_checked(JsonWriter *writer, const Checked *checked) {
    json_object_start(writer);
    json_key_string(writer, "object_kind", str_from_cstr(checked->kind));
    json_key_string(writer, "config_addr", checked->address);
    json_key_string(writer, "status", status_name(checked->status));
    json_key(writer, STR("objects"));
    if (checked->objects.count == 0) {
        json_write_null(writer);
    } else {
        json_array_start(writer);
        vec_each(&checked->objects, object) {
            write_object(writer, object);
        }
        json_array_end(writer);
    }
    json_object_end(writer);
}

Str checks_to_json(const EngineWalk *walk, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    bool any = false;
    json_array_start(&writer);
    vec_each(&walk->nodes, item) {
        if (count_conditions(*item) == 0)
            continue;
        Checked checked = {0};
        gather(&checked, *item, arena);
        write_checked(&writer, &checked);
        any = true;
    }
    json_array_end(&writer);
    return any ? strbuf_str(&text) : STR_EMPTY;
}
