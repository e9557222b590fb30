/* Writes the configuration as plan JSON. */
#include "config_json.h"
#include "decode.h"
#include "eval.h"
#include "json.h"
#include "provider_name.h"
#include "version_constraint.h"

typedef struct Writing {
    JsonWriter writer;
    const Engine *engine;
    Arena *scratch;
    const Map *omitted; /* by address: resources of the root module; NULL: none */
    bool is_single;     /* omits expressions and schema versions */
} Writing;

/* An object that is omitted if it is empty: the writer and text length before its key, and the
 * offset of its content. */
typedef struct Optional {
    JsonWriter before;
    size_t length;
    size_t content;
} Optional;

static Optional open_optional(Writing *writing, const char *name) {
    const StrBuf *text = writing->writer.out;
    Optional optional = {.before = writing->writer, .length = text->len};
    json_key_object(&writing->writer, name);
    optional.content = text->len;
    return optional;
}

static void close_optional(Writing *writing, Optional optional) {
    StrBuf *text = writing->writer.out;
    if (text->len > optional.content) {
        json_object_end(&writing->writer);
        return;
    }
    text->len = optional.length;
    writing->writer = optional.before;
}

static void config_json_add_step(StrBuf *text, const TraversalStep *step) {
    if (!step->is_index) {
        strbuf_add_format(text, ".%.*s", STR_ARG(step->name));
        return;
    }
    InstanceKey key = address_key_from_value(step->key);
    strbuf_add(text, address_key_to_str(key, text->arena));
}

/* Returns the root and the first `steps` steps as text. */
static Str traversal_text(const Traversal *traversal, size_t steps, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    strbuf_add(&text, traversal->root);
    for (size_t i = 0; i < steps; i++)
        config_json_add_step(&text, &traversal->steps[i]);
    return strbuf_str(&text);
}

/* Returns the number of steps that name the referenced object. Further steps select parts of it. */
static size_t subject_steps(const Reference *reference) {
    const Traversal *traversal = reference->traversal;
    size_t steps = reference->used;
    bool has_key = reference->key.kind != KEY_NONE;
    if (has_key)
        steps++;
    bool is_output = reference->kind == REFERENCE_MODULE && steps < traversal->step_count &&
                     !traversal->steps[steps].is_index;
    return is_output ? steps + 1 : steps;
}

/* Writes the whole reference, then each shorter prefix down to the referenced object, and last the
 * resource without its key or, for an output, its module with its key. */
static void write_reference(Writing *writing, const Reference *reference) {
    const Traversal *traversal = reference->traversal;
    size_t least = subject_steps(reference);
    for (size_t steps = traversal->step_count; steps > least; steps--)
        json_write_string(&writing->writer, traversal_text(traversal, steps, writing->scratch));
    json_write_string(&writing->writer, traversal_text(traversal, least, writing->scratch));
    bool has_key = reference->key.kind != KEY_NONE;
    size_t inner = reference->used + (has_key ? 1 : 0);
    if (reference->kind == REFERENCE_MODULE && inner < least)
        json_write_string(&writing->writer, traversal_text(traversal, inner, writing->scratch));
    else if (has_key)
        json_write_string(&writing->writer,
                          traversal_text(traversal, reference->used, writing->scratch));
}

/* In YAML and JSON, each string with template sequences has its own source text. */
static bool is_string_template(const Expr *expr) {
    return expr->range.source && expr->range.source->outer;
}

static bool holds_string_template(const Expr *expr) {
    if (is_string_template(expr))
        return true;
    bool found = false;
    if (expr->kind == EXPR_TUPLE) {
        for (size_t i = 0; i < expr->as.parts.count && !found; i++)
            found = holds_string_template(expr->as.parts.items[i]);
    } else if (expr->kind == EXPR_OBJECT) {
        for (size_t i = 0; i < expr->as.object.count && !found; i++)
            found = holds_string_template(expr->as.object.items[i].key) ||
                    holds_string_template(expr->as.object.items[i].value);
    }
    return found;
}

