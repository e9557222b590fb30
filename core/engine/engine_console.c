/* The console: expressions of the root module over what the state says. */
#include "engine_walk.h"
#include "plan_graph.h"
#include "transform.h"

struct EngineConsole {
    EngineWalk *walk;
    EvalScope base; /* knows only names that are bound */
    Scope scope;    /* binds them first */
};

/* What is typed was not there when the configuration's names were bound. */
static bool lookup_and_bind(const Scope *scope,
                            const Traversal *traversal,
                            Value *out,
                            size_t *used,
                            Arena *arena,
                            Diags *diags) {
    const EngineConsole *console = scope->self;
    EngineWalk *walk = console->walk;
    if (!traversal->binding && !transform_bind(walk, walk->root, (Traversal *)traversal, diags))
        return false;
    return console->base.scope.lookup(&console->base.scope, traversal, out, used, arena, diags);
}

bool engine_console_open(const Engine *engine,
                         const PlanOptions *options,
                         const State *state,
                         EngineConsole **out,
                         Arena *arena,
                         Diags *diags) {
    size_t before = diags->error_count;
    EngineWalk *walk = engine_walk_open(engine, options, PHASE_EVALUATE, arena);
    walk->state = state;
    if (plan_graph_build(walk, diags))
        (void)visit_run(walk);
    engine_walk_close(walk, diags);
    if (diags->error_count != before)
        return false;
    EngineConsole *console = arena_new(arena, EngineConsole);
    console->walk = walk;
    evaluate_scope_init(&console->base, walk, walk->root->instances.items[0]);
    console->scope = console->base.scope;
    console->scope.self = console;
    console->scope.lookup = lookup_and_bind;
    *out = console;
    return true;
}

const Scope *engine_console_scope(const EngineConsole *console) {
    return &console->scope;
}
