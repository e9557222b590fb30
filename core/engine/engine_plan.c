/* Plans: moves the objects of the state, builds the graph and walks it. plan_result.c gathers what
 * the walk found. */
#include "engine.h"

#include "deletions.h"
#include "engine_console.h"
#include "moves.h"
#include "node_visit_run.h"
#include "plan_graph.h"
#include "plan_result.h"
#include "removal.h"
#include "unsupported.h"

typedef struct MoveCheck {
    Moves *moves;
    Arena *scratch;
    Diags *diags;
} MoveCheck;

static bool is_looked_at(const PlanOptions *options, ResourceAddr address) {
    bool is_target = options->targets.count == 0;
    vec_each(&options->targets, target) {
        is_target |= address_target_matches(target, address);
    }
    vec_each(&options->excludes, target) {
        is_target &= !address_target_matches(target, address);
    }
    return is_target;
}

static void note_missed(const EngineWalk *walk, ResourceAddr address, StrVec *missed) {
    bool targets = walk->options->targets.count > 0;
    if (!is_looked_at(walk->options, address))
        vec_push(walk->arena, missed,
                 str_format(walk->arena, "  -%s=%.*s", targets ? "target" : "exclude",
                            STR_ARG(resource_addr_to_str(address, walk->arena))));
}

/* A moved object must be selected at both its previous and its new address. Otherwise it has no
 * place in the plan. */
static bool check_targets(const EngineWalk *walk, Diags *diags) {
    if (!engine_is_partial(walk->options))
        return true;
    StrVec missed = {0};
    bool targets = walk->options->targets.count > 0;
    vec_each(&walk->moves->moved, address) {
        note_missed(walk, *moves_find_origin(walk->moves, *address, walk->arena), &missed);
        note_missed(walk, *address, &missed);
    }
    if (missed.count > 0)
        diags_error(diags, NO_RANGE, "Moved resource instances excluded by targeting",
                    "Objects have moved to or from addresses that -%s excludes, so this plan "
                    "cannot contain them. Plan without that option, or %s:\n"
                    "%.*s",
                    targets ? "target" : "exclude",
                    targets ? "add" : "remove the exclusions of these addresses",
                    STR_ARG(str_join(missed.items, missed.count, STR("\n"), walk->arena)));
    return missed.count == 0;
}

/* Only instances that are declared can contradict a moved block. */
static void check_move(InstanceRecord *record, void *payload) {
    MoveCheck *check = payload;
    if (record->removal != REASON_NONE || record->deposed.len > 0 || record->keys_unknown)
        return;
    moves_check_declared(check->moves, record->address, check->scratch, check->diags);
    arena_reset(check->scratch);
}

/* Returns false if moved blocks are invalid. Objects then have wrong addresses, so the plan is
 * discarded. */
static bool check_moves(EngineWalk *walk, Moves *moves, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("moves");
    MoveCheck check = {moves, scratch, diags};
    size_t before = diags->error_count;
    if (moves->list.statements.count == 0)
        return true;
    if (walk->options->mode != PLAN_DESTROY)
        engine_walk_each_record(walk, check_move, &check);
    diags_append(diags, &moves->invalid);
    if (diags->error_count == before)
        diags_append(diags, &moves->cycle);
    if (diags->error_count != before)
        return false;
    diags_append(diags, &moves->blocked);
    return true;
}

bool engine_is_of_check(const Diag *diag) {
    Str checked = diag->checked;
    size_t at = str_find(checked, STR("check."), 0);
    return at == 0 || (at != SIZE_MAX && str_starts_with(checked, STR("module.")) &&
                       checked.ptr[at - 1] == '.');
}

/* An apply without a prompt repeats the checks, so their warnings of the plan are dropped. If the
 * plan fails, no apply follows, and they are reported. */
static void report_walk(const PlanOptions *options, const Diags *found, Diags *diags) {
    for (size_t i = 0; i < found->count; i++) {
        const Diag *diag = &found->items[i];
        bool is_repeated = options->skips_check_warnings && found->error_count == 0 &&
                           diag->severity == DIAG_WARNING && engine_is_of_check(diag);
        if (!is_repeated)
            diags_add(diags, diag);
    }
}