static Value value_as_written(const Expr *expr, Arena *arena);

static Value object_as_written(const Expr *expr, Arena *arena) {
    size_t count = expr->as.object.count;
    Str *names = arena_new_array(arena, Str, count);
    Value *items = arena_new_array(arena, Value, count);
    for (size_t i = 0; i < count; i++) {
        const ExprItem *item = &expr->as.object.items[i];
        names[i] = value_text(value_as_written(item->key, arena));
        items[i] = value_as_written(item->value, arena);
    }
    return value_object(names, items, count, arena);
}

/* Returns the value that YAML or JSON source states. Strings stay as written, including template
 * sequences. */
static Value value_as_written(const Expr *expr, Arena *arena) {
    if (is_string_template(expr))
        return value_string(expr->range.source->bytes, arena);
    if (expr->kind == EXPR_OBJECT)
        return object_as_written(expr, arena);
    if (expr->kind != EXPR_TUPLE)
        return expr->as.literal;
    size_t count = expr->as.parts.count;
    Value *items = arena_new_array(arena, Value, count);
    for (size_t i = 0; i < count; i++)
        items[i] = value_as_written(expr->as.parts.items[i], arena);
    return value_tuple(items, count, arena);
}

static bool look_up_unknown(const Scope *scope, const Traversal *traversal, Value *out,
                            size_t *used, Arena *arena, Diags *diags) {
    (void)scope, (void)arena, (void)diags;
    *out = value_unknown(&TYPE_DYNAMIC);
    *used = traversal->step_count;
    return true;
}

static void note_name(Traversal *, void *payload) {
    *(bool *)payload = true;
}

static void note_call(const Expr *, void *payload) {
    *(bool *)payload = true;
}

static bool has_uses(const Expr *expr) {
    bool found = false;
    expr_each_use(expr, note_name, note_call, &found);
    return found;
}

/* A conditional with a constant condition: the branch that is not selected may contain
 * references. */
static bool is_decided(const Expr *expr) {
    while (expr->kind == EXPR_PARENS)
        expr = expr->as.inner;
    return expr->kind == EXPR_CONDITIONAL && !has_uses(expr->as.conditional.condition);
}

static bool find_constant(const Expr *expr, Value *out, Arena *arena) {
    if (holds_string_template(expr)) {
        *out = value_as_written(expr, arena);
        return true;
    }
    Diags ignored = diags_new(arena);
    Scope unknowns = {.lookup = look_up_unknown};
    return (!has_uses(expr) || is_decided(expr)) &&
           eval_expr(expr, &unknowns, out, arena, &ignored) && value_is_wholly_known(*out);
}

static void write_reference_list(Writing *writing, const References *references) {
    if (references->count == 0)
        return;
    json_key_array(&writing->writer, "references");
    vec_each(references, reference) {
        write_reference(writing, reference);
    }
    json_array_end(&writing->writer);
}

static void write_references(Writing *writing, const Expr *expr) {
    References references = {0};
    Diags ignored = diags_new(writing->scratch);
    if (reference_collect(expr, &references, writing->scratch, &ignored))
        write_reference_list(writing, &references);
}

static void write_expression_members(Writing *writing, const Expr *expr) {
    Value constant;
    if (find_constant(expr, &constant, writing->scratch)) {
        json_key(&writing->writer, STR("constant_value"));
        json_write_value(&writing->writer, constant);
    }
    write_references(writing, expr);
}

static void write_expression(Writing *writing, const Expr *expr) {
    json_object_start(&writing->writer);
    write_expression_members(writing, expr);
    json_object_end(&writing->writer);
}

static void write_optional_expression(Writing *writing, const char *name, const Expr *expr) {
    if (!expr || writing->is_single)
        return;
    Optional optional = open_optional(writing, name);
    write_expression_members(writing, expr);
    close_optional(writing, optional);
}

static void write_named_expression(Writing *writing, const char *name, const Expr *expr) {
    if (!expr || writing->is_single)
        return;
    json_key(&writing->writer, str_from_cstr(name));
    write_expression(writing, expr);
}

