/* Finds the attributes that changes depend on. The search goes backwards from each change, and
 * follows the referenced attribute of each resource. */
#include "relevant_json.h"
#include "decode.h"
#include "json.h"
#include "provider_name.h"

/* A module and the address of its instance, with the repetition arguments of the resource whose
 * body is searched. */
typedef struct Place {
    const Module *module;
    const ModuleAddr *address;
    const Expr *count; /* NULL: no count, or not within a repeated resource */
    const Expr *for_each;
} Place;

typedef struct Search {
    const Engine *engine;
    Map seen;  /* text of kind and address of each visited object */
    Map found; /* text of a traversal → JSON text of its element, in order of discovery */
    Arena *scratch;
} Search;

static void follow_expression(Search *search, Place place, const Expr *expr);
static void follow_reference(Search *search, Place place, const Reference *reference);

/* Returns true on the first call for this object. */
static bool relevant_json_mark(Search *search, const char *kind, Place place, Str name) {
    Str path = module_addr_to_str(place.address, search->scratch);
    Str key = str_format(search->scratch, "%s %.*s %.*s", kind, STR_ARG(path), STR_ARG(name));
    return !map_set(&search->seen, key, search);
}

static void relevant_json_write_step(JsonWriter *writer, const TraversalStep *step) {
    if (!step->is_index) {
        json_write_string(writer, step->name);
        return;
    }
    InstanceKey key = address_key_from_value(step->key);
    if (key.kind == KEY_INT)
        json_int(writer, key.index);
    else
        json_write_string(writer, key.text);
}

/* a.b and a["b"] have different keys, so both are listed. */
static Str traversal_key(Str address, const Traversal *traversal, size_t first, Arena *arena) {
    StrBuf key = strbuf_new(arena);
    strbuf_add(&key, address);
    for (size_t i = first; i < traversal->step_count; i++) {
        const TraversalStep *step = &traversal->steps[i];
        strbuf_add(&key, step->is_index
                             ? address_key_to_str(address_key_from_value(step->key), arena)
                             : str_format(arena, ".%.*s", STR_ARG(step->name)));
    }
    return strbuf_str(&key);
}

static void relevant_json_add_found(Search *search, Place place, const Reference *reference) {
    ResourceAddr address = {
        .module = place.address,
        .mode = reference->mode,
        .type = reference->type,
        .name = reference->name,
        .key = reference->key,
    };
    const Traversal *traversal = reference->traversal;
    size_t first = reference->used + (reference->key.kind == KEY_NONE ? 0 : 1);
    Str name = resource_addr_to_str(address, search->scratch);
    Str key = traversal_key(name, traversal, first, search->scratch);
    if (map_has(&search->found, key))
        return;
    StrBuf text = strbuf_new(search->scratch);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    json_key_string(&writer, "resource", name);
    json_key_array(&writer, "attribute");
    for (size_t i = first; i < traversal->step_count; i++)
        relevant_json_write_step(&writer, &traversal->steps[i]);
    json_array_end(&writer);
    json_object_end(&writer);
    Str *element = arena_new(search->scratch, Str);
    *element = strbuf_str(&text);
    map_set(&search->found, key, element);
}

/* A search through the body of a resource, or through one argument or block type of it. */
typedef struct BodySearch {
    Search *search;
    Place place;
    Str part; /* empty: the whole body */
} BodySearch;

static void visit_traversal(Traversal *traversal, void *payload) {
    const BodySearch *body = payload;
    Reference reference;
    Diags ignored = diags_new(body->search->scratch);
    if (reference_from_traversal(traversal, &reference, &ignored))
        follow_reference(body->search, body->place, &reference);
}

static void follow_body(BodySearch body, const Resource *resource) {
    const Decoded *decoded;
    Arena *scratch = body.search->scratch;
    Diags ignored = diags_new(scratch);
    Str source = provider_name_source(body.place.module, resource->provider.name);
    const Schema *schema =
        engine_find_schema(body.search->engine, resource->mode, source, resource->type);
    if (!schema || !decode_body(resource->body, schema, &decoded, scratch, &ignored))
        return;
    body.place.count = resource->count;
    body.place.for_each = resource->for_each;
    decode_each_traversal(decoded, body.part, visit_traversal, &body);
}

/* The first step after the resource selects the part of its body; deeper steps are ignored. */
static void follow_resource(Search *search, Place place, const Reference *reference) {
    Arena *scratch = search->scratch;
    ResourceAddr local = {
        .mode = reference->mode, .type = reference->type, .name = reference->name};
    Str name = resource_addr_to_str(local, scratch);
    const Resource *resource = map_find(&place.module->resources, name);
    const Traversal *traversal = reference->traversal;
    size_t at = reference->used + (reference->key.kind == KEY_NONE ? 0 : 1);
    BodySearch body = {search, place, STR_EMPTY};
    relevant_json_add_found(search, place, reference);
    if (at < traversal->step_count && !traversal->steps[at].is_index)
        body.part = traversal->steps[at].name;
    if (resource &&
        relevant_json_mark(search, "resource", place,
                           str_format(scratch, "%.*s %.*s", STR_ARG(name), STR_ARG(body.part))))
        follow_body(body, resource);
}

static void follow_output(Search *search, Place place, const Output *output) {
    if (relevant_json_mark(search, "output", place, output->name))
        follow_expression(search, place, output->expr);
}

