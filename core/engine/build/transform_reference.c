/* Binds every name of the configuration to its node and adds the edges. A node depends on the nodes
 * that its expressions name, on the call of its module, and on its depends_on. */
#include "config_read.h"
#include "log.h"
#include "reference_check.h"
#include "transform.h"

typedef struct Binder {
    EngineWalk *walk;
    Node *node;           /* dependent node; NULL: console */
    EngineModule *module; /* module whose names are resolved */
    AllowedNames allowed;
    const Check *check; /* check whose assertions are bound; NULL: none */
    bool is_console;    /* every name is allowed */
    Diags *diags;
    /* Errors of the part that is being bound. `forms`: invalid references. `values`: names without
     * a value, dropped if should_hide_names is set. `results`: anything about the value that a name
     * has, dropped if there are other errors. */
    Diags forms;
    Diags values;
    Diags results;
    Diags selfs; /* arguments of a resource that refer to it: reported when it is planned */
    bool is_of_form;
    bool is_order;          /* binding depends_on: a self-reference of a resource is ignored */
    bool should_hide_names; /* a reference is invalid, so no reference of the part is evaluated */
    bool is_late;           /* the part is evaluated when an instance is planned */
    bool is_body;           /* binding the arguments of a resource */
    bool allows_own;        /* binding a provisioner of a resource that is not repeated */
    bool ok;
} Binder;

/* Returns the names that a block with these arguments allows. */
static AllowedNames allowed_by(const Expr *count, const Expr *for_each) {
    return (AllowedNames){.repetition = count      ? REPEAT_COUNT
                                        : for_each ? REPEAT_EACH
                                                   : REPEAT_NONE};
}

static void transform_reference_open_part(Binder *binder) {
    Arena *arena = binder->walk->arena;
    binder->forms = diags_new(arena);
    binder->values = diags_new(arena);
    binder->results = diags_new(arena);
    binder->selfs = diags_new(arena);
    binder->should_hide_names = false;
    binder->is_of_form = false;
}

/* Stores the errors of the part in the node. Without a node to visit, reports them at once. */
static void close_part(Binder *binder, const void *part) {
    Diags found = diags_new(binder->walk->arena);
    diags_append(&found, &binder->forms);
    if (!binder->should_hide_names)
        diags_append(&found, &binder->values);
    if (found.count == 0)
        diags_append(&found, &binder->results);
    bool is_late = binder->is_late || (binder->selfs.count > 0 && !diags_has_errors(&found));
    diags_append(&found, &binder->selfs);
    if (found.count == 0)
        return;
    binder->ok = binder->ok && (is_late || !diags_has_errors(&found));
    if (!part || !binder->node) {
        diags_append(binder->diags, &found);
        return;
    }
    PartErrors errors = {.part = part,
                         .diags = found,
                         .should_hide_names = binder->should_hide_names,
                         .is_of_form = binder->is_of_form,
                         .is_late = is_late};
    vec_push(binder->walk->arena, &binder->node->part_errors, errors);
}

static void depend(Binder *binder, const Node *on) {
    if (binder->node && on && binder->node != on)
        graph_add_edge(&binder->walk->graph, binder->node->id, on->id);
}

static void transform_reference_report_undeclared(Binder *binder, const Reference *reference,
                                                  const char *kind, const char *prefix,
                                                  Diags *diags) {
    StrVec names = {0};
    Str start = str_from_cstr(prefix);
    map_each(&binder->module->nodes, entry) {
        if (str_starts_with(entry->key, start))
            vec_push(binder->walk->arena, &names, str_after(entry->key, start.len));
    }
    Str path = binder->module->config->path;
    Str hint = str_did_you_mean(reference->name, names.items, names.count, binder->walk->arena);
    Str summary = str_format(diags->arena, "Reference to undeclared %s", kind);
    diags_error(diags, reference->range, str_to_cstr(summary, diags->arena),
                "No %s named \"%.*s\" has been declared in %s%.*s.%.*s", kind,
                STR_ARG(reference->name), path.len ? "" : "the root module", STR_ARG(path),
                STR_ARG(hint));
}

static Diags *reject_name(Binder *binder) {
    binder->should_hide_names = true;
    return &binder->forms;
}