static void write_decoded(Writing *writing, const Decoded *decoded);

static void config_json_write_attribute(void *self, const char *name, const Expr *expr) {
    write_named_expression(self, name, expr);
}

typedef struct Collecting {
    Writing *writing;
    References references;
} Collecting;

static void collect_traversal(Traversal *traversal, void *payload) {
    Collecting *collecting = payload;
    Arena *scratch = collecting->writing->scratch;
    Diags ignored = diags_new(scratch);
    Reference reference;
    if (reference_from_traversal(traversal, &reference, &ignored))
        vec_push(scratch, &collecting->references, reference);
}

static int config_json_compare_references(const void *a, const void *b) {
    size_t left = ((const Reference *)a)->range.start, right = ((const Reference *)b)->range.start;
    return (left > right) - (left < right);
}

typedef struct UseSearch {
    Arena *scratch;
    bool found;
} UseSearch;

static void search_attribute(void *self, const char *name, const Expr *expr) {
    UseSearch *search = self;
    (void)name;
    search->found = search->found || has_uses(expr);
}

static void search_blocks(void *self, const DecodedGroup *group) {
    UseSearch *search = self;
    DecodedVisitor visitor = {search, search_attribute, search_blocks};
    for (size_t i = 0; i < group->count; i++)
        decode_visit(group->items[i], &visitor, search->scratch);
}

/* Writes the blocks that are the elements of an argument as one expression. */
static void write_elements(Writing *writing, const DecodedGroup *group) {
    Collecting collecting = {.writing = writing};
    Value *elements = arena_new_array(writing->scratch, Value, group->count);
    Scope unknowns = {.lookup = look_up_unknown};
    UseSearch search = {.scratch = writing->scratch};
    search_blocks(&search, group);
    bool is_constant = !search.found;
    for (size_t i = 0; i < group->count; i++) {
        Diags ignored = diags_new(writing->scratch);
        decode_each_traversal(group->items[i], STR_EMPTY, collect_traversal, &collecting);
        is_constant =
            is_constant &&
            decode_eval(group->items[i], &unknowns, &elements[i], writing->scratch, &ignored) &&
            value_is_wholly_known(elements[i]);
    }
    json_object_start(&writing->writer);
    if (is_constant) {
        json_key(&writing->writer, STR("constant_value"));
        json_write_value(&writing->writer, value_tuple(elements, group->count, writing->scratch));
    }
    if (collecting.references.count > 1)
        qsort(collecting.references.items, collecting.references.count,
              sizeof(*collecting.references.items), config_json_compare_references);
    write_reference_list(writing, &collecting.references);
    json_object_end(&writing->writer);
}

static void config_json_write_blocks(void *self, const DecodedGroup *group) {
    Writing *writing = self;
    json_key(&writing->writer, str_from_cstr(group->block->name));
    if (group->is_argument) {
        write_elements(writing, group);
        return;
    }
    bool single = group->block->nesting == NEST_SINGLE;
    bool map = group->block->nesting == NEST_MAP;
    if (map)
        json_object_start(&writing->writer);
    else if (!single)
        json_array_start(&writing->writer);
    for (size_t i = 0; i < group->count; i++) {
        if (map)
            json_key(&writing->writer, group->labels[i]);
        write_decoded(writing, group->items[i]);
        if (single)
            break;
    }
    if (map)
        json_object_end(&writing->writer);
    else if (!single)
        json_array_end(&writing->writer);
}

static void write_decoded_members(Writing *writing, const Decoded *decoded) {
    DecodedVisitor visitor = {writing, config_json_write_attribute, config_json_write_blocks,
                              .is_literal = true}; /* as in Terraform */
    decode_visit(decoded, &visitor, writing->scratch);
}

static void write_decoded(Writing *writing, const Decoded *decoded) {
    json_object_start(&writing->writer);
    write_decoded_members(writing, decoded);
    json_object_end(&writing->writer);
}

/* Writes the member `expressions` from the body. Writes nothing if that is empty, or the schema is
 * unknown, or the body does not conform to it. */
