/* The console: evaluates expressions of a module instance with the values of the state, or with
 * those of a plan or apply if PlanOptions.console is set. */
#include "engine_walk.h"

#include "engine.h"
#include "node_visit.h"
#include "transform.h"

struct EngineConsole {
    EngineWalk *walk;
    ModuleScope base; /* resolves only bound names */
    Scope scope;      /* binds names before resolving them */
};

/* Expressions of users and tests are not part of the configuration, so their names are bound on
 * first use. */
static bool lookup_and_bind(const Scope *scope, const Traversal *traversal, Value *out,
                            size_t *used, Arena *arena, Diags *diags) {
    const EngineConsole *console = scope->self;
    if (!traversal->binding &&
        !transform_bind(console->walk, console->base.module->module, (Traversal *)traversal, diags))
        return false;
    return console->base.scope.lookup(&console->base.scope, traversal, out, used, arena, diags);
}

static void console_enter(EngineConsole *console, ModuleInstance *instance) {
    module_scope_init(&console->base, console->walk, instance);
    console->scope = console->base.scope;
    console->scope.self = console;
    console->scope.lookup = lookup_and_bind;
}

static EngineConsole *open_over(EngineWalk *walk, Arena *arena) {
    EngineConsole *console = arena_new(arena, EngineConsole);
    console->walk = walk;
    console_enter(console, walk->root->instances.items[0]);
    return console;
}

/* Returns the module of an address, whatever its keys; NULL if none. */
static EngineModule *console_find_module(EngineModule *root, const ModuleAddr *address) {
    if (!address)
        return root;
    EngineModule *parent = console_find_module(root, address->parent);
    return parent ? map_find(&parent->children, address->name) : NULL;
}

static void console_report_absent(const EngineModule *module, Str address, Diags *diags) {
    StrBuf known = strbuf_new(diags->arena);
    vec_each(&module->instances, instance) {
        strbuf_add_cstr(&known, "\n  ");
        strbuf_add(&known, module_addr_to_str((*instance)->address, diags->arena));
    }
    if (module->instances.count == 0)
        strbuf_add_cstr(&known, " none");
    Str list = strbuf_str(&known);
    diags_error(diags, NO_RANGE, "Unknown module instance",
                "The module call has no instance \"%.*s\". Its instances are:%.*s",
                STR_ARG(address), STR_ARG(list));
}

bool engine_console_enter(EngineConsole *console, const ModuleAddr *module, Diags *diags) {
    EngineModule *found = console_find_module(console->walk->root, module);
    Str address = module_addr_to_str(module, diags->arena);
    ModuleInstance *instance = found ? map_find(&found->instances_by_address, address) : NULL;
    if (instance)
        console_enter(console, instance);
    else if (found)
        console_report_absent(found, address, diags);
    else
        diags_error(diags, NO_RANGE, "Unknown module",
                    "The configuration calls no module \"%.*s\".", STR_ARG(address));
    return instance != NULL;
}

/* With -target, values that no selected node refers to are not built. The console needs them
 * too. */
static void console_add_values(EngineWalk *walk) {
    vec_each(&walk->nodes, item) {
        if ((*item)->kind != NODE_RESOURCE_VALUE || (*item)->is_selected)
            continue;
        NodeVisit visit = {.walk = walk,
                           .node = *item,
                           .keep = walk->arena,
                           .walk_arena = walk->arena,
                           .scratch = walk->arena};
        visit.diags = diags_new(walk->arena);
        (void)node_resource_value_visit(&visit);
    }
}

void engine_console_leave(EngineWalk *walk) {
    bool was_walked = walk->root && walk->root->instances.count > 0;
    if (!walk->options->console || !was_walked)
        return;
    console_add_values(walk);
    *walk->options->console = open_over(walk, walk->arena);
}

bool engine_console_open(const Engine *engine, const PlanOptions *options, const State *state,
                         EngineConsole **out, Arena *arena, Diags *diags) {
    size_t before = diags->error_count;
    EngineWalk *walk = engine_walk_open(engine, options, PHASE_EVALUATE, arena);
    walk->state = state;
    if (plan_graph_build(walk, diags))
        (void)node_visit_run(walk);
    engine_walk_close(walk, diags);
    if (diags->error_count != before)
        return false;
    *out = open_over(walk, arena);
    return true;
}

bool engine_console_output(const EngineConsole *console, Str name, Value *out) {
    EngineWalk *walk = console->walk;
    const Node *node = node_find(walk->root, str_concat(STR("output."), name, walk->arena));
    if (!node)
        return false;
    const Slot *slot = node_slot(node, walk->root->instances.items[0]);
    bool is_known = slot->is_set && value_is_known(slot->value);
    *out = is_known ? slot->value : value_unknown(&TYPE_DYNAMIC);
    if (slot->is_set && !is_known)
        *out = value_with_marks(*out, slot->value.marks);
    return true;
}

const Module *engine_console_module(const EngineConsole *console) {
    return console->base.module->module->config;
}

const Scope *engine_console_scope(const EngineConsole *console) {
    return &console->scope;
}