static Node *transform_reference_find_named(Binder *binder, const Reference *reference,
                                            const char *prefix, const char *kind) {
    Str key = str_format(binder->walk->arena, "%s%.*s", prefix, STR_ARG(reference->name));
    Node *node = node_find(binder->module, key);
    if (!node)
        transform_reference_report_undeclared(
            binder, reference, kind, prefix,
            reference->kind == REFERENCE_MODULE ? reject_name(binder) : &binder->values);
    return node;
}

static Node *find_resource(Binder *binder, const Reference *reference) {
    static const char *const nouns[] = {
        [MODE_MANAGED] = "A managed resource",
        [MODE_DATA] = "A data resource",
        [MODE_EPHEMERAL] = "An ephemeral resource",
        [MODE_ACTION] = "An action",
        [MODE_LIST] = "A list resource",
    };
    Arena *arena = binder->walk->arena;
    Str prefix = resource_mode_prefix(reference->mode);
    Str type = str_format(arena, "%.*s%.*s.", STR_ARG(prefix), STR_ARG(reference->type));
    Node *node = node_find(binder->module, str_concat(type, reference->name, arena));
    if (node && node->kind == NODE_RESOURCE) /* the map also has keys like output.o */
        return node;
    Str wanted = str_concat(type, reference->name, arena);
    Str hint = map_did_you_mean(&binder->module->config->resources, wanted, arena);
    Str path = binder->module->config->path;
    diags_error(reject_name(binder), reference->range, "Reference to undeclared resource",
                "%s \"%.*s\" \"%.*s\" has not been declared in %s%.*s.%.*s", nouns[reference->mode],
                STR_ARG(reference->type), STR_ARG(reference->name),
                path.len ? "" : "the root module", STR_ARG(path), STR_ARG(hint));
    return NULL;
}

static bool transform_reference_is_within(const EngineModule *module, const EngineModule *outer) {
    while (module && module != outer)
        module = module->parent;
    return module == outer;
}

static bool is_part_of_check(const Node *node) {
    bool is_resource = node->kind == NODE_RESOURCE || node->kind == NODE_RESOURCE_VALUE;
    return node->kind == NODE_CHECK || (is_resource && node->as.resource->config->check);
}

/* A reference to the whole module depends on its value, which depends on every node of the module.
 * Checks are no part of the value, and data sources in them are read after everything else. */
static void depend_on_module(Binder *binder, const Node *call) {
    depend(binder, call->module_value);
    if (call->module_value->is_used || !binder->node)
        return;
    call->module_value->is_used = true;
    vec_each(&binder->walk->nodes, item) {
        if ((*item)->kind != NODE_PROVIDER &&
            transform_reference_is_within((*item)->module, call->child) && !is_part_of_check(*item))
            graph_add_edge(&binder->walk->graph, call->module_value->id, (*item)->id);
    }
}

/* With count, the value of a module call is a list, which has no outputs. */
static bool check_call_key(Binder *binder, const Binding *binding, SourceRange range) {
    if (!binding->node->as.call->count || binding->reference.key.kind != KEY_NONE)
        return true;
    return diags_fail(&binder->results, range, "Unsupported attribute",
                      "The module \"%.*s\" has \"count\", so a reference requires one instance, as "
                      "in module.%.*s[0], or all, as in module.%.*s[*].",
                      STR_ARG(binding->reference.name), STR_ARG(binding->reference.name),
                      STR_ARG(binding->reference.name));
}

static void transform_reference_warn_deprecated(Binder *binder, const Binding *binding,
                                                SourceRange range) {
    const Output *output = binding->output->as.output;
    if (output->deprecated.len == 0)
        return;
    Diag *diag = diags_warning(
        &binder->results, range, "Value derived from a deprecated source",
        "This value is derived from module.%.*s.%.*s, which is deprecated with the following "
        "message:\n%.*s",
        STR_ARG(binding->reference.name), STR_ARG(output->name), STR_ARG(output->deprecated));
    diag->is_deprecation = true;
    diag->is_remote = !config_module_is_local(binding->node->as.call);
}

/* module.m.out and module.m[k].out refer to one output. Any other reference is to the whole
 * module. */