static void write_body(Writing *writing, const Body *body, const Schema *schema) {
    const Decoded *decoded;
    Diags ignored = diags_new(writing->scratch);
    if (!schema || writing->is_single ||
        !decode_body(body, schema, &decoded, writing->scratch, &ignored))
        return;
    Optional optional = open_optional(writing, "expressions");
    write_decoded_members(writing, decoded);
    close_optional(writing, optional);
}

static void write_inputs(Writing *writing, const Body *body) {
    BodyContent content = {0};
    Diags ignored = diags_new(writing->scratch);
    if (!body || writing->is_single ||
        !body_attributes(body, BODY_EXPRESSION, &content, writing->scratch, &ignored) ||
        content.attributes.count == 0) {
        return;
    }
    json_key_object(&writing->writer, "expressions");
    vec_each(&content.attributes, attribute) {
        json_key(&writing->writer, attribute->name);
        write_expression(writing, attribute->expr);
    }
    json_object_end(&writing->writer);
}

static void write_depends_on(Writing *writing, const Traversals *depends_on) {
    if (depends_on->count == 0)
        return;
    json_key_array(&writing->writer, "depends_on");
    vec_each(depends_on, traversal) {
        json_write_string(&writing->writer,
                          traversal_text(*traversal, (*traversal)->step_count, writing->scratch));
    }
    json_array_end(&writing->writer);
}

static Str address_in(const Writing *writing, const Module *module, Str name) {
    Str wanted = provider_name_source(module, name);
    const Provider *provider;
    Diags ignored = diags_new(writing->scratch);
    if (registry_find(writing->engine->registry, wanted, &provider, NO_RANGE, &ignored))
        return str_from_cstr(provider->address);
    return wanted;
}

/* Returns the last part of an address. */
static Str config_json_provider_type(Str address) {
    size_t at = address.len;
    while (at > 0 && address.ptr[at - 1] != '/')
        at--;
    return str_after(address, at);
}

static bool declares(const Module *module, Str name) {
    return map_has(&module->requirements, name) || map_has(&module->providers, name);
}

/* Returns whether the module has a configuration of the provider under this name: declared, or
 * implied by a resource whose provider has no name of that kind. */
static bool lists(const Writing *writing, const Module *module, Str name, Str address) {
    if (declares(module, name))
        return str_equal(address_in(writing, module, name), address);
    if (!str_equal(config_json_provider_type(address), name))
        return false;
    map_each(&module->requirements, entry) {
        if (str_equal(address_in(writing, module, entry->key), address))
            return true;
    }
    map_each(&module->resources, entry) {
        const Resource *resource = entry->value;
        if (str_equal(address_in(writing, module, resource->provider.name), address))
            return true;
    }
    return false;
}

typedef struct ProviderPlace {
    const Module *module;
    Str name;
    Str alias;
    Str address; /* of the provider */
} ProviderPlace;

/* Returns the provider configuration that a name in a module refers to. */
static ProviderPlace config_json_find_place(const Writing *writing, ProviderPlace from) {
    const Module *module = from.module;
    Str key = config_provider_key(from.name, from.alias, writing->scratch);
    if (map_has(&module->providers, key)) /* even if it only declares a passed configuration */
        return from;
    const ProviderRef *passed = module->call ? map_find(&module->call->providers, key) : NULL;
    if (passed)
        return config_json_find_place(
            writing, (ProviderPlace){module->parent, passed->name, passed->alias,
                                     address_in(writing, module->parent, passed->name)});
    bool is_own = from.alias.len > 0 || !module->parent ||
                  !lists(writing, module->parent, from.name, from.address);
    if (is_own)
        return from;
    from.module = module->parent;
    return config_json_find_place(writing, from);
}

static ProviderPlace config_json_find_named(const Writing *writing, const Module *module, Str name,
                                            Str alias) {
    return config_json_find_place(
        writing, (ProviderPlace){module, name, alias, address_in(writing, module, name)});
}

