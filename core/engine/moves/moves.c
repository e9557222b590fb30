/* Applies moves: sorts the statements, then applies each to all instances of a state. */
#include "moves.h"

#include "graph.h"

typedef struct Moving {
    size_t number;
    ResourceAddr origin;
    ResourceAddr address; /* current address */
    const StateResource *resource;
    const StateInstance *instance;
} Moving;

typedef VEC(Moving *) Movings;

typedef struct Run {
    const Config *config;
    MoveStatements statements;
    MoveIndex index;
    Movings all;
    Movings *waiting; /* per statement: instances that it may match; some may have moved away */
    /* Number of instances at an address: text → size_t *. */
    Map by_address;
    Map blocks;     /* by address without key */
    Map modules;    /* by module instance; parents count too */
    StrVec blocked; /* "a is to be b": lines of the warning */
    bool has_moved;
    Arena *arena;
    Arena *scratch;
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

/* An explicit statement from or to this resource suppresses the implied one. */
static bool is_stated(const Run *run, const MoveStatement *statement) {
    MoveNumbers numbers = {0};
    move_index_any_key(&run->index, MOVE_FROM, &statement->from, &numbers, run->scratch);
    move_index_any_key(&run->index, MOVE_TO, &statement->from, &numbers, run->scratch);
    vec_each(&numbers, number) {
        const MoveStatement *other = &run->statements.items[*number];
        if (!other->is_implied && (is_of_resource(&other->from, &statement->from) ||
                                   is_of_resource(&other->to, &statement->from)))
            return true;
    }
    return false;
}

static bool is_implied_already(const Run *run, const MoveStatement *statement) {
    MoveNumbers numbers = {0};
    move_index_same(&run->index, MOVE_FROM, &statement->from, &numbers, run->scratch);
    vec_each(&numbers, number) {
        const MoveStatement *other = &run->statements.items[*number];
        if (other->is_implied && move_statement_same_end(&other->from, &statement->from))
            return true;
    }
    return false;
}

/* Keys are sorted, so no key and 0 are among the first two. */
static bool has_instance(const StateResource *stored, InstanceKey key) {
    for (size_t i = 0; i < stored->instances.count && i < 2; i++)
        if (address_key_equal(stored->instances.items[i].key, key))
            return true;
    return false;
}

/* Adding `count` moves x to x[0]; removing it moves x[0] to x. */
static void imply(Run *run, const StateResource *stored) {
    static const InstanceKey first = {.kind = KEY_INT};
    arena_reset(run->scratch);
    const Resource *resource = stored->address.mode == MODE_MANAGED
                                   ? find_resource(run->config, stored->address, run->scratch)
                                   : NULL;
    if (!resource || resource->for_each)
        return;
    InstanceKey from = resource->count ? KEY_ABSENT : first;
    InstanceKey to = resource->count ? first : KEY_ABSENT;
    if (!has_instance(stored, from) || has_instance(stored, to))
        return;
    MoveStatement statement =
        move_statement_implied(&stored->address, from, to, resource->range, run->arena);
    if (is_implied_already(run, &statement) || is_stated(run, &statement))
        return;
    move_index_add(&run->index, &statement, run->statements.count);
    vec_push(run->arena, &run->statements, statement);
}

static void check_pair(Run *run, const MoveStatement *a, const MoveStatement *b) {
    bool same_from = move_statement_same_end(&a->from, &b->from);
    bool same_to = move_statement_same_end(&a->to, &b->to);
    if (same_from == same_to)
        return;
    SourcePos first = source_text_position(a->range.source, a->range.start);
    diags_error(run->diags, b->range, "Ambiguous move statements",
                "%.*s is moved %s %.*s here, and %s %.*s at %.*s, line %u. An object can have only "
                "one address: remove one of the two blocks.",
                STR_ARG(move_statement_end_text(same_from ? &b->from : &b->to, run->arena)),
                same_from ? "to" : "here from",
                STR_ARG(move_statement_end_text(same_from ? &b->to : &b->from, run->arena)),
                same_from ? "to" : "from",
                STR_ARG(move_statement_end_text(same_from ? &a->to : &a->from, run->arena)),
                STR_ARG(a->range.source->path), first.line);
}

static void check_one(Run *run, MoveStatement *statement) {
    if (!move_statement_same_end(&statement->from, &statement->to))
        return;
    statement->is_reported = true;
    diags_error(run->diags, statement->range, "Redundant move statement",
                "\"from\" and \"to\" are both %.*s. Remove the block.",
                STR_ARG(move_statement_end_text(&statement->from, run->arena)));
}

static int compare_numbers(const void *a, const void *b) {
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    return (left > right) - (left < right);
}

/* Compares a statement with earlier ones that have the same source or target. */
static void check_pairs(Run *run, size_t at) {
    const MoveStatement *statement = &run->statements.items[at];
    MoveNumbers others = {0};
    move_index_same(&run->index, MOVE_FROM, &statement->from, &others, run->scratch);
    move_index_same(&run->index, MOVE_TO, &statement->to, &others, run->scratch);
    qsort(others.items, others.count, sizeof *others.items, compare_numbers);
    for (size_t i = 0; i < others.count && others.items[i] < at; i++)
        if (i == 0 || others.items[i] != others.items[i - 1])
            check_pair(run, &run->statements.items[others.items[i]], statement);
}

static void check_statements(Run *run) {
    for (size_t i = 0; i < run->statements.count; i++) {
        if (run->statements.items[i].is_implied)
            continue;
        arena_reset(run->scratch);
        check_one(run, &run->statements.items[i]);
        check_pairs(run, i);
    }
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
                "These moves form a circle: %.*s. Remove one of them.", STR_ARG(strbuf_str(&text)))
        ->subject = DIAG_RELATION;
}

