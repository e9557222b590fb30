/* Adds nodes for every block of every module of the configuration. */
#include "transform.h"

static Str transform_config_qualified(EngineWalk *walk, const EngineModule *module, Str name) {
    if (module->config->path.len == 0)
        return name;
    return str_format(walk->arena, "%.*s.%.*s", STR_ARG(module->config->path), STR_ARG(name));
}

static Node *transform_config_add_block(EngineWalk *walk, EngineModule *module, NodeKind kind,
                                        const char *prefix, Str name, SourceRange range) {
    Str key = str_format(walk->arena, "%s.%.*s", prefix, STR_ARG(name));
    return node_add(walk, module, kind, key, transform_config_qualified(walk, module, key), range);
}

static void transform_config_add_resource(EngineWalk *walk, EngineModule *module,
                                          const MapEntry *entry) {
    const Resource *config = entry->value;
    Str name = transform_config_qualified(walk, module, entry->key);
    Node *node = node_add(walk, module, NODE_RESOURCE, entry->key, name, config->range);
    ResourceNode *resource = arena_new(walk->arena, ResourceNode);
    resource->config = config;
    resource->address = str_clone(name, walk->kept); /* `dependencies` point at it */
    resource->local_address = entry->key;
    resource->create_before_destroy = config->lifecycle.create_before_destroy;
    node->as.resource = resource;
    resource->value = node_add(walk, module, NODE_RESOURCE_VALUE, STR_EMPTY, name, config->range);
    resource->value->as.resource = resource;
    graph_add_edge(&walk->graph, resource->value->id, node->id);
}

static bool bind_inputs(EngineWalk *walk, EngineModule *child, const ModuleCall *call,
                        Diags *diags) {
    BodyContent inputs = {0};
    if (!body_attributes(call->body, BODY_EXPRESSION, &inputs, walk->arena, diags))
        return false;
    bool ok = true;
    vec_each(&inputs.attributes, input) {
        Str key = str_format(walk->arena, "var.%.*s", STR_ARG(input->name));
        Node *variable = node_find(child, key);
        if (variable) {
            variable->input = input->expr;
            continue;
        }
        ok = false;
        Str hint = map_did_you_mean(&child->config->variables, input->name, walk->arena);
        diags_error(diags, input->name_range, "Unsupported argument",
                    "The module has no input variable \"%.*s\".%.*s", STR_ARG(input->name),
                    STR_ARG(hint));
    }
    return ok;
}

static bool require_inputs(const EngineModule *child, const ModuleCall *call, Diags *diags) {
    bool ok = true;
    map_each(&child->nodes, entry) {
        const Node *node = entry->value;
        if (node->kind != NODE_VARIABLE || node->input || node->as.variable->has_default)
            continue;
        const Variable *variable = node->as.variable;
        diags_error(
            diags, call->range, "Missing required argument",
            "The argument \"%.*s\" is required by module \"%.*s\", but no definition was found.",
            STR_ARG(variable->name), STR_ARG(call->name));
        ok = false;
    }
    return ok;
}

static EngineModule *transform_config_add_module(EngineWalk *walk, EngineModule *parent,
                                                 const Module *config, Node *call) {
    EngineModule *module = arena_new(walk->arena, EngineModule);
    module->config = config;
    module->parent = parent;
    module->call = call;
    module->nodes = map_new(walk->arena);
    module->children = map_new(walk->arena);
    module->providers = map_new(walk->arena);
    vec_push(walk->arena, &walk->modules, module);
    return module;
}

static void add_call(EngineWalk *walk, EngineModule *module, const ModuleCall *call) {
    if (!call->module)
        return; /* reported when the module was loaded */
    Node *node =
        transform_config_add_block(walk, module, NODE_MODULE, "module", call->name, call->range);
    node->as.call = call;
    EngineModule *child = transform_config_add_module(walk, module, call->module, node);
    node->child = child;
    node->module_value =
        node_add(walk, module, NODE_MODULE_VALUE, STR_EMPTY, node->name, call->range);
    node->module_value->as.call = call;
    node->module_value->child = child;
    graph_add_edge(&walk->graph, node->module_value->id, node->id);
    map_set(&module->children, call->name, child);
}

static void transform_config_add_values(EngineWalk *walk, EngineModule *module) {
    map_each(&module->config->variables, entry) {
        const Variable *variable = entry->value;
        transform_config_add_block(walk, module, NODE_VARIABLE, "var", variable->name,
                                   variable->range)
            ->as.variable = variable;
    }
    map_each(&module->config->locals, entry) {
        const Local *local = entry->value;
        transform_config_add_block(walk, module, NODE_LOCAL, "local", local->name, local->range)
            ->as.local = local;
    }
    map_each(&module->config->outputs, entry) {
        const Output *output = entry->value;
        transform_config_add_block(walk, module, NODE_OUTPUT, "output", output->name, output->range)
            ->as.output = output;
    }
    map_each(&module->config->checks, entry) {
        const Check *check = entry->value;
        Str name = str_format(walk->arena, "check.%.*s", STR_ARG(check->name));
        node_add(walk, module, NODE_CHECK, STR_EMPTY,
                 transform_config_qualified(walk, module, name), check->range)
            ->as.check = check;
    }
}

/* Breadth first: walk->modules grows while children are added. */
bool transform_config(EngineWalk *walk, Diags *diags) {
    bool ok = true;
    walk->root = transform_config_add_module(walk, NULL, walk->engine->config->root, NULL);
    for (size_t i = 0; i < walk->modules.count; i++) {
        EngineModule *module = walk->modules.items[i];
        transform_config_add_values(walk, module);
        if (module->call) {
            ok = bind_inputs(walk, module, module->config->call, diags) && ok;
            ok = require_inputs(module, module->config->call, diags) && ok;
        }
        map_each(&module->config->resources, entry) {
            transform_config_add_resource(walk, module, entry);
        }
        map_each(&module->config->calls, entry) {
            add_call(walk, module, entry->value);
        }
    }
    return ok;
}