static void bind_module(Binder *binder, Binding *binding) {
    Node *call = transform_reference_find_named(binder, &binding->reference, "module.", "module");
    if (!call)
        return;
    binding->node = call;
    depend(binder, call);
    const Traversal *traversal = binding->reference.traversal;
    size_t at = binding->reference.used + (binding->reference.key.kind != KEY_NONE ? 1 : 0);
    EngineModule *child = call->child;
    if (at < traversal->step_count && !traversal->steps[at].is_index) {
        if (!check_call_key(binder, binding, traversal->steps[at].range))
            return;
        Str name = traversal->steps[at].name;
        Str key = str_format(binder->walk->arena, "output.%.*s", STR_ARG(name));
        binding->output = node_find(child, key);
        if (binding->output) {
            depend(binder, binding->output);
            transform_reference_warn_deprecated(binder, binding, traversal->range);
            return;
        }
        Str hint = map_did_you_mean(&child->config->outputs, name, binder->walk->arena);
        diags_error(&binder->results, traversal->steps[at].range, "Unsupported attribute",
                    "This object does not have an attribute named \"%.*s\": module \"%.*s\" has no "
                    "output of that name.%.*s",
                    STR_ARG(name), STR_ARG(binding->reference.name), STR_ARG(hint));
        return;
    }
    depend_on_module(binder, call);
}

/* A resource that refers to itself is rejected only outside validation, and not in depends_on. */
static void reject_self(Binder *binder, const Binding *binding) {
    bool is_planned = binder->walk->phase != PHASE_VALIDATE && !binder->is_order;
    if (!is_planned && binder->node->kind == NODE_RESOURCE)
        return;
    diags_error(binder->is_body ? &binder->selfs : &binder->values, binding->reference.range,
                "Self-referential block", "Configuration for %.*s may not refer to itself.",
                STR_ARG(binding->node->name));
}

/* A reference to an attribute of a repeated resource needs a key. A reference to a resource that is
 * not repeated must have none. */
static bool transform_reference_check_key(Binder *binder, const Binding *binding) {
    const Reference *reference = &binding->reference;
    const Resource *config = binding->node->as.resource->config;
    const Traversal *traversal = reference->traversal;
    bool is_repeated = config->count || config->for_each;
    if (reference->key.kind != KEY_NONE) {
        if (is_repeated)
            return true;
        return diags_fail(reject_name(binder), reference->range, "Unexpected resource instance key",
                          "%.*s has neither \"count\" nor \"for_each\", so it has no instance "
                          "keys. Remove the key.",
                          STR_ARG(binding->node->name));
    }
    bool has_attribute = reference->used < traversal->step_count;
    if (!is_repeated || !has_attribute)
        return true;
    return diags_fail(reject_name(binder), reference->range, "Missing resource instance key",
                      "%.*s has \"%s\", so a reference requires an instance key, as in %.*s[%s].",
                      STR_ARG(binding->node->name), config->count ? "count" : "for_each",
                      STR_ARG(binding->node->name), config->count ? "count.index" : "each.key");
}

/* Checks the steps into an object by the schema of its type, from `at` on. */
static void check_steps(Binder *binder, const Reference *reference, const Node *node, size_t at) {
    const ObjectType *type = node->as.resource->type;
    size_t before = binder->forms.count;
    StepCheck check = {reference, node->name, node->as.resource->has_newer, &binder->forms,
                       &binder->results};
    if (type)
        reference_check_steps(&check, &type->schema, at);
    binder->should_hide_names |= binder->forms.count > before;
}

/* Returns the schema of the identity or the object of a list; NULL if the provider has none. */
static const Schema *listed_schema(const Node *node, bool is_identity) {
    const ResourceNode *list = node->as.resource;
    const ResourceType *type =
        list->provider
            ? registry_find_resource(list->provider->as.provider->provider, list->config->type)
            : NULL;
    return !type ? NULL : is_identity ? type->identity : &type->schema;
}

static void reject_list_step(Binder *binder, const Reference *reference, const char *expected) {
    diags_error(reject_name(binder), reference->range, "Invalid list resource traversal",
                "%s, as in list.TYPE.NAME.data[0].identity or list.TYPE.NAME.data[0].state.",
                expected);
}

