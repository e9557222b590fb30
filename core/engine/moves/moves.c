/* Applies each statement, in order, to all instances of a state. */
#include "moves.h"
#include "log.h"

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
    const MoveList *list;
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
static void moves_place_object(Run *run, Moving *moving) {
    MoveNumbers about = {0};
    arena_reset(run->scratch);
    count_place(run, moving->address, true);
    move_list_find(run->list, moving->address, &about, run->scratch);
    vec_each(&about, number) {
        vec_push(run->arena, &run->waiting[*number], moving);
    }
    log_debug("object placed",
              log_text("address", resource_addr_to_str(moving->address, run->scratch)),
              log_number("statements", (int64_t)about.count));
}

static const ModuleAddr *outer_module(const ModuleAddr *module, size_t depth) {
    size_t has = 0;
    for (const ModuleAddr *step = module; step; step = step->parent)
        has++;
    for (; has > depth; has--)
        module = module->parent;
    return module;
}

/* Returns true if the target is occupied. A module moves only to an address without a module, a
 * whole resource only to an address without instances, one instance only to a free address. */
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
    log_debug("move blocked", log_text("object", line));
}

/* Returns false with an error if the statement would change the type of the object, and `target` is
 * no managed resource of the configuration, whose provider could convert the object. */
static bool moves_check_type(Run *run, const MoveStatement *statement, const Moving *moving,
                             ResourceAddr target) {
    const MoveEnd *from = &statement->from, *to = &statement->to;
    if (!from->is_resource || (from->mode == to->mode && str_equal(from->type, to->type)))
        return true;
    bool is_managed = from->mode == MODE_MANAGED && to->mode == MODE_MANAGED;
    if (is_managed && move_list_find_declared(run->config, target, run->scratch))
        return true;
    return diags_fail(run->diags, statement->range, "Resource type mismatch",
                      "%.*s cannot become %.*s, because their resource types differ.",
                      STR_ARG(resource_addr_to_str(moving->address, run->scratch)),
                      STR_ARG(move_statement_end_text(to, run->arena)));
}

static void apply_statement(Run *run, size_t number) {
    const MoveStatement *statement = &run->list->statements.items[number];
    Movings *waiting = &run->waiting[number];
    log_debug("move applied", log_number("statement", (int64_t)number),
              log_number("objects", (int64_t)waiting->count));
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
        if (!moves_check_type(run, statement, moving, target))
            continue;
        if (is_blocked(run, statement, target)) {
            note_blocked(run, moving, target);
            continue;
        }
        vec_push(run->arena, &steps, (Step){moving, target});
        log_debug("move step", log_number("statement", (int64_t)number),
                  log_text("from", resource_addr_to_str(moving->address, run->scratch)),
                  log_text("to", resource_addr_to_str(target, run->scratch)));
    }
    vec_each(&steps, step) {
        arena_reset(run->scratch);
        count_place(run, step->moving->address, false);
        step->moving->address = step->target;
    }
    vec_each(&steps, step) {
        moves_place_object(run, step->moving);
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
    run->waiting = arena_new_array(run->arena, Movings, run->list->statements.count);
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
            moves_place_object(run, moving);
        }
    }
}

static const StateObject *object_of_source(const StateObject *object, const StateSource *source,
                                           Arena *arena) {
    StateObject *copy = arena_new(arena, StateObject);
    *copy = *object;
    copy->source = source;
    return copy;
}

/* Sets the source of all objects of the instance, whose type the move has changed. */
static void moves_set_source(StateInstance *instance, const Moving *moving, Arena *arena) {
    StateSource *source = arena_new(arena, StateSource);
    *source = (StateSource){moving->resource->provider_config.provider, moving->origin.type};
    size_t count = instance->deposed.count;
    const StateDeposed *deposed = instance->deposed.items;
    if (instance->current)
        instance->current = object_of_source(instance->current, source, arena);
    memset(&instance->deposed, 0, sizeof instance->deposed);
    for (size_t i = 0; i < count; i++) {
        StateDeposed moved = {deposed[i].key, object_of_source(deposed[i].object, source, arena)};
        vec_push(arena, &instance->deposed, moved);
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
        if (!str_equal(moving->origin.type, moving->address.type))
            moves_set_source(instance, moving, run->arena);
        if (resource_addr_equal(moving->origin, moving->address))
            continue;
        map_set(&moves->origins, resource_addr_to_str(moving->address, run->arena),
                (void *)&moving->origin);
        vec_push(run->arena, &moves->moved, moving->address);
        log_debug("instance moved",
                  log_text("address", resource_addr_to_str(moving->address, run->arena)),
                  log_text("from", resource_addr_to_str(moving->origin, run->arena)));
    }
    return state;
}