static Str place_key(ProviderPlace place, Arena *arena) {
    Str key = config_provider_key(place.name, place.alias, arena);
    if (place.module->path.len == 0)
        return key;
    return str_format(arena, "%.*s:%.*s", STR_ARG(place.module->path), STR_ARG(key));
}

/* Returns the constraints of the module on the provider, under all of its local names; as Terraform
 * also those of provider blocks. Empty: none. */
static Str constraint_of(const Writing *writing, const ProviderPlace *place) {
    StrVec all = {0};
    map_each(&place->module->requirements, entry) {
        const ProviderRequirement *requirement = entry->value;
        if (requirement->version.len > 0 &&
            str_equal(address_in(writing, place->module, requirement->name), place->address))
            vec_push(writing->scratch, &all, requirement->version);
    }
    map_each(&place->module->providers, entry) {
        const ProviderConfig *config = entry->value;
        if (config->version.len > 0 &&
            str_equal(address_in(writing, place->module, config->name), place->address))
            vec_push(writing->scratch, &all, config->version);
    }
    return version_constraint_normal(str_join(all.items, all.count, STR(", "), writing->scratch),
                                     writing->scratch);
}

static void write_provider(Writing *writing, ProviderPlace place, Str key) {
    const Module *module = place.module;
    Str address = place.address;
    const ProviderConfig *config = map_find(
        &module->providers, config_provider_key(place.name, place.alias, writing->scratch));
    bool is_declared = config || map_has(&module->requirements, place.name);
    Str constraint = is_declared ? constraint_of(writing, &place) : STR_EMPTY;
    json_key(&writing->writer, key);
    json_object_start(&writing->writer);
    json_key_string(&writing->writer, "name", place.name);
    json_key_string(&writing->writer, "full_name", address);
    if (place.alias.len)
        json_key_string(&writing->writer, "alias", place.alias);
    if (constraint.len > 0)
        json_key_string(&writing->writer, "version_constraint", constraint);
    if (module->path.len)
        json_key_string(&writing->writer, "module_address", module->path);
    const Provider *provider;
    Diags ignored = diags_new(writing->scratch);
    if (config && config->body &&
        registry_find(writing->engine->registry, address, &provider, NO_RANGE, &ignored)) {
        write_body(writing, config->body, &provider->schema);
    }
    json_object_end(&writing->writer);
}

static void config_json_add_place(Writing *writing, ProviderPlace place, Map *seen) {
    Str key = place_key(place, writing->scratch);
    if (map_has(seen, key))
        return;
    map_set(seen, key, seen);
    write_provider(writing, place, key);
}

/* Adds what the name refers to. Each provider of a module is also listed under the last part of its
 * address, unless the module declares that name. */
static void config_json_add_named(Writing *writing, const Module *module, Str name, Str alias,
                                  Map *seen) {
    Str address = address_in(writing, module, name);
    Str type = config_json_provider_type(address);
    config_json_add_place(writing, config_json_find_named(writing, module, name, alias), seen);
    if (!declares(module, type))
        config_json_add_place(
            writing,
            config_json_find_place(writing, (ProviderPlace){module, type, STR_EMPTY, address}),
            seen);
}

static void write_providers_of(Writing *writing, const Module *module, Map *seen) {
    map_each(&module->providers, entry) {
        const ProviderConfig *config = entry->value;
        Str address = address_in(writing, module, config->name);
        config_json_add_place(writing,
                              (ProviderPlace){module, config->name, config->alias, address}, seen);
    }
    map_each(&module->requirements, entry) {
        config_json_add_named(writing, module, entry->key, STR_EMPTY, seen);
    }
    map_each(&module->resources, entry) {
        const ProviderRef *ref = &((const Resource *)entry->value)->provider;
        config_json_add_named(writing, module, ref->name, ref->alias, seen);
    }
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        if (call->module)
            write_providers_of(writing, call->module, seen);
    }
}