/* Checks the steps .data[KEY].identity and .data[KEY].state, and those into these. */
static void check_list_steps(Binder *binder, const Reference *reference, const Node *node,
                             size_t at) {
    const Traversal *traversal = reference->traversal;
    const TraversalStep *steps = traversal->steps + at;
    size_t count = at < traversal->step_count ? traversal->step_count - at : 0;
    if (count > 0 && (steps[0].is_index || !str_equal_cstr(steps[0].name, "data"))) {
        reject_list_step(binder, reference, "The results of a list are its attribute \"data\"");
        return;
    }
    if (count > 1 && !steps[1].is_index) {
        reject_list_step(binder, reference, "\"data\" must be followed by an index");
        return;
    }
    if (count < 3)
        return;
    bool is_identity = !steps[2].is_index && str_equal_cstr(steps[2].name, "identity");
    if (!is_identity && (steps[2].is_index || !str_equal_cstr(steps[2].name, "state"))) {
        reject_list_step(binder, reference,
                         "A result has the attributes \"identity\" and \"state\"");
        return;
    }
    const Schema *schema = listed_schema(node, is_identity);
    size_t before = binder->forms.count;
    StepCheck check = {.reference = reference,
                       .resource = node->name,
                       .errors = &binder->forms,
                       .deprecations = &binder->results};
    if (schema)
        reference_check_steps(&check, schema, at + 3);
    binder->should_hide_names |= binder->forms.count > before;
}

static void check_object_steps(Binder *binder, const Binding *binding) {
    const Reference *reference = &binding->reference;
    size_t at = reference->used + (reference->key.kind != KEY_NONE ? 1 : 0);
    if (reference->mode == MODE_LIST)
        check_list_steps(binder, reference, binding->node, at);
    else
        check_steps(binder, reference, binding->node, at);
}

/* Only the check itself and the console can refer to its data source. */
static bool check_scoped(Binder *binder, const Binding *binding) {
    const Resource *config = binding->node->as.resource->config;
    if (!config->check || config->check == binder->check || binder->is_console)
        return true;
    return diags_fail(reject_name(binder), binding->reference.range, "Reference to scoped resource",
                      "%.*s belongs to the check \"%.*s\", and only the assertions of that check "
                      "can refer to it.",
                      STR_ARG(binding->node->name), STR_ARG(config->check->name));
}

static void use_resource(Binder *binder, const Binding *binding) {
    const Node *value = binding->node->as.resource->value;
    InstanceUse use = {value, binding->reference.key};
    depend(binder, value);
    if (binder->node)
        vec_push(binder->walk->arena, &binder->node->uses, use);
}

static bool invokes(const Expr *item, const Resource *action) {
    SCOPED(ArenaRef) scratch = arena_open("trigger");
    Diags ignored = diags_new(scratch);
    Traversal *root = config_read_reference_root(item);
    Reference reference;
    return root && reference_from_traversal(root, &reference, &ignored) &&
           reference.kind == REFERENCE_RESOURCE && reference.mode == MODE_ACTION &&
           str_equal(reference.type, action->type) && str_equal(reference.name, action->name);
}

/* Returns whether an action refers to a resource that triggers it. */
static bool is_caller(const Node *node, const Node *on) {
    if (!node || node->kind != NODE_RESOURCE || node->as.resource->config->mode != MODE_ACTION ||
        node->module != on->module)
        return false;
    vec_each(&on->as.resource->config->lifecycle.action_triggers, trigger) {
        vec_each(&trigger->actions, item) {
            if (invokes(*item, node->as.resource->config))
                return true;
        }
    }
    return false;
}

/* Such a reference has the value of the caller, and adds no edge: that would close a cycle. */
static void use_caller(Binder *binder, const Binding *binding) {
    if (binder->walk->phase == PHASE_APPLY)
        return; /* the plan has warned */
    diags_warning(&binder->results, binding->reference.range, "Reference to triggering resource",
                  "%.*s triggers this action. Refer to it as \"caller\", which is always the "
                  "instance that changes.",
                  STR_ARG(binding->node->name));
}

static void bind_resource(Binder *binder, Binding *binding) {
    binding->node = find_resource(binder, &binding->reference);
    if (!binding->node)
        return;
    if (binding->reference.mode == MODE_ACTION) {
        depend(binder, binding->node); /* its expansion precedes the changes that invoke it */
        vec_push(binder->walk->arena, &binder->node->as.resource->actions, binding->node);
        return;
    }
    if (!transform_reference_check_key(binder, binding) || !check_scoped(binder, binding))
        return;
    check_object_steps(binder, binding);
    if (binding->node == binder->node && binder->allows_own)
        return; /* the object is there, see provision.c */
    if (binding->node == binder->node)
        reject_self(binder, binding);
    else if (is_caller(binder->node, binding->node))
        use_caller(binder, binding);
    else
        use_resource(binder, binding);
}

