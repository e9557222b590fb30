/* Gathers the results of conditions from the nodes of a walk, and writes them as JSON. */
#include "engine_walk.h"

#include "deferrals.h"
#include "json.h"
#include "log.h"

/* One instance of a block with conditions. */
typedef struct CheckedObject {
    Str address;
    CheckStatus status;
    const CheckResults *results; /* results of its own conditions */
    const CheckResults *nested;  /* check: results of its data source; NULL: none */
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

static void checks_json_add_object(Checked *checked, CheckedObject object, Arena *arena) {
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
    if (node->kind == NODE_VARIABLE)
        return node->as.variable->validations.count;
    if (node->kind == NODE_OUTPUT)
        return node->as.output->preconditions.count;
    if (node->kind == NODE_CHECK)
        return node->as.check->asserts.count;
    if (node->kind != NODE_RESOURCE)
        return 0;
    const Lifecycle *lifecycle = &node->as.resource->config->lifecycle;
    return lifecycle->preconditions.count + lifecycle->postconditions.count;
}

static Str own_name(const Node *node) {
    if (node->kind == NODE_VARIABLE)
        return node->as.variable->name;
    return node->kind == NODE_OUTPUT ? node->as.output->name : node->as.check->name;
}

/* `is_going`: the output belongs to the root module and is being destroyed. */
static void gather_slot(Checked *checked, const Node *node, ModuleInstance *module, bool is_going,
                        Arena *arena) {
    const CheckResults *results = node_slot(node, module)->payload;
    bool is_declared = node->kind == NODE_CHECK && node->is_selected; /* listed in any case */
    if (!results && !is_going && !is_declared) {
        checked->is_expanded = false;
        return;
    }
    CheckedObject object = {
        .address = module_prefixed(module, checked->kind, own_name(node), arena),
        .results = results ? results : checks_new(count_conditions(node), arena),
    };
    if (node->kind == NODE_CHECK)
        object.nested = nested_results(node, module, arena);
    checks_json_add_object(checked, object, arena);
}

static void gather_records(Checked *checked, const Node *node, ModuleInstance *module,
                           Arena *arena) {
    const ResourceExpansion *expansion = node_slot(node, module)->payload;
    if (!expansion) {
        checked->is_expanded = false;
        return;
    }
    for (size_t i = 0; i < expansion->expansion.count; i++) {
        const InstanceRecord *record = &expansion->records[i];
        if (record->keys_unknown) {
            checked->is_expanded = false;
            continue;
        }
        CheckedObject object = {
            .address = resource_addr_to_str(record->address, arena),
            .results = record->results,
        };
        if (record->results)
            checks_json_add_object(checked, object, arena);
        else
            checked->is_expanded = false;
    }
}

static CheckStatus checks_json_status_of(Value row) {
    for (size_t i = 0; i <= CHECK_ERROR; i++) {
        if (str_equal_cstr(value_text_at(row, STR("status")), check_status_name((CheckStatus)i)))
            return (CheckStatus)i;
    }
    return CHECK_UNKNOWN;
}

static CheckResults *results_of(Value row, Arena *arena) {
    StrVec messages = value_texts_of(value_tuple_at(row, STR("failure_messages")), arena);
    CheckResults *results = messages.count ? checks_new(messages.count, arena) : NULL;
    for (size_t i = 0; i < messages.count; i++)
        results->items[i].message = messages.items[i];
    return results;
}

static const CheckedObject *find_object(const Checked *checked, Str address) {
    vec_each(&checked->objects, object) {
        if (str_equal(object->address, address))
            return object;
    }
    return NULL;
}

/* Returns the result of an object that the plan lists. A refresh-only apply evaluates no conditions
 * again, so the results of the plan remain. */
static CheckedObject checks_json_planned_object(const EngineWalk *walk, const Checked *checked,
                                                Value row, Arena *arena) {
    CheckedObject object = {.address = value_text_at(row, STR("object_addr")),
                            .status = CHECK_UNKNOWN};
    const CheckedObject *own = find_object(checked, object.address);
    if (own && own->status != CHECK_UNKNOWN)
        return *own;
    if (walk->plan->mode == PLAN_REFRESH_ONLY) {
        object.status = checks_json_status_of(row);
        object.results = results_of(row, arena);
    }
    return object;
}

/* Reads the results of the plan: configuration address → JSON element. */
static Map checks_json_read_planned(const EngineWalk *walk, Arena *arena) {
    Map planned = map_new(arena);
    Value rows;
    const char *error;
    size_t offset;
    if (!walk->plan || walk->plan->checks.len == 0 ||
        !json_parse_any(walk->plan->checks, &rows, &error, &offset, arena) ||
        rows.type->kind != KIND_TUPLE)
        return planned;
    for (size_t i = 0; i < rows.count; i++) {
        Value *row = arena_new(arena, Value);
        *row = value_at(rows, i);
        map_set(&planned, value_text_at(*row, STR("config_addr")), row);
    }
    return planned;
}

/* Lists exactly the instances that the plan lists: an apply does not evaluate all of them. */
static void keep_planned(const EngineWalk *walk, const Map *planned, Checked *checked,
                         Arena *arena) {
    const Value *row = map_find(planned, checked->address);
    if (!row)
        return;
    Value objects = value_tuple_at(*row, STR("objects"));
    if (objects.count == 0) {
        checked->is_expanded |= checks_json_status_of(*row) == CHECK_PASS;
        return;
    }
    Checked known = {.kind = checked->kind, .address = checked->address, .is_expanded = true};
    for (size_t i = 0; i < objects.count; i++)
        vec_push(arena, &known.objects,
                 checks_json_planned_object(walk, checked, value_at(objects, i), arena));
    *checked = known;
}

/* Returns true if the module has an instance, or if the expansion of each call of it is known. */
static bool is_expanded(const EngineModule *module) {
    if (!module->parent || module->instances.count > 0)
        return module->instances.count > 0;
    vec_each(&module->parent->instances, caller) {
        const ModuleExpansion *expansion = node_slot(module->call, *caller)->payload;
        if (!expansion || expansion->expansion.is_unknown)
            return false;
    }
    return is_expanded(module->parent);
}

/* A destroy plan evaluates no conditions. It lists instances of root outputs only, and none with
 * -target. */
static void checks_json_gather(const EngineWalk *walk, const Node *node, const Map *planned,
                               Checked *checked, Arena *arena) {
    bool is_destroying = walk->options->mode == PLAN_DESTROY;
    bool is_root_output = node->kind == NODE_OUTPUT && !node->module->parent && node->is_selected;
    bool is_ending = is_destroying && is_root_output && walk->options->targets.count == 0;
    checked->kind = node->kind == NODE_VARIABLE ? "var"
                    : node->kind == NODE_OUTPUT ? "output"
                    : node->kind == NODE_CHECK  ? "check"
                                                : "resource";
    checked->address = node->name;
    checked->is_expanded = node->is_selected && !is_destroying && is_expanded(node->module);
    vec_each(&node->module->instances, module) {
        if (is_destroying && !is_ending)
            break;
        if (deferrals_is_placeholder(*module)) {
            checked->is_expanded = false;
            continue;
        }
        if (node->kind == NODE_RESOURCE)
            gather_records(checked, node, *module, arena);
        else
            gather_slot(checked, node, *module, is_ending, arena);
    }
    keep_planned(walk, planned, checked, arena);
    checked->status = checked->is_expanded ? CHECK_PASS : CHECK_UNKNOWN;
    vec_each(&checked->objects, object) {
        if (object->status > checked->status)
            checked->status = object->status;
    }
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

static void checks_json_write_object(JsonWriter *writer, const CheckedObject *object) {
    json_object_start(writer);
    json_key_string(writer, "object_addr", object->address);
    json_key_string(writer, "status", str_from_cstr(check_status_name(object->status)));
    if (has_messages(object->results) || has_messages(object->nested)) {
        json_key_array(writer, "failure_messages");
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
    json_key_string(writer, "status", str_from_cstr(check_status_name(checked->status)));
    json_key(writer, STR("objects"));
    if (checked->objects.count == 0) {
        json_write_null(writer);
    } else {
        json_array_start(writer);
        vec_each(&checked->objects, object) {
            checks_json_write_object(writer, object);
        }
        json_array_end(writer);
    }
    json_object_end(writer);
}

Str checks_json_write(const EngineWalk *walk, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    bool any = false;
    const Map planned = checks_json_read_planned(walk, arena);
    json_array_start(&writer);
    vec_each(&walk->nodes, item) {
        if (count_conditions(*item) == 0)
            continue;
        Checked checked = {0};
        checks_json_gather(walk, *item, &planned, &checked, arena);
        log_debug("check result", log_text("of", checked.address),
                  log_cstr("status", check_status_name(checked.status)),
                  log_number("objects", (int64_t)checked.objects.count),
                  log_number("expanded", checked.is_expanded));
        write_checked(&writer, &checked);
        any = true;
    }
    json_array_end(&writer);
    return any ? strbuf_str(&text) : STR_EMPTY;
}
