/* Moves carried out: statements are put in order, and each is applied to all instances of a state.
 */
#include "moves.h"

#include "graph.h"
#include "move_statement.h"

typedef struct Moving {
    ResourceAddr origin;
    ResourceAddr address; /* so far */
    const StateResource *resource;
    const StateInstance *instance;
} Moving;

typedef VEC(Moving *) Movings;

typedef struct Run {
    const Config *config;
    MoveStatements statements;
    Movings all;
    Map by_address; /* text → Moving */
    Map blocks;     /* by address without key: one of its instances */
    Map modules; /* text of each module instance that holds anything, its parents too → Moving */
    StrVec blocked; /* "a is to be b" */
    bool has_moved;
    Arena *arena;
    Diags *diags;
} Run;

static const Resource *find_resource(const Config *config, ResourceAddr address, Arena *arena) {
    const ModuleAddr *chain[64];
    size_t depth = 0;
    for (const ModuleAddr *step = address.module; step; step = step->parent) {
        if (depth == ARRAY_COUNT(chain))
            return NULL;
        chain[depth++] = step;
    }
    const Module *module = config->root;
    while (module && depth-- > 0) {
        const ModuleCall *call = map_find(&module->calls, chain[depth]->name);
        module = call ? call->module : NULL;
    }
    address.module = NULL;
    return module ? map_find(&module->resources, resource_addr_to_config_str(address, arena))
                  : NULL;
}

static bool is_of_resource(const MoveEnd *end, const MoveEnd *like) {
    MoveEnd whole = *end;
    whole.key = like->key;
    return move_statement_same_end(&whole, like);
}

/* A statement that something leaves this resource, or comes to it, says all that there is to say.
 */
static bool is_stated(const Run *run, const MoveStatement *statement) {
    vec_each(&run->statements, other) {
        if (!other->is_implied && (is_of_resource(&other->from, &statement->from) ||
                                   is_of_resource(&other->to, &statement->from)))
            return true;
    }
    return false;
}

/* Keys are sorted: none, then 0. */
static bool has_instance(const StateResource *stored, InstanceKey key) {
    for (size_t i = 0; i < stored->instances.count && i < 2; i++)
        if (address_key_equal(stored->instances.items[i].key, key))
            return true;
    return false;
}

/* A count that came makes x[0] of x, one that went x of x[0]. */
static void imply(Run *run, const StateResource *stored) {
    static const InstanceKey first = {.kind = KEY_INT};
    const Resource *resource = stored->address.mode == MODE_MANAGED
                                   ? find_resource(run->config, stored->address, run->arena)
                                   : NULL;
    if (!resource || resource->for_each)
        return;
    InstanceKey from = resource->count ? KEY_ABSENT : first;
    InstanceKey to = resource->count ? first : KEY_ABSENT;
    if (!has_instance(stored, from) || has_instance(stored, to))
        return;
    MoveStatement statement =
        move_statement_implied(&stored->address, from, to, resource->range, run->arena);
    vec_each(&run->statements, other) {
        if (other->is_implied && move_statement_same_end(&other->from, &statement.from))
            return;
    }
    if (!is_stated(run, &statement))
        vec_push(run->arena, &run->statements, statement);
}

static bool check_pair(Run *run, const MoveStatement *a, const MoveStatement *b) {
    bool same_from = move_statement_same_end(&a->from, &b->from);
    bool same_to = move_statement_same_end(&a->to, &b->to);
    if (same_from == same_to)
        return true;
    SourcePos first = source_position(a->range.source, a->range.start);
    diags_error(run->diags, b->range, "Ambiguous move statements",
                "%.*s is moved %s %.*s here, and %s %.*s at %.*s, line %u. One object has one "
                "place: remove one of the two.",
                STR_ARG(move_statement_end_text(same_from ? &b->from : &b->to, run->arena)),
                same_from ? "to" : "here from",
                STR_ARG(move_statement_end_text(same_from ? &b->to : &b->from, run->arena)),
                same_from ? "to" : "from",
                STR_ARG(move_statement_end_text(same_from ? &a->to : &a->from, run->arena)),
                STR_ARG(a->range.source->path), first.line);
    return false;
}