static bool transform_reference_check_name(Binder *binder, const Binding *binding) {
    const Reference *reference = &binding->reference;
    bool is_self = reference->kind == REFERENCE_SELF;
    bool is_action = reference->kind == REFERENCE_RESOURCE && reference->mode == MODE_ACTION;
    Diags *diags = is_self || is_action ? &binder->forms : &binder->values;
    if (binder->is_console && !is_action)
        return true;
    if (!reference_check_name(binder->allowed, reference, diags)) {
        binder->should_hide_names |= is_self || is_action;
        return false;
    }
    if (is_self && binder->node && binder->node->kind == NODE_RESOURCE)
        check_steps(binder, reference, binder->node, 0);
    return true;
}

static void bind_traversal(Traversal *traversal, void *payload) {
    Binder *binder = payload;
    Binding *binding = arena_new(binder->walk->arena, Binding);
    traversal->binding = NULL;
    if (!reference_from_traversal(traversal, &binding->reference, &binder->forms)) {
        reference_check_root(traversal, &binder->values);
        return;
    }
    if (!transform_reference_check_name(binder, binding))
        return;
    switch (binding->reference.kind) {
    case REFERENCE_VARIABLE:
        binding->node =
            transform_reference_find_named(binder, &binding->reference, "var.", "input variable");
        depend(binder, binding->node);
        break;
    case REFERENCE_LOCAL:
        binding->node =
            transform_reference_find_named(binder, &binding->reference, "local.", "local value");
        if (binding->node && binding->node == binder->node)
            reject_self(binder, binding);
        else
            depend(binder, binding->node);
        break;
    case REFERENCE_RESOURCE: bind_resource(binder, binding); break;
    case REFERENCE_MODULE: bind_module(binder, binding); break;
    case REFERENCE_COUNT:
    case REFERENCE_EACH:
    case REFERENCE_SELF:
    case REFERENCE_CALLER:
    case REFERENCE_PATH:
    case REFERENCE_TERRAFORM: break;
    }
    traversal->binding = binding;
    log_debug("reference", log_text("in", binder->node ? binder->node->name : STR_EMPTY),
              log_text("root", traversal->root),
              log_text("to", binding->node ? binding->node->name : STR_EMPTY),
              log_text("output", binding->output ? binding->output->name : STR_EMPTY),
              log_number("steps", (int64_t)binding->reference.used),
              log_number("order", binder->is_order));
}

static void bind_expr(Binder *binder, const Expr *expr) {
    if (!expr)
        return;
    transform_reference_open_part(binder);
    expr_each_traversal(expr, bind_traversal, binder);
    close_part(binder, expr);
}

static void bind_conditions(Binder *binder, const Conditions *conditions) {
    vec_each(conditions, condition) {
        bind_expr(binder, condition->condition);
        bind_expr(binder, condition->error_message);
    }
}

/* An item of depends_on must name a whole object. */
static bool transform_reference_check_whole(Binder *binder, const Reference *reference) {
    const Traversal *traversal = reference->traversal;
    size_t used = reference->used + (reference->key.kind != KEY_NONE ? 1 : 0);
    if (reference->kind == REFERENCE_MODULE)
        used++; /* an output of the module */
    if (used >= traversal->step_count)
        return true;
    SourceRange range = source_range_join(traversal->steps[used].range,
                                          traversal->steps[traversal->step_count - 1].range);
    return diags_fail(&binder->forms, range, "Invalid depends_on reference",
                      "A dependency must be a whole resource, module, or other named object, "
                      "without attributes.");
}

/* After the first error, further items are parsed but not bound. */
static void bind_item(Binder *binder, Traversal *traversal, bool is_sound) {
    Reference reference;
    if (!reference_from_traversal(traversal, &reference, &binder->forms) ||
        !transform_reference_check_whole(binder, &reference) || !is_sound)
        return;
    bind_traversal(traversal, binder);
}

static void bind_depends_on(Binder *binder, const Traversals *traversals) {
    AllowedNames before = binder->allowed;
    Diags found = diags_new(binder->walk->arena);
    binder->allowed = (AllowedNames){0};
    binder->is_order = true;
    vec_each(traversals, item) {
        transform_reference_open_part(binder);
        bind_item(binder, *item, !diags_has_errors(&found));
        diags_append(&found, &binder->forms);
        diags_append(&found, &binder->values);
    }
    transform_reference_open_part(binder);
    diags_append(&binder->forms, &found);
    close_part(binder, traversals);
    binder->is_order = false;
    binder->allowed = before;
}

