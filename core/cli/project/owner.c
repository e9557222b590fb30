/* owner: a state that belongs to a Stack is changed by its runs. */
#include "owner.h"

/* Reads LOAM_OWNER; the owner has no name if the variable is not set. */
static bool owner_of_run(const Cli *cli, StateOwner *out, Diags *diags) {
    const char *text = cli_environment(cli, "OWNER");
    const char *error = NULL;
    *out = (StateOwner){0};
    if (!text)
        return true;
    if (record_from_json(str_from_cstr(text), &state_owner_record, out, &error, cli->arena) &&
        out->cluster.len && out->namespace.len && out->name.len && out->uid.len)
        return true;
    return diags_fail(diags, NO_RANGE, "Invalid LOAM_OWNER",
                      "The environment variable LOAM_OWNER requires a JSON object with the texts "
                      "\"cluster\", \"namespace\", \"name\" and \"uid\", none of them empty%s%s.",
                      error ? ": " : "", error ? error : "");
}

static bool owner_changes_state(LockOperation operation) {
    switch (operation) {
    case LOCK_NONE:
    case LOCK_PLAN:
    case LOCK_MIGRATE_FROM: return false; /* the state is copied */
    case LOCK_APPLY:
    case LOCK_IMPORT:
    case LOCK_TAINT:
    case LOCK_UNTAINT:
    case LOCK_STATE_MV:
    case LOCK_STATE_RM:
    case LOCK_STATE_PUSH:
    case LOCK_STATE_REPLACE_PROVIDER:
    case LOCK_WORKSPACE_NEW:
    case LOCK_WORKSPACE_DELETE:
    case LOCK_MIGRATE_TO: break;
    }
    return true;
}

/* Returns "Stack prod/network". If another program has dropped the member `owner`, the lineage
 * shows that there was one, without its name. */
static Str owner_text(const State *state, Arena *arena) {
    Str name = state_owner_name(&state->owner, arena);
    return name.len ? str_concat(STR("Stack "), name, arena)
                    : STR("a Stack, whose name another program has removed from it");
}

/* Returns whether -take-over names the owner and the user types the name. */
static bool take_over(Project *project, const State *state, Str given) {
    Cli *cli = project->cli;
    Diags ignored = diags_new(cli->arena);
    Str name = state_owner_name(&state->owner, cli->arena);
    bool is_named = name.len ? str_equal(given, name) : state_lineage_is_of(state->lineage, given);
    if (!is_named)
        return diags_fail(project->diags, NO_RANGE, "State belongs to another Stack",
                          "This state belongs to %.*s. -take-over=%.*s names another one.",
                          STR_ARG(owner_text(state, cli->arena)), STR_ARG(given));
    Str question = str_format(cli->arena, "Do you really want to change the state of Stack %.*s?",
                              STR_ARG(given));
    if (project_may_ask(project) &&
        cli_approve(cli, str_to_cstr(question, cli->arena),
                    "A run of the Stack may be about to change it. The next one will plan again.",
                    str_to_cstr(given, cli->arena), &ignored))
        return true;
    return diags_fail(project->diags, NO_RANGE, "State not taken over",
                      "This state belongs to %.*s, and -take-over requires that its name is typed "
                      "as the answer. Nothing was changed.",
                      STR_ARG(owner_text(state, cli->arena)));
}

static bool owner_report(const Project *project, const State *state, const StateOwner *run) {
    Arena *arena = project->cli->arena;
    Str name = state_owner_name(&state->owner, arena);
    Str why = STR("Only the runs of that Stack may change it");
    bool is_renewed = run->name.len && str_equal(name, state_owner_name(run, arena));
    if (is_renewed)
        why = STR("LOAM_OWNER names a Stack of that name with another UID or in another cluster");
    else if (run->name.len)
        why =
            str_format(arena, "LOAM_OWNER names Stack %.*s", STR_ARG(state_owner_name(run, arena)));
    return diags_fail(diags_as(DIAG_DENIED, project->diags), NO_RANGE, "State belongs to a Stack",
                      "This state belongs to %.*s. %.*s. To change it nevertheless, suspend the "
                      "Stack, add -take-over=%.*s, and type the name.",
                      STR_ARG(owner_text(state, arena)), STR_ARG(why),
                      STR_ARG(name.len ? name : STR("NAMESPACE/NAME")));
}

bool owner_check(Project *project, const State *state, LockOperation operation) {
    StateOwner run;
    Str given = option_text(project->arguments, "take-over");
    Arena *arena = project->cli->arena;
    if (!owner_of_run(project->cli, &run, project->diags))
        return false;
    bool has_name = state->owner.name.len > 0;
    bool has_owner = has_name || state_lineage_has_owner(state->lineage);
    bool is_ours = has_name ? state_owner_equal(&state->owner, &run)
                            : state_lineage_is_of(state->lineage, state_owner_name(&run, arena));
    bool is_asked = owner_changes_state(operation) || (operation == LOCK_PLAN && run.name.len > 0);
    if (!has_owner || is_ours || !is_asked)
        return true;
    return given.ptr ? take_over(project, state, given) : owner_report(project, state, &run);
}

void owner_keep(const Project *project, const State *before, State *state) {
    Diags ignored = diags_new(project->cli->arena);
    StateOwner run;
    if (owner_of_run(project->cli, &run, &ignored) && run.name.len > 0)
        state->owner = run;
    else if (before->owner.name.len > 0)
        state->owner = before->owner;
}