/* Moves the objects of the state to the addresses of the configuration, and builds the graph.
 * Returns false if the configuration cannot be planned. */
static bool build(EngineWalk *walk, Moves *moves, Arena *arena, Diags *diags) {
    const Config *config = walk->engine->config;
    if (!removal_check(config, arena, diags))
        return false;
    moves_apply(config, walk->state, &walk->state, moves, arena);
    if (!check_targets(walk, diags) || !unsupported_check(config, diags) ||
        !plan_graph_build(walk, diags))
        return false;
    deletions_index(walk);
    return true;
}

/* Ends the walk of a built graph, and reports the diagnostics of its nodes. */
static void end_walk(EngineWalk *walk, Arena *arena, Diags *diags) {
    Diags found = diags_new(arena);
    engine_walk_close(walk, &found);
    report_walk(walk->options, &found, diags);
    engine_console_leave(walk);
}

static void report_interruption(Diags *diags) {
    diags_error(diags, NO_RANGE, "Planning was interrupted", "Nothing was changed.");
}

static bool plan(const Engine *engine,
                 const PlanOptions *options,
                 const State *prior,
                 PlanResult *out,
                 Arena *arena,
                 Diags *diags) {
    size_t before = diags->error_count;
    Moves moves = {0};
    EngineWalk *walk = engine_walk_open(engine, options, PHASE_PLAN, arena);
    walk->state = prior;
    walk->moves = &moves;
    walk->lineage = prior->lineage;
    walk->serial = prior->serial;

    /* 1. Move objects and build the graph. Without a graph there is no plan. */
    if (!build(walk, &moves, arena, diags)) {
        end_walk(walk, arena, diags);
        if (diags->error_count == before)
            report_interruption(diags);
        *out = (PlanResult){.refreshed = state_fork(walk->state, arena)};
        engine_walk_free(walk);
        return false;
    }

    /* 2. Visit every node. Each instance is refreshed and planned; its record holds the result. */
    bool is_complete = node_visit_run(walk);
    end_walk(walk, arena, diags);

    /* 3. Check the moved blocks against the instances that the walk has found. */
    bool are_moves_valid = check_moves(walk, &moves, diags);

    /* 4. Gather the records. An incomplete plan is kept too: it shows how far planning got. */
    plan_result_gather(walk, out, arena, diags);
    if (!is_complete && diags->error_count == before)
        report_interruption(diags);
    out->plan->errored = diags->error_count != before;
    plan_result_warn_of_forgotten(out->plan, arena, diags);
    if (!are_moves_valid)
        out->plan = NULL;
    engine_walk_free(walk);
    return diags->error_count == before;
}

/* First pass of a destroy: a normal plan that refreshes the objects and validates the configuration
 * before anything is deleted. Its diagnostics are reported only if it fails. */
static bool rehearse(const Engine *engine,
                     const PlanOptions *options,
                     const State *prior,
                     PlanResult *out,
                     Arena *arena,
                     Diags *diags) {
    PlanOptions staying = *options;
    staying.mode = PLAN_NORMAL;
    staying.is_preflight = true;
    staying.console = NULL;
    Diags found = diags_new(arena);
    bool ok = plan(engine, &staying, prior, out, arena, &found);
    if (!ok)
        diags_append(diags, &found);
    return ok;
}

bool engine_plan(const Engine *engine,
                 const PlanOptions *options,
                 const State *prior,
                 PlanResult *out,
                 Arena *arena,
                 Diags *diags) {
    bool has_nothing = state_is_empty(prior);
    if (options->mode != PLAN_DESTROY || options->skip_refresh || has_nothing)
        return plan(engine, options, prior, out, arena, diags);
    PlanResult found = {0};
    PlanOptions going = *options;
    going.skip_refresh = true;
    if (!rehearse(engine, options, prior, &found, arena, diags)) {
        *out = (PlanResult){.refreshed = found.refreshed};
        return false;
    }
    bool ok = plan(engine, &going, found.refreshed, out, arena, diags);
    if (out->plan)
        out->plan->drift = found.plan->drift;
    return ok;
}