static void bind_triggers(Binder *binder, const Lifecycle *lifecycle) {
    AllowedNames before = binder->allowed;
    vec_each(&lifecycle->action_triggers, trigger) {
        binder->allowed.allows_self = true;
        bind_expr(binder, trigger->condition);
        binder->allowed = before;
        binder->allowed.allows_actions = true;
        vec_each(&trigger->actions, action) {
            bind_expr(binder, *action);
        }
        binder->allowed = before;
    }
}

static void bind_lifecycle(Binder *binder, const Lifecycle *lifecycle) {
    AllowedNames before = binder->allowed;
    binder->is_late = true;
    vec_each(&lifecycle->replace_triggered_by, expr) {
        bind_expr(binder, *expr);
    }
    binder->is_late = false;
    bind_triggers(binder, lifecycle);
    bind_conditions(binder, &lifecycle->preconditions);
    binder->allowed.allows_self = true;
    bind_conditions(binder, &lifecycle->postconditions);
    binder->allowed = (AllowedNames){0};
    bind_expr(binder, lifecycle->prevent_destroy);
    bind_expr(binder, lifecycle->enabled);
    binder->allowed = before;
}

/* Reference errors have precedence: further errors of the body may be consequences of them. */
static void bind_body(Binder *binder, const void *part, const Decoded *decoded,
                      const Diags *decoding) {
    transform_reference_open_part(binder);
    if (decoded)
        decode_each_traversal(decoded, STR_EMPTY, bind_traversal, binder);
    binder->is_of_form = binder->forms.count + binder->values.count + binder->results.count == 0;
    diags_append(&binder->results, decoding);
    close_part(binder, part);
}

static void bind_provisioners(Binder *binder, const ResourceNode *resource) {
    binder->allowed.allows_self = true;
    binder->allows_own =
        !resource->config || !(resource->config->count || resource->config->for_each);
    vec_each(&resource->provisioners, provisioner) {
        bind_body(binder, provisioner->config, provisioner->decoded, &provisioner->decoding);
        bind_body(binder, provisioner->connection, provisioner->connection,
                  &provisioner->connecting);
    }
    binder->allows_own = false;
}

static RepetitionKind repetition_of(InstanceKey key) {
    switch (key.kind) {
    case KEY_NONE:
    case KEY_UNKNOWN: break;
    case KEY_INT: return REPEAT_COUNT;
    case KEY_STRING: return REPEAT_EACH;
    }
    return REPEAT_NONE;
}

/* The block is gone, so the keys of its instances determine the repetition. */
static void bind_orphan(Binder *binder, const ResourceNode *resource) {
    if (resource->planned.count > 0)
        binder->allowed.repetition = repetition_of(resource->planned.items[0]->change->address.key);
    else if (resource->stored.count > 0 && resource->stored.items[0]->instances.count > 0)
        binder->allowed.repetition =
            repetition_of(resource->stored.items[0]->instances.items[0].key);
    bind_provisioners(binder, resource);
}

/* Binds the key in the module that specifies it. */
static void bind_provider_key(Binder *binder, const ProviderKey *key) {
    EngineModule *module = binder->module;
    AllowedNames allowed = binder->allowed;
    if (key->called) {
        const ModuleCall *call = key->called->config->call;
        binder->module = key->called->parent;
        binder->allowed = allowed_by(call->count, call->for_each);
    }
    bind_expr(binder, key->expr);
    binder->module = module;
    binder->allowed = allowed;
}

/* The import command evaluates no arguments of managed resources: their references only add edges,
 * and their errors do not matter. */
static bool is_body_evaluated(const Binder *binder, const Resource *config) {
    const PlanOptions *options = binder->walk->options;
    return config->mode != MODE_MANAGED || !options || !options->import;
}

static void bind_resource_node(Binder *binder, const ResourceNode *resource) {
    const Resource *config = resource->config;
    bind_expr(binder, config->count);
    bind_expr(binder, config->for_each);
    bind_depends_on(binder, &config->depends_on);
    binder->allowed = allowed_by(config->count, config->for_each);
    bind_provider_key(binder, &resource->provider_key);
    bind_expr(binder, config->include_resource);
    bind_expr(binder, config->limit);
    bind_lifecycle(binder, &config->lifecycle);
    if (!is_body_evaluated(binder, config)) {
        transform_reference_open_part(binder);
        if (resource->decoded)
            decode_each_traversal(resource->decoded, STR_EMPTY, bind_traversal, binder);
        return;
    }
    binder->allowed.allows_caller = config->mode == MODE_ACTION;
    binder->is_body = true;
    bind_body(binder, config->body, resource->decoded, &resource->decoding);
    binder->is_body = false;
    bind_provisioners(binder, resource);
}

