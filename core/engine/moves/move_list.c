/* Collects and orders statements. Maps lead from the text of an end to statements; the text has the
 * names of modules and resource, and may have the last key. */
#include "move_list.h"

typedef enum MoveSide { MOVE_FROM, MOVE_TO } MoveSide;

/* Returns the number of module calls around the module; 0 for the root module. */
static size_t module_depth(const Module *module) {
    return module->parent ? module_depth(module->parent) + 1 : 0;
}

static void fill_addr(const ModuleAddr *module, MoveStep *steps, bool is_any) {
    for (size_t i = module_addr_depth(module); i-- > 0; module = module->parent)
        steps[i] = (MoveStep){module->name, is_any ? KEY_ABSENT : module->key, is_any};
}

static MoveEnd move_list_end_of(const Module *module, const AddressTarget *target, Arena *arena) {
    const ModuleAddr *inner = target->is_resource ? target->resource.module : target->module;
    size_t depth = module_depth(module);
    MoveEnd end = {
        .module_count = depth + module_addr_depth(inner),
        .is_resource = target->is_resource,
        .mode = target->resource.mode,
        .type = target->resource.type,
        .name = target->resource.name,
        .key = target->resource.key,
    };
    end.modules = arena_new_array(arena, MoveStep, end.module_count ? end.module_count : 1);
    for (size_t i = depth; i-- > 0; module = module->parent)
        end.modules[i] = (MoveStep){.name = module->call->name, .is_any = true};
    fill_addr(inner, end.modules + depth, false);
    return end;
}

static InstanceKey move_list_last_key(const MoveEnd *end) {
    return end->is_resource ? end->key : end->modules[end->module_count - 1].key;
}

/* Returns an end that matches this instance; `is_any`: in every instance of its module. */
static MoveEnd end_at(ResourceAddr address, bool is_any, Arena *arena) {
    size_t depth = module_addr_depth(address.module);
    MoveEnd end = {
        .modules = arena_new_array(arena, MoveStep, depth ? depth : 1),
        .module_count = depth,
        .is_resource = true,
        .mode = address.mode,
        .type = address.type,
        .name = address.name,
        .key = address.key,
    };
    fill_addr(address.module, end.modules, is_any);
    return end;
}

/* Returns the implied move x → x[0] or x[0] → x, valid in all instances of the module. */
static MoveStatement implied_move(const ResourceAddr *resource, InstanceKey from, InstanceKey to,
                                  SourceRange range, Arena *arena) {
    MoveEnd end = end_at(*resource, true, arena);
    end.key = from;
    MoveStatement statement = {.from = end, .to = end, .is_implied = true, .range = range};
    statement.to.key = to;
    return statement;
}

static void add_module_names(StrBuf *text, const MoveEnd *end, size_t count) {
    for (size_t i = 0; i < count; i++) {
        strbuf_add_char(text, '/');
        strbuf_add(text, end->modules[i].name);
    }
}

/* Returns the names in an end, without keys. */
static Str move_list_names_of(const MoveEnd *end, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    add_module_names(&text, end, end->module_count);
    if (end->is_resource) {
        strbuf_add_format(&text, ":%d ", (int)end->mode);
        strbuf_add(&text, end->type);
        strbuf_add_char(&text, ' ');
        strbuf_add(&text, end->name);
    }
    return strbuf_str(&text);
}

static Str with_key(Str names, InstanceKey key, Arena *arena) {
    return str_concat(names, address_key_to_str(key, arena), arena);
}

static void move_list_put(Map *map, Str text, size_t number) {
    MoveNumbers *numbers = map_find(map, text);
    if (!numbers) {
        numbers = arena_new(map->arena, MoveNumbers);
        map_set(map, text, numbers);
    }
    vec_push(map->arena, numbers, number);
}

static void add_statement(MoveList *list, MoveStatement statement) {
    size_t number = list->statements.count;
    const MoveEnd *ends[] = {&statement.from, &statement.to};
    vec_push(list->arena, &list->statements, statement);
    for (size_t side = MOVE_FROM; side <= MOVE_TO; side++) {
        Str names = move_list_names_of(ends[side], list->arena);
        move_list_put(&list->any[side], names, number);
        move_list_put(&list->exact[side],
                      with_key(names, move_list_last_key(ends[side]), list->arena), number);
        if (statement.is_whole)
            move_list_put(&list->whole[side], names, number);
    }
}