static bool check_one(Run *run, const MoveStatement *statement) {
    const MoveEnd *from = &statement->from, *to = &statement->to;
    if (move_statement_same_end(from, to)) {
        diags_error(run->diags, statement->range, "Redundant move statement",
                    "\"from\" and \"to\" are both %.*s: nothing moves. Remove the block.",
                    STR_ARG(move_statement_end_text(from, run->arena)));
        return false;
    }
    if (!from->is_resource || str_equal(from->type, to->type))
        return true;
    diags_error(run->diags, statement->range, "Resource type mismatch",
                "%.*s cannot become %.*s: objects of one type are none of the other.",
                STR_ARG(move_statement_end_text(from, run->arena)),
                STR_ARG(move_statement_end_text(to, run->arena)));
    return false;
}

static bool check_statements(Run *run) {
    bool ok = true;
    for (size_t i = 0; i < run->statements.count; i++) {
        const MoveStatement *statement = &run->statements.items[i];
        if (statement->is_implied)
            continue;
        ok = check_one(run, statement) && ok;
        for (size_t k = 0; k < i; k++)
            ok = check_pair(run, &run->statements.items[k], statement) && ok;
    }
    return ok;
}

static void report_cycle(Run *run, const GraphNodes *cycle, Diags *out) {
    StrBuf text = strbuf_new(run->arena);
    vec_each(cycle, node) {
        const MoveStatement *statement = &run->statements.items[*node];
        strbuf_add_format(&text, "%s%.*s to %.*s", strbuf_str(&text).len ? ", " : "",
                          STR_ARG(move_statement_end_text(&statement->from, run->arena)),
                          STR_ARG(move_statement_end_text(&statement->to, run->arena)));
    }
    diags_error(out, run->statements.items[cycle->items[0]].range,
                "Cyclic dependency in move statements",
                "These moves lead back to where they begin, so there is no place where an object "
                "could stay: %.*s.",
                STR_ARG(strbuf_str(&text)))
        ->is_unplaced = true;
}

/* False: there is a circle. */
static bool sort_statements(Run *run, GraphNodes *order, Diags *out) {
    Graph graph = graph_new(run->arena);
    for (size_t i = 0; i < run->statements.count; i++)
        (void)graph_add_node(&graph, &run->statements.items[i]);
    for (GraphNode first = 0; first < run->statements.count; first++)
        for (GraphNode second = 0; second < run->statements.count; second++)
            if (first != second && move_statement_precedes(&run->statements.items[first],
                                                           &run->statements.items[second]))
                graph_add_edge(&graph, second, first);
    graph_finish(&graph);
    GraphNodes cycle = {0};
    if (graph_find_cycle(&graph, &cycle, run->arena)) {
        report_cycle(run, &cycle, out);
        return false;
    }
    graph_topological_order(&graph, order, run->arena);
    return true;
}

static void note_modules(Run *run, const ModuleAddr *module, Moving *moving) {
    for (; module; module = module->parent)
        map_set(&run->modules, module_addr_to_str(module, run->arena), moving);
}

static Str block_text(ResourceAddr address, Arena *arena) {
    address.key = KEY_ABSENT;
    return resource_addr_to_str(address, arena);
}

static void index_all(Run *run) {
    run->by_address = map_new(run->arena);
    run->blocks = map_new(run->arena);
    run->modules = map_new(run->arena);
    vec_each(&run->all, moving) {
        map_set(&run->by_address, resource_addr_to_str((*moving)->address, run->arena), *moving);
        map_set(&run->blocks, block_text((*moving)->address, run->arena), *moving);
        note_modules(run, (*moving)->address.module, *moving);
    }
}

static const ModuleAddr *outer_module(const ModuleAddr *module, size_t depth) {
    size_t has = 0;
    for (const ModuleAddr *step = module; step; step = step->parent)
        has++;
    for (; has > depth; has--)
        module = module->parent;
    return module;
}

/* A module moves as one: only to where no module is. So does a resource with all its instances. */
static bool is_blocked(const Run *run, const MoveStatement *statement, ResourceAddr target) {
    if (statement->to.is_resource && statement->is_whole)
        return map_has(&run->blocks, block_text(target, run->arena));
    if (statement->to.is_resource)
        return map_has(&run->by_address, resource_addr_to_str(target, run->arena));
    const ModuleAddr *module = outer_module(target.module, statement->to.module_count);
    return map_has(&run->modules, module_addr_to_str(module, run->arena));
}

typedef struct Step {
    Moving *moving;
    ResourceAddr target;
} Step;