static void bind_input(Binder *binder, const Node *node) {
    const ModuleCall *call = node->module->config->call;
    binder->module = node->module->parent;
    binder->allowed = allowed_by(call->count, call->for_each);
    bind_expr(binder, node->input);
}

/* A check depends on its data source even without a reference, because the read itself is
 * checked. */
static void bind_check(Binder *binder, const Check *check) {
    binder->check = check;
    bind_conditions(binder, &check->asserts);
    if (!check->data)
        return;
    Str key = str_format(binder->walk->arena, "data.%.*s.%.*s", STR_ARG(check->data->type),
                         STR_ARG(check->data->name));
    depend(binder, node_find(binder->module, key)->as.resource->value);
}

static void bind_import(Binder *binder, const Import *import) {
    bind_expr(binder, import->for_each);
    binder->allowed = allowed_by(NULL, import->for_each);
    bind_expr(binder, import->id);
    bind_expr(binder, import->identity);
    vec_each(&import->to.keys, key) {
        bind_expr(binder, key->expr);
    }
    binder->allowed = (AllowedNames){0};
}

static void bind_node(Binder *binder, Node *node) {
    switch (node->kind) {
    case NODE_VARIABLE:
        bind_conditions(binder, &node->as.variable->validations);
        if (node->input)
            bind_input(binder, node);
        return;
    case NODE_LOCAL: bind_expr(binder, node->as.local->expr); return;
    case NODE_OUTPUT:
        bind_expr(binder, node->as.output->expr);
        bind_depends_on(binder, &node->as.output->depends_on);
        bind_conditions(binder, &node->as.output->preconditions);
        return;
    case NODE_MODULE:
        bind_expr(binder, node->as.call->count);
        bind_expr(binder, node->as.call->for_each);
        bind_expr(binder, node->as.call->enabled);
        bind_depends_on(binder, &node->as.call->depends_on);
        return;
    case NODE_PROVIDER:
        if (node->as.provider->config) {
            bind_expr(binder, node->as.provider->config->for_each);
            binder->allowed = allowed_by(NULL, node->as.provider->config->for_each);
        }
        bind_body(binder, node->as.provider, node->as.provider->decoded,
                  &node->as.provider->decoding);
        return;
    case NODE_RESOURCE: bind_resource_node(binder, node->as.resource); return;
    case NODE_IMPORT: bind_import(binder, node->as.import); return;
    case NODE_ORPHAN: bind_orphan(binder, node->as.resource); return;
    case NODE_CHECK: bind_check(binder, node->as.check); return;
    case NODE_MODULE_VALUE:
    case NODE_RESOURCE_VALUE:
    case NODE_CHECK_START:
    case NODE_EPHEMERAL_CLOSE:
    case NODE_INVOKE:
    case NODE_DESTROY:
    case NODE_DESTROY_GATE: return;
    }
}

/* Validation starts the walk, and the visits report the errors. Any other phase reports all but
 * late errors now, and does not start the walk. */
bool transform_reference(EngineWalk *walk, Diags *diags) {
    bool ok = true;
    vec_each(&walk->nodes, item) {
        Node *node = *item;
        Binder binder = {
            .walk = walk, .node = node, .module = node->module, .diags = &node->errors, .ok = true};
        if (node->module->call)
            depend(&binder, node->module->call);
        bind_node(&binder, node);
        if (walk->phase == PHASE_VALIDATE)
            continue;
        node_report_errors(node, diags);
        ok = ok && binder.ok && !diags_has_errors(&node->errors);
    }
    return ok;
}

bool transform_bind(EngineWalk *walk, EngineModule *module, Traversal *traversal, Diags *diags) {
    Binder binder = {
        .walk = walk, .module = module, .diags = diags, .is_console = true, .ok = true};
    transform_reference_open_part(&binder);
    bind_traversal(traversal, &binder);
    close_part(&binder, NULL);
    return binder.ok;
}