static void move_list_add_module(MoveList *list, const Module *module) {
    vec_each(&module->moved, moved) {
        MoveStatement statement = {
            .from = move_list_end_of(module, &moved->from.target, list->arena),
            .to = move_list_end_of(module, &moved->to.target, list->arena),
            .range = moved->range,
        };
        statement.is_whole = move_list_last_key(&statement.from).kind == KEY_NONE &&
                             move_list_last_key(&statement.to).kind == KEY_NONE;
        add_statement(list, statement);
    }
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        if (call->module)
            move_list_add_module(list, call->module);
    }
}

static void add_numbers(const Map *map, Str text, MoveNumbers *out, Arena *arena) {
    const MoveNumbers *numbers = map_find(map, text);
    for (size_t i = 0; numbers && i < numbers->count; i++)
        vec_push(arena, out, numbers->items[i]);
}

/* Finds the statements that have this end on that side. */
static void move_list_find_same(const MoveList *list, MoveSide side, const MoveEnd *end,
                                MoveNumbers *out, Arena *arena) {
    Str names = move_list_names_of(end, arena);
    add_numbers(&list->exact[side], with_key(names, move_list_last_key(end), arena), out, arena);
}

/* Finds the statements that have this end, with any last key, on that side. */
static void find_any_key(const MoveList *list, MoveSide side, const MoveEnd *end, MoveNumbers *out,
                         Arena *arena) {
    add_numbers(&list->any[side], move_list_names_of(end, arena), out, arena);
}

/* Finds the statements with exactly this end, and those about its whole block. */
static void find_with_key(const MoveList *list, MoveSide side, const MoveEnd *end, MoveNumbers *out,
                          Arena *arena) {
    move_list_find_same(list, side, end, out, arena);
    add_numbers(&list->whole[side], move_list_names_of(end, arena), out, arena);
}

/* Finds the statements with an end that is a module containing this end. */
static void move_list_find_around(const MoveList *list, MoveSide side, const MoveEnd *end,
                                  MoveNumbers *out, Arena *arena) {
    size_t count = end->is_resource ? end->module_count : end->module_count - 1;
    for (size_t i = 1; i <= count; i++) {
        MoveEnd outer = {.modules = end->modules, .module_count = i};
        if (end->modules[i - 1].is_any)
            find_any_key(list, side, &outer, out, arena);
        else
            find_with_key(list, side, &outer, out, arena);
    }
}

void move_list_find(const MoveList *list, ResourceAddr address, MoveNumbers *out, Arena *arena) {
    if (list->any[MOVE_FROM].count == 0)
        return;
    MoveEnd end = end_at(address, false, arena);
    find_with_key(list, MOVE_FROM, &end, out, arena);
    move_list_find_around(list, MOVE_FROM, &end, out, arena);
}

/* Finds the statements that may have to precede or follow this statement. */
static void find_related(const MoveList *list, const MoveStatement *statement, MoveNumbers *out,
                         Arena *arena) {
    const MoveEnd *ends[] = {&statement->from, &statement->to};
    for (size_t side = MOVE_FROM; side <= MOVE_TO; side++) {
        MoveSide other = side == MOVE_FROM ? MOVE_TO : MOVE_FROM;
        if (statement->is_whole)
            find_any_key(list, other, ends[side], out, arena);
        else
            find_with_key(list, other, ends[side], out, arena);
        move_list_find_around(list, MOVE_FROM, ends[side], out, arena);
        move_list_find_around(list, MOVE_TO, ends[side], out, arena);
    }
}

typedef struct Building {
    MoveList *list;
    const Config *config;
    Arena *scratch;
    Diags *diags;
} Building;

/* Returns the call of the module; NULL if none. */
static const ModuleCall *move_list_find_call(const Config *config, const ModuleAddr *address) {
    const ModuleAddr *chain[64];
    size_t depth = 0;
    for (const ModuleAddr *step = address; step; step = step->parent) {
        if (depth == ARRAY_COUNT(chain))
            return NULL;
        chain[depth++] = step;
    }
    const Module *module = config->root;
    const ModuleCall *call = NULL;
    while (depth-- > 0) {
        call = module ? map_find(&module->calls, chain[depth]->name) : NULL;
        module = call ? call->module : NULL;
    }
    return call;
}

const Resource *move_list_find_declared(const Config *config, ResourceAddr address,
                                        Arena *scratch) {
    const ModuleCall *call = move_list_find_call(config, address.module);
    const Module *module = call ? call->module : NULL;
    if (!address.module)
        module = config->root;
    address.module = NULL;
    return module ? map_find(&module->resources, resource_addr_to_config_str(address, scratch))
                  : NULL;
}

static bool is_of_resource(const MoveEnd *end, const MoveEnd *like) {
    MoveEnd whole = *end;
    whole.key = like->key;
    return move_statement_same_end(&whole, like);
}