static void carry_out(Run *run, const MoveStatement *statement) {
    VEC(Step) steps = {0};
    vec_each(&run->all, moving) {
        ResourceAddr target;
        if (!move_statement_match(statement, (*moving)->address, &target, run->arena))
            continue;
        if (is_blocked(run, statement, target)) {
            Str line = str_format(run->arena, "  %.*s is to be %.*s",
                                  STR_ARG(resource_addr_to_str((*moving)->address, run->arena)),
                                  STR_ARG(resource_addr_to_str(target, run->arena)));
            vec_push(run->arena, &run->blocked, line);
            continue;
        }
        Step step = {*moving, target};
        vec_push(run->arena, &steps, step);
    }
    vec_each(&steps, step) {
        step->moving->address = step->target;
    }
    if (steps.count > 0) {
        run->has_moved = true;
        index_all(run);
    }
}

static void warn_blocked(Run *run) {
    if (run->blocked.count == 0)
        return;
    diags_warning(run->diags, NO_RANGE, "Unresolved resource instance address changes",
                  "These objects cannot move, because another object is there:\n%.*s\nEach stays "
                  "where it is, and is planned as an object without configuration. Move or remove "
                  "the other one with \"loam state mv\" or \"loam state rm\" to let it in.",
                  STR_ARG(str_join(run->blocked.items, run->blocked.count, STR("\n"), run->arena)));
}

static void collect_instances(Run *run, const StateResources *resources) {
    vec_each(resources, item) {
        vec_each(&(*item)->instances, instance) {
            Moving *moving = arena_new(run->arena, Moving);
            moving->address = (*item)->address;
            moving->address.key = instance->key;
            moving->origin = moving->address;
            moving->resource = *item;
            moving->instance = instance;
            vec_push(run->arena, &run->all, moving);
        }
    }
    index_all(run);
}

static const State *rebuild(const Run *run, const State *prior, Moves *moves) {
    State *state = state_clone(prior, run->arena);
    state->resources = map_new(run->arena);
    vec_each(&run->all, item) {
        const Moving *moving = *item;
        StateInstance *instance = state_add_instance(state, moving->address);
        InstanceKey key = instance->key;
        *instance = *moving->instance;
        instance->key = key;
        StateResource *resource = state_find_resource(state, moving->address);
        resource->provider = moving->resource->provider;
        resource->provider_alias = moving->resource->provider_alias;
        resource->provider_module = moving->resource->provider_module;
        if (resource_addr_equal(moving->origin, moving->address))
            continue;
        map_set(&moves->origins, resource_addr_to_str(moving->address, run->arena),
                (void *)&moving->origin);
        vec_push(run->arena, &moves->moved, moving->address);
    }
    return state;
}

bool moves_apply(const Config *config,
                 const State *prior,
                 const State **out,
                 Moves *moves,
                 Arena *arena,
                 Diags *diags) {
    Run run = {.config = config, .arena = arena, .diags = diags};
    GraphNodes order = {0};
    *out = prior;
    *moves = (Moves){.origins = map_new(arena), .cycle = diags_new(arena)};
    move_statement_collect(config, &run.statements, arena);
    StateResources resources = {0};
    state_sorted_resources(prior, &resources, arena);
    vec_each(&resources, resource) {
        imply(&run, *resource);
    }
    if (run.statements.count == 0)
        return true;
    moves->statements = run.statements;
    if (!check_statements(&run))
        return false;
    if (!sort_statements(&run, &order, &moves->cycle))
        return true;
    collect_instances(&run, &resources);
    vec_each(&order, node) {
        carry_out(&run, &run.statements.items[*node]);
    }
    warn_blocked(&run);
    if (run.has_moved)
        *out = rebuild(&run, prior, moves);
    return true;
}

const ResourceAddr *moves_find_origin(const Moves *moves, ResourceAddr address, Arena *scratch) {
    if (moves->moved.count == 0)
        return NULL;
    return map_find(&moves->origins, resource_addr_to_str(address, scratch));
}

void moves_check_declared(Moves *moves, ResourceAddr declared, Arena *scratch, Diags *diags) {
    vec_each(&moves->statements, statement) {
        ResourceAddr target;
        if (statement->is_implied || statement->is_reported ||
            !move_statement_match(statement, declared, &target, scratch))
            continue;
        statement->is_reported = true;
        diags_error(diags, statement->range, "Moved object still exists",
                    "%.*s is said to be %.*s now, and is still declared in the configuration. "
                    "Rename or remove its block, or remove this one.",
                    STR_ARG(resource_addr_to_str(declared, scratch)),
                    STR_ARG(resource_addr_to_str(target, scratch)));
    }
}