static void log_statements(const MoveList *list, Arena *scratch) {
    if (!log_enabled(LOG_DEBUG))
        return;
    vec_each(&list->statements, statement) {
        log_debug("move statement",
                  log_text("from", move_statement_end_text(&statement->from, scratch)),
                  log_text("to", move_statement_end_text(&statement->to, scratch)),
                  log_number("implied", statement->is_implied));
    }
}

void moves_apply(const Config *config, const State *prior, const State **out, Moves *moves,
                 Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("moves");
    StateResources stored = {0};
    GraphNodes order = {0};
    *out = prior;
    *moves = (Moves){.origins = map_new(arena),
                     .invalid = diags_new(arena),
                     .cycle = diags_new(arena),
                     .blocked = diags_new(arena)};
    state_sorted_resources(prior, &stored, arena);
    moves->list = move_list_new(config, &stored, arena, &moves->invalid);
    log_statements(&moves->list, scratch);
    if (moves->list.statements.count == 0 ||
        !move_list_sort(&moves->list, &order, arena, &moves->cycle))
        return;
    Run run = {.config = config,
               .list = &moves->list,
               .arena = arena,
               .scratch = scratch,
               .diags = &moves->invalid};
    collect_instances(&run, &stored);
    vec_each(&order, node) {
        apply_statement(&run, *node);
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

static void report_declared(MoveStatement *statement, Str declared, Str target, Diags *diags) {
    statement->is_reported = true;
    diags_error(diags, statement->range, "Moved object still exists",
                "%.*s was moved to %.*s, but the configuration still declares it. Rename or "
                "remove its block, or remove this one.",
                STR_ARG(declared), STR_ARG(target));
}

/* Returns true if the configuration has the block at this end, whatever instances it has. Modules
 * around it may have no instances if they are repeated: then only their instances count. */
static bool moves_has_block(const Config *config, const MoveEnd *end, Arena *scratch) {
    const Module *module = config->root;
    for (size_t i = 0; i < end->module_count; i++) {
        const ModuleCall *call = map_find(&module->calls, end->modules[i].name);
        if (!call)
            return false;
        if (!end->is_resource && i + 1 == end->module_count)
            return true;
        if (!call->module || call->count || call->for_each || call->enabled)
            return false;
        module = call->module;
    }
    ResourceAddr address = {.mode = end->mode, .type = end->type, .name = end->name};
    return map_find(&module->resources, resource_addr_to_config_str(address, scratch)) != NULL;
}

void moves_check_blocks(Moves *moves, const Config *config, Arena *scratch, Diags *diags) {
    vec_each(&moves->list.statements, statement) {
        if (statement->is_whole && !statement->is_implied && !statement->is_reported &&
            moves_has_block(config, &statement->from, scratch))
            report_declared(statement, move_statement_end_text(&statement->from, scratch),
                            move_statement_end_text(&statement->to, scratch), diags);
    }
}

void moves_check_declared(Moves *moves, ResourceAddr declared, Arena *scratch, Diags *diags) {
    MoveNumbers about = {0};
    move_list_find(&moves->list, declared, &about, scratch);
    vec_each(&about, number) {
        MoveStatement *statement = &moves->list.statements.items[*number];
        ResourceAddr target;
        if (statement->is_implied || statement->is_reported ||
            !move_statement_match(statement, declared, &target, scratch))
            continue;
        report_declared(statement, resource_addr_to_str(declared, scratch),
                        resource_addr_to_str(target, scratch), diags);
    }
}