/* An explicit statement from or to this resource suppresses the implied one. */
static bool is_stated(const Building *building, const MoveStatement *statement) {
    MoveNumbers numbers = {0};
    find_any_key(building->list, MOVE_FROM, &statement->from, &numbers, building->scratch);
    find_any_key(building->list, MOVE_TO, &statement->from, &numbers, building->scratch);
    vec_each(&numbers, number) {
        const MoveStatement *other = &building->list->statements.items[*number];
        if (!other->is_implied && (is_of_resource(&other->from, &statement->from) ||
                                   is_of_resource(&other->to, &statement->from)))
            return true;
    }
    return false;
}

static bool is_implied_already(const Building *building, const MoveStatement *statement) {
    MoveNumbers numbers = {0};
    move_list_find_same(building->list, MOVE_FROM, &statement->from, &numbers, building->scratch);
    vec_each(&numbers, number) {
        const MoveStatement *other = &building->list->statements.items[*number];
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
static void imply(Building *building, const StateResource *stored) {
    static const InstanceKey first = {.kind = KEY_INT};
    arena_reset(building->scratch);
    const Resource *resource =
        stored->address.mode == MODE_MANAGED
            ? move_list_find_declared(building->config, stored->address, building->scratch)
            : NULL;
    if (!resource || resource->for_each)
        return;
    InstanceKey from = resource->count ? KEY_ABSENT : first;
    InstanceKey to = resource->count ? first : KEY_ABSENT;
    if (!has_instance(stored, from) || has_instance(stored, to))
        return;
    MoveStatement statement =
        implied_move(&stored->address, from, to, resource->range, building->list->arena);
    if (is_implied_already(building, &statement) || is_stated(building, &statement))
        return;
    add_statement(building->list, statement);
}

/* Returns the implied move of a module, valid in all instances of the modules around it. */
static MoveStatement implied_module_move(const ModuleAddr *module, InstanceKey to,
                                         SourceRange range, Arena *arena) {
    size_t count = module_addr_depth(module);
    MoveEnd ends[2];
    for (size_t side = MOVE_FROM; side <= MOVE_TO; side++) {
        MoveStep *steps = arena_new_array(arena, MoveStep, count);
        fill_addr(module, steps, true);
        steps[count - 1] = (MoveStep){module->name, side == MOVE_TO ? to : module->key, false};
        ends[side] = (MoveEnd){.modules = steps, .module_count = count};
    }
    return (MoveStatement){
        .from = ends[MOVE_FROM], .to = ends[MOVE_TO], .is_implied = true, .range = range};
}

/* An explicit statement from or to an instance of this module suppresses the implied one. */
static bool is_module_stated(const Building *building, const MoveStatement *statement) {
    MoveNumbers numbers = {0};
    find_any_key(building->list, MOVE_FROM, &statement->from, &numbers, building->scratch);
    find_any_key(building->list, MOVE_TO, &statement->from, &numbers, building->scratch);
    vec_each(&numbers, number) {
        if (!building->list->statements.items[*number].is_implied)
            return true;
    }
    return false;
}

/* Adding `count` to a call moves m to m[0]; removing it moves m[0] to m. */
static void imply_module(Building *building, const ModuleAddr *module) {
    static const InstanceKey first = {.kind = KEY_INT};
    arena_reset(building->scratch);
    const ModuleCall *call = move_list_find_call(building->config, module);
    if (!call || call->for_each)
        return;
    InstanceKey to = call->count ? first : KEY_ABSENT;
    if (!address_key_equal(module->key, call->count ? KEY_ABSENT : first))
        return;
    MoveStatement statement = implied_module_move(module, to, call->range, building->list->arena);
    if (!is_implied_already(building, &statement) && !is_module_stated(building, &statement))
        add_statement(building->list, statement);
}

static void imply_modules(Building *building, const StateResource *stored) {
    for (const ModuleAddr *module = stored->address.module; module; module = module->parent)
        imply_module(building, module);
}

static void move_list_check_pair(Building *building, const MoveStatement *a,
                                 const MoveStatement *b) {
    bool same_from = move_statement_same_end(&a->from, &b->from);
    bool same_to = move_statement_same_end(&a->to, &b->to);
    if (same_from == same_to)
        return;
    SourcePos first = source_text_position(a->range.source, a->range.start);
    diags_error(
        building->diags, b->range, "Ambiguous move statements",
        "%.*s is moved %s %.*s here, and %s %.*s at %.*s, line %u. An object can have only "
        "one address: remove one of the two blocks.",
        STR_ARG(move_statement_end_text(same_from ? &b->from : &b->to, building->list->arena)),
        same_from ? "to" : "here from",
        STR_ARG(move_statement_end_text(same_from ? &b->to : &b->from, building->list->arena)),
        same_from ? "to" : "from",
        STR_ARG(move_statement_end_text(same_from ? &a->to : &a->from, building->list->arena)),
        STR_ARG(a->range.source->path), first.line);
}

static void move_list_check_one(Building *building, MoveStatement *statement) {
    if (!move_statement_same_end(&statement->from, &statement->to))
        return;
    statement->is_reported = true;
    diags_error(building->diags, statement->range, "Redundant move statement",
                "\"from\" and \"to\" are both %.*s. Remove the block.",
                STR_ARG(move_statement_end_text(&statement->from, building->list->arena)));
}

static int move_list_compare_numbers(const void *a, const void *b) {
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    return (left > right) - (left < right);
}

/* Compares a statement with earlier ones that have the same source or target. */
static void check_pairs(Building *building, size_t at) {
    const MoveStatement *statement = &building->list->statements.items[at];
    MoveNumbers others = {0};
    move_list_find_same(building->list, MOVE_FROM, &statement->from, &others, building->scratch);
    move_list_find_same(building->list, MOVE_TO, &statement->to, &others, building->scratch);
    qsort(others.items, others.count, sizeof *others.items, move_list_compare_numbers);
    for (size_t i = 0; i < others.count && others.items[i] < at; i++)
        if (i == 0 || others.items[i] != others.items[i - 1])
            move_list_check_pair(building, &building->list->statements.items[others.items[i]],
                                 statement);
}

static void check_statements(Building *building) {
    for (size_t i = 0; i < building->list->statements.count; i++) {
        if (building->list->statements.items[i].is_implied)
            continue;
        arena_reset(building->scratch);
        move_list_check_one(building, &building->list->statements.items[i]);
        check_pairs(building, i);
    }
}

MoveList move_list_new(const Config *config, const StateResources *stored, Arena *arena,
                       Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("move list");
    MoveList list = {.arena = arena};
    Building building = {&list, config, scratch, diags};
    for (size_t side = MOVE_FROM; side <= MOVE_TO; side++) {
        list.any[side] = map_new(arena);
        list.exact[side] = map_new(arena);
        list.whole[side] = map_new(arena);
    }
    move_list_add_module(&list, config->root);
    vec_each(stored, resource) {
        imply(&building, *resource);
        if (config->moves_counted_modules)
            imply_modules(&building, *resource);
    }
    check_statements(&building);
    return list;
}

static void move_list_report_cycle(const MoveList *list, const GraphNodes *cycle, Arena *arena,
                                   Diags *diags) {
    StrBuf text = strbuf_new(arena);
    vec_each(cycle, node) {
        const MoveStatement *statement = &list->statements.items[*node];
        strbuf_add_format(&text, "%s%.*s to %.*s", strbuf_str(&text).len ? ", " : "",
                          STR_ARG(move_statement_end_text(&statement->from, arena)),
                          STR_ARG(move_statement_end_text(&statement->to, arena)));
    }
    diags_error(diags, list->statements.items[cycle->items[0]].range,
                "Cyclic dependency in move statements",
                "These moves form a circle: %.*s. Remove one of them.", STR_ARG(strbuf_str(&text)))
        ->subject = DIAG_RELATION;
}

static void move_list_add_edges(const MoveList *list, GraphNode at, Graph *graph, Arena *scratch) {
    const MoveStatement *statement = &list->statements.items[at];
    MoveNumbers others = {0};
    arena_reset(scratch);
    find_related(list, statement, &others, scratch);
    vec_each(&others, number) {
        const MoveStatement *other = &list->statements.items[*number];
        if (other == statement)
            continue;
        if (move_statement_precedes(statement, other))
            graph_add_edge(graph, (GraphNode)*number, at);
        if (move_statement_precedes(other, statement))
            graph_add_edge(graph, at, (GraphNode)*number);
    }
}

bool move_list_sort(const MoveList *list, GraphNodes *order, Arena *arena, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("move order");
    Graph graph = graph_new(arena);
    for (size_t i = 0; i < list->statements.count; i++)
        (void)graph_add_node(&graph, &list->statements.items[i]);
    for (GraphNode i = 0; i < list->statements.count; i++)
        move_list_add_edges(list, i, &graph, scratch);
    graph_finish(&graph);
    GraphNodes cycle = {0};
    if (graph_find_cycle(&graph, &cycle, arena)) {
        move_list_report_cycle(list, &cycle, arena, diags);
        return false;
    }
    graph_topological_order(&graph, order, arena);
    return true;
}