static void follow_local(Search *search, Place place, Str name) {
    const Local *local = map_find(&place.module->locals, name);
    if (local && relevant_json_mark(search, "local", place, name))
        follow_expression(search, place, local->expr);
}

/* Follows the argument of the module call. */
static void follow_variable(Search *search, Place place, Str name) {
    const ModuleCall *call = place.module->call;
    if (!call || !relevant_json_mark(search, "variable", place, name))
        return;
    BodyContent content = {0};
    Diags ignored = diags_new(search->scratch);
    if (!body_attributes(call->body, BODY_EXPRESSION, &content, search->scratch, &ignored))
        return;
    const BodyAttribute *given = body_content_find(&content, str_to_cstr(name, search->scratch));
    if (given)
        follow_expression(search,
                          (Place){.module = place.module->parent, .address = place.address->parent},
                          given->expr);
}

static void follow_module(Search *search, Place place, const Reference *reference) {
    const ModuleCall *call = map_find(&place.module->calls, reference->name);
    if (!call || !call->module)
        return;
    Place child = {
        .module = call->module,
        .address = module_addr_child(place.address, call->name, reference->key, search->scratch),
    };
    const Traversal *traversal = reference->traversal;
    size_t next = reference->used + (reference->key.kind == KEY_NONE ? 0 : 1);
    bool names_output = next < traversal->step_count && !traversal->steps[next].is_index;
    if (names_output) {
        const Output *output = map_find(&call->module->outputs, traversal->steps[next].name);
        if (output)
            follow_output(search, child, output);
        return;
    }
    map_each(&call->module->outputs, entry) {
        follow_output(search, child, entry->value);
    }
}

/* count.index and each.value depend on the arguments that repeat the resource. The search does not
 * follow those of module calls. */
static void follow_repetition(Search *search, Place place, const Expr *expr) {
    follow_expression(search, (Place){.module = place.module, .address = place.address}, expr);
}

static void follow_reference(Search *search, Place place, const Reference *reference) {
    switch (reference->kind) {
    case REFERENCE_VARIABLE: follow_variable(search, place, reference->name); return;
    case REFERENCE_LOCAL: follow_local(search, place, reference->name); return;
    case REFERENCE_RESOURCE: follow_resource(search, place, reference); return;
    case REFERENCE_MODULE: follow_module(search, place, reference); return;
    case REFERENCE_COUNT: follow_repetition(search, place, place.count); return;
    case REFERENCE_EACH: follow_repetition(search, place, place.for_each); return;
    case REFERENCE_SELF:
    case REFERENCE_CALLER:
    case REFERENCE_PATH:
    case REFERENCE_TERRAFORM: return;
    }
}

static void follow_expression(Search *search, Place place, const Expr *expr) {
    References references = {0};
    Diags ignored = diags_new(search->scratch);
    if (!expr || !reference_collect(expr, &references, search->scratch, &ignored))
        return;
    vec_each(&references, reference) {
        follow_reference(search, place, reference);
    }
}

static bool relevant_json_find_place(const Module *root, const ModuleAddr *address, Place *out) {
    *out = (Place){.module = root};
    if (!address)
        return true;
    Place parent;
    if (!relevant_json_find_place(root, address->parent, &parent))
        return false;
    const ModuleCall *call = map_find(&parent.module->calls, address->name);
    if (!call || !call->module)
        return false;
    *out = (Place){.module = call->module, .address = address};
    return true;
}

static void follow_change(Search *search, const ResourceChange *change) {
    BodySearch body = {.search = search};
    if (!relevant_json_find_place(search->engine->config->root, change->address.module,
                                  &body.place))
        return;
    ResourceAddr local = {
        .mode = change->address.mode, .type = change->address.type, .name = change->address.name};
    Str name = resource_addr_to_str(local, search->scratch);
    /* A resource without a block has no expressions to follow. */
    const Resource *resource = map_find(&body.place.module->resources, name);
    Str whole = str_concat(name, STR(" "), search->scratch);
    if (resource && relevant_json_mark(search, "resource", body.place, whole))
        follow_body(body, resource);
}

/* Outputs of modules are not in the state, so the plan lists all of them, and they count as new. */
static void follow_module_output(Search *search, const PlanModuleOutput *named) {
    Place place;
    if (!relevant_json_find_place(search->engine->config->root, named->module, &place))
        return;
    const Output *output = map_find(&place.module->outputs, named->name);
    if (output)
        follow_output(search, place, output);
}

Str relevant_json_write(const Engine *engine, const Plan *plan, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("relevant attributes");
    Search search = {engine, map_new(scratch), map_new(scratch), scratch};
    vec_each(&plan->changes, change) {
        if (change->action != ACTION_NO_OP)
            follow_change(&search, change);
    }
    vec_each(&plan->module_outputs, named) {
        follow_module_output(&search, named);
    }
    Place root = {.module = engine->config->root};
    vec_each(&plan->outputs, change) {
        const Output *output = map_find(&root.module->outputs, change->name);
        if (output && change->action != ACTION_NO_OP)
            follow_output(&search, root, output);
    }
    StrBuf text = strbuf_new(arena);
    strbuf_add_char(&text, '[');
    map_each(&search.found, entry) {
        if (text.len > 1)
            strbuf_add_char(&text, ',');
        strbuf_add(&text, *(const Str *)entry->value);
    }
    strbuf_add_char(&text, ']');
    return strbuf_str(&text);
}