static int config_json_compare_resources(const void *a, const void *b) {
    const Resource *left = *(const Resource *const *)a, *right = *(const Resource *const *)b;
    if (left->mode != right->mode)
        return left->mode < right->mode ? -1 : 1;
    int order = str_compare(left->type, right->type);
    return order ? order : str_compare(left->name, right->name);
}

static void write_provisioners(Writing *writing, const Resource *resource) {
    if (resource->provisioners.count == 0)
        return;
    json_key_array(&writing->writer, "provisioners");
    vec_each(&resource->provisioners, provisioner) {
        const ProvisionerType *type =
            provisioner_find(writing->engine->provisioners, provisioner->type);
        json_object_start(&writing->writer);
        json_key_string(&writing->writer, "type", provisioner->type);
        write_body(writing, provisioner->body, type ? &type->schema : NULL);
        json_object_end(&writing->writer);
    }
    json_array_end(&writing->writer);
}

static void config_json_write_resource(Writing *writing, const Module *module,
                                       const Resource *resource) {
    Arena *scratch = writing->scratch;
    JsonWriter *writer = &writing->writer;
    ResourceAddr address = {.mode = resource->mode, .type = resource->type, .name = resource->name};
    ProviderPlace place =
        config_json_find_named(writing, module, resource->provider.name, resource->provider.alias);
    const Schema *schema =
        engine_find_schema(writing->engine, resource->mode,
                           address_in(writing, module, resource->provider.name), resource->type);
    json_object_start(writer);
    json_key_string(writer, "address", resource_addr_to_str(address, scratch));
    json_key_string(writer, "mode", resource->mode == MODE_DATA ? STR("data") : STR("managed"));
    json_key_string(writer, "type", resource->type);
    json_key_string(writer, "name", resource->name);
    json_key_string(writer, "provider_config_key", place_key(place, scratch));
    write_provisioners(writing, resource);
    write_body(writing, resource->body, schema);
    if (!writing->is_single)
        json_key_int(writer, "schema_version", schema ? schema->version : 0);
    write_optional_expression(writing, "count_expression", resource->count);
    write_optional_expression(writing, "for_each_expression", resource->for_each);
    write_depends_on(writing, &resource->depends_on);
    json_object_end(writer);
}

static void write_action(Writing *writing, const Module *module, const Resource *action) {
    Arena *scratch = writing->scratch;
    JsonWriter *writer = &writing->writer;
    ResourceAddr address = {.mode = MODE_ACTION, .type = action->type, .name = action->name};
    json_object_start(writer);
    json_key_string(writer, "address", resource_addr_to_str(address, scratch));
    json_key_string(writer, "type", action->type);
    json_key_string(writer, "name", action->name);
    /* The configuration that the block names, even if the caller passes it. */
    ProviderPlace own = {module, action->provider.name, action->provider.alias, STR_EMPTY};
    json_key_string(writer, "provider_config_key", place_key(own, scratch));
    write_optional_expression(writing, "count_expression", action->count);
    write_optional_expression(writing, "for_each_expression", action->for_each);
    json_object_end(writer);
}

typedef void WriteResource(Writing *writing, const Module *module, const Resource *resource);

/* Writes the resources of two modes as a sorted array, without those that are omitted. */
static void config_json_write_resources(Writing *writing, const Module *module, const char *name,
                                        const ResourceMode modes[2], WriteResource *write) {
    const Resource **sorted =
        arena_new_array(writing->scratch, const Resource *, module->resources.count);
    size_t count = 0;
    map_each(&module->resources, entry) {
        const Resource *resource = entry->value;
        bool is_omitted =
            !module->parent && writing->omitted && map_has(writing->omitted, entry->key);
        if ((resource->mode == modes[0] || resource->mode == modes[1]) && !is_omitted)
            sorted[count++] = resource;
    }
    if (count == 0)
        return;
    qsort(sorted, count, sizeof *sorted, config_json_compare_resources);
    json_key_array(&writing->writer, name);
    for (size_t i = 0; i < count; i++)
        write(writing, module, sorted[i]);
    json_array_end(&writing->writer);
}