static void add_edges(Run *run, GraphNode at, Graph *graph) {
    const MoveStatement *statement = &run->statements.items[at];
    MoveNumbers others = {0};
    arena_reset(run->scratch);
    move_index_related(&run->index, statement, &others, run->scratch);
    vec_each(&others, number) {
        const MoveStatement *other = &run->statements.items[*number];
        if (other == statement)
            continue;
        if (move_statement_precedes(statement, other))
            graph_add_edge(graph, (GraphNode)*number, at);
        if (move_statement_precedes(other, statement))
            graph_add_edge(graph, at, (GraphNode)*number);
    }
}

/* Returns false if the statements form a cycle. */
static bool sort_statements(Run *run, GraphNodes *order, Diags *out) {
    Graph graph = graph_new(run->arena);
    for (size_t i = 0; i < run->statements.count; i++)
        (void)graph_add_node(&graph, &run->statements.items[i]);
    for (GraphNode i = 0; i < run->statements.count; i++)
        add_edges(run, i, &graph);
    graph_finish(&graph);
    GraphNodes cycle = {0};
    if (graph_find_cycle(&graph, &cycle, run->arena)) {
        report_cycle(run, &cycle, out);
        return false;
    }
    graph_topological_order(&graph, order, run->arena);
    return true;
}

/* Increments or decrements the number of instances at a place. */
static void count_at(Run *run, Map *places, Str place, bool is_more) {
    size_t *count = map_find(places, place);
    if (!count) {
        count = arena_new(run->arena, size_t);
        map_set(places, str_clone(place, run->arena), count);
    }
    *count = is_more ? *count + 1 : *count - 1;
}

static bool is_occupied(const Map *places, Str place) {
    const size_t *count = map_find(places, place);
    return count && *count > 0;
}

static Str block_text(ResourceAddr address, Arena *arena) {
    address.key = KEY_ABSENT;
    return resource_addr_to_str(address, arena);
}

static void count_place(Run *run, ResourceAddr address, bool is_more) {
    Arena *scratch = run->scratch;
    count_at(run, &run->by_address, resource_addr_to_str(address, scratch), is_more);
    count_at(run, &run->blocks, block_text(address, scratch), is_more);
    for (const ModuleAddr *module = address.module; module; module = module->parent)
        count_at(run, &run->modules, module_addr_to_str(module, scratch), is_more);
}