static void config_json_write_outputs(Writing *writing, const Module *module) {
    if (module->outputs.count == 0)
        return;
    json_key_object(&writing->writer, "outputs");
    map_each(&module->outputs, entry) {
        const Output *output = entry->value;
        json_key(&writing->writer, entry->key);
        json_object_start(&writing->writer);
        if (output->sensitive)
            json_key_bool(&writing->writer, "sensitive", true);
        write_named_expression(writing, "expression", output->expr);
        write_depends_on(writing, &output->depends_on);
        if (output->description.len)
            json_key_string(&writing->writer, "description", output->description);
        if (output->deprecated.len)
            json_key_string(&writing->writer, "deprecated", output->deprecated);
        json_object_end(&writing->writer);
    }
    json_object_end(&writing->writer);
}

static void config_json_write_variables(Writing *writing, const Module *module) {
    if (module->variables.count == 0)
        return;
    json_key_object(&writing->writer, "variables");
    map_each(&module->variables, entry) {
        const Variable *variable = entry->value;
        json_key(&writing->writer, entry->key);
        json_object_start(&writing->writer);
        if (variable->has_default) {
            json_key(&writing->writer, STR("default"));
            json_write_value(&writing->writer, variable->default_value);
        }
        if (variable->description.len)
            json_key_string(&writing->writer, "description", variable->description);
        if (variable->sensitive)
            json_key_bool(&writing->writer, "sensitive", true);
        if (variable->deprecated.len)
            json_key_string(&writing->writer, "deprecated", variable->deprecated);
        json_object_end(&writing->writer);
    }
    json_object_end(&writing->writer);
}

static void json_write_module(Writing *writing, const Module *module);

static void write_calls(Writing *writing, const Module *module) {
    if (module->calls.count == 0)
        return;
    json_key_object(&writing->writer, "module_calls");
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        json_key(&writing->writer, entry->key);
        json_object_start(&writing->writer);
        json_key_string(&writing->writer, "source", call->source);
        write_inputs(writing, call->body);
        write_optional_expression(writing, "count_expression", call->count);
        write_optional_expression(writing, "for_each_expression", call->for_each);
        if (call->module) {
            json_key(&writing->writer, STR("module"));
            json_write_module(writing, call->module);
        }
        write_depends_on(writing, &call->depends_on);
        json_object_end(&writing->writer);
    }
    json_object_end(&writing->writer);
}

/* Ephemeral resources are omitted, and actions are listed apart: the document describes persistent
 * objects only. */
static void json_write_module(Writing *writing, const Module *module) {
    static const ResourceMode objects[2] = {MODE_MANAGED, MODE_DATA};
    static const ResourceMode actions[2] = {MODE_ACTION, MODE_ACTION};
    json_object_start(&writing->writer);
    config_json_write_outputs(writing, module);
    config_json_write_resources(writing, module, "resources", objects, config_json_write_resource);
    config_json_write_resources(writing, module, "actions", actions, write_action);
    write_calls(writing, module);
    config_json_write_variables(writing, module);
    json_object_end(&writing->writer);
}

static Str write_configuration(const Engine *engine, const Map *omitted, bool is_single,
                               Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("configuration");
    StrBuf text = strbuf_new(arena);
    Writing writing = {
        .engine = engine, .scratch = scratch, .omitted = omitted, .is_single = is_single};
    json_writer_init(&writing.writer, &text, 0);
    json_object_start(&writing.writer);
    const Module *root = engine->config->root;
    Map seen = map_new(scratch);
    Optional providers = open_optional(&writing, "provider_config");
    write_providers_of(&writing, root, &seen);
    close_optional(&writing, providers);
    json_key(&writing.writer, STR("root_module"));
    json_write_module(&writing, root);
    json_object_end(&writing.writer);
    return strbuf_str(&text);
}

Str config_json_write(const Engine *engine, const Map *omitted, Arena *arena) {
    return write_configuration(engine, omitted, false, arena);
}

Str config_json_write_module(const Engine *engine, Arena *arena) {
    return write_configuration(engine, NULL, true, arena);
}