/* Counts the instance at its current address, and queues it for the statements about that
 * address. */
static void settle(Run *run, Moving *moving) {
    MoveNumbers about = {0};
    arena_reset(run->scratch);
    count_place(run, moving->address, true);
    move_index_about(&run->index, moving->address, &about, run->scratch);
    vec_each(&about, number) {
        vec_push(run->arena, &run->waiting[*number], moving);
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

/* A module moves as a whole, only to an address without a module. A whole resource moves only to an
 * address without instances. */
static bool is_blocked(const Run *run, const MoveStatement *statement, ResourceAddr target) {
    if (statement->to.is_resource && statement->is_whole)
        return is_occupied(&run->blocks, block_text(target, run->scratch));
    if (statement->to.is_resource)
        return is_occupied(&run->by_address, resource_addr_to_str(target, run->scratch));
    const ModuleAddr *module = outer_module(target.module, statement->to.module_count);
    return is_occupied(&run->modules, module_addr_to_str(module, run->scratch));
}

typedef struct Step {
    Moving *moving;
    ResourceAddr target;
} Step;

static int compare_movings(const void *a, const void *b) {
    const Moving *left = *(Moving *const *)a, *right = *(Moving *const *)b;
    return (left->number > right->number) - (left->number < right->number);
}

static void note_blocked(Run *run, const Moving *moving, ResourceAddr target) {
    Str line = str_format(run->arena, "  %.*s is to be %.*s",
                          STR_ARG(resource_addr_to_str(moving->address, run->scratch)),
                          STR_ARG(resource_addr_to_str(target, run->scratch)));
    vec_push(run->arena, &run->blocked, line);
}

/* An object cannot change its type. */
static bool check_type(Run *run, const MoveStatement *statement, const Moving *moving) {
    const MoveEnd *from = &statement->from, *to = &statement->to;
    if (!from->is_resource || (from->mode == to->mode && str_equal(from->type, to->type)))
        return true;
    diags_error(run->diags, statement->range, "Resource type mismatch",
                "%.*s cannot become %.*s, because their resource types differ.",
                STR_ARG(resource_addr_to_str(moving->address, run->scratch)),
                STR_ARG(move_statement_end_text(to, run->arena)));
    return false;
}

static void carry_out(Run *run, size_t number) {
    const MoveStatement *statement = &run->statements.items[number];
    Movings *waiting = &run->waiting[number];
    VEC(Step) steps = {0};
    if (move_statement_same_end(&statement->from, &statement->to))
        return;
    if (waiting->count > 1)
        qsort(waiting->items, waiting->count, sizeof *waiting->items, compare_movings);
    for (size_t i = 0; i < waiting->count; i++) {
        Moving *moving = waiting->items[i];
        ResourceAddr target;
        bool is_again = i > 0 && moving == waiting->items[i - 1];
        if (is_again || !move_statement_match(statement, moving->address, &target, run->arena))
            continue;
        arena_reset(run->scratch);
        if (!check_type(run, statement, moving))
            continue;
        if (is_blocked(run, statement, target)) {
            note_blocked(run, moving, target);
            continue;
        }
        vec_push(run->arena, &steps, (Step){moving, target});
    }
    vec_each(&steps, step) {
        arena_reset(run->scratch);
        count_place(run, step->moving->address, false);
        step->moving->address = step->target;
    }
    vec_each(&steps, step) {
        settle(run, step->moving);
    }
    run->has_moved |= steps.count > 0;
}

static void warn_blocked(Run *run, Diags *diags) {
    if (run->blocked.count == 0)
        return;
    diags_warning(
        diags, NO_RANGE, "Unresolved resource instance address changes",
        "These objects cannot move, because another object has the address:\n"
        "%.*s\n"
        "They remain at their addresses, and are planned as objects without configuration. To free "
        "the address, move or remove the other object with \"loam state mv\" or \"loam state rm\".",
        STR_ARG(str_join(run->blocked.items, run->blocked.count, STR("\n"), run->arena)));
}

static void collect_instances(Run *run, const StateResources *resources) {
    run->by_address = map_new(run->arena);
    run->blocks = map_new(run->arena);
    run->modules = map_new(run->arena);
    run->waiting = arena_new_array(run->arena, Movings, run->statements.count);
    vec_each(resources, item) {
        vec_each(&(*item)->instances, instance) {
            Moving *moving = arena_new(run->arena, Moving);
            moving->number = run->all.count;
            moving->address = (*item)->address;
            moving->address.key = instance->key;
            moving->origin = moving->address;
            moving->resource = *item;
            moving->instance = instance;
            vec_push(run->arena, &run->all, moving);
            settle(run, moving);
        }
    }
}

static const State *rebuild(const Run *run, const State *prior, Moves *moves) {
    State *state = arena_new(run->arena, State);
    *state = *prior;
    state->arena = run->arena;
    state->resources = map_new(run->arena);
    vec_each(&run->all, item) {
        const Moving *moving = *item;
        StateInstance *instance = state_add_instance(state, moving->address);
        InstanceKey key = instance->key;
        *instance = *moving->instance;
        instance->key = key;
        StateResource *resource = state_find_resource(state, moving->address);
        resource->provider_config = moving->resource->provider_config;
        if (resource_addr_equal(moving->origin, moving->address))
            continue;
        map_set(&moves->origins, resource_addr_to_str(moving->address, run->arena),
                (void *)&moving->origin);
        vec_push(run->arena, &moves->moved, moving->address);
    }
    return state;
}

void moves_apply(
    const Config *config, const State *prior, const State **out, Moves *moves, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("moves");
    Run run = {.config = config,
               .index = move_index_new(arena),
               .arena = arena,
               .scratch = scratch,
               .diags = &moves->invalid};
    GraphNodes order = {0};
    *out = prior;
    *moves = (Moves){.origins = map_new(arena),
                     .invalid = diags_new(arena),
                     .cycle = diags_new(arena),
                     .blocked = diags_new(arena)};
    move_statement_collect(config, &run.statements, arena);
    for (size_t i = 0; i < run.statements.count; i++)
        move_index_add(&run.index, &run.statements.items[i], i);
    StateResources resources = {0};
    state_sorted_resources(prior, &resources, arena);
    vec_each(&resources, resource) {
        imply(&run, *resource);
    }
    if (run.statements.count == 0)
        return;
    moves->statements = run.statements;
    moves->index = run.index;
    check_statements(&run);
    if (!sort_statements(&run, &order, &moves->cycle))
        return;
    collect_instances(&run, &resources);
    vec_each(&order, node) {
        carry_out(&run, *node);
    }
    warn_blocked(&run, &moves->blocked);
    if (run.has_moved)
        *out = rebuild(&run, prior, moves);
}

const ResourceAddr *moves_find_origin(const Moves *moves, ResourceAddr address, Arena *scratch) {
    if (moves->moved.count == 0)
        return NULL;
    return map_find(&moves->origins, resource_addr_to_str(address, scratch));
}

void moves_check_declared(Moves *moves, ResourceAddr declared, Arena *scratch, Diags *diags) {
    MoveNumbers about = {0};
    move_index_about(&moves->index, declared, &about, scratch);
    vec_each(&about, number) {
        MoveStatement *statement = &moves->statements.items[*number];
        ResourceAddr target;
        if (statement->is_implied || statement->is_reported ||
            !move_statement_match(statement, declared, &target, scratch))
            continue;
        statement->is_reported = true;
        diags_error(diags, statement->range, "Moved object still exists",
                    "%.*s was moved to %.*s, but the configuration still declares it. Rename or "
                    "remove its block, or remove this one.",
                    STR_ARG(resource_addr_to_str(declared, scratch)),
                    STR_ARG(resource_addr_to_str(target, scratch)));
    }
}
