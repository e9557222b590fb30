/* The backend part of init: first configuration, change, removal, or no change. */
#include "backend_init.h"
#include "backend_choice.h"
#include "backend_secrets.h"
#include "backend_settings.h"
#include "owner.h"
#include "statefile.h"
#include "workspace.h"

static const Option options[] = {
    {"backend-config", OPTION_TEXT, "NAME=VALUE",
     "Set a backend argument, or read arguments from a file. May be repeated."},
    {"reconfigure", OPTION_FLAG, NULL, "Use the new backend without copying the previous states."},
    {"migrate-state", OPTION_FLAG, NULL, "Copy the states to the new backend."},
    {"force-copy", OPTION_FLAG, NULL, "With -migrate-state: skip the prompts."},
    {"lock", OPTION_FLAG_ON, NULL, "Lock the states during migration (default true)."},
    {"lock-timeout", OPTION_TEXT, "DURATION",
     "How long to wait for a lock (default 0s: try once)."},
    {"take-lock-of-run", OPTION_FLAG, NULL,
     "Take the lock of another process with the same run in LOAM_LOCK_RUN, once it is not "
     "renewed."},
};
const OptionGroup backend_init_options = {options, ARRAY_COUNT(options)};

static bool init_has_flag(const Project *project, const char *option) {
    return option_flag(project->arguments, option);
}

static bool copies_states(const Project *project) {
    return init_has_flag(project, "migrate-state") || init_has_flag(project, "force-copy");
}

static bool check_options(Project *project) {
    if (!init_has_flag(project, "reconfigure") || !copies_states(project))
        return true;
    return diags_fail(
        project->diags, NO_RANGE, "Invalid init options",
        "-reconfigure does not copy states, and -migrate-state copies them. Choose one.");
}

static bool is_missing(const Project *project, const BackendChoice *choice,
                       const Attribute *asked) {
    Cli *cli = project->cli;
    SCOPED(ArenaRef) scratch = arena_open("backend");
    Diags ignored = diags_new(scratch);
    Value config, value;
    if (!(asked->flags & REQUIRED) ||
        (value_find(choice->config, str_from_cstr(asked->name), &value) && value_is_present(value)))
        return false;
    return !backend_settings_find(choice->type, &cli->io, asked->name, &config, scratch, &ignored);
}

/* Asks for required arguments that are not set. They are recorded with the others. */
static bool ask_arguments(Project *project, BackendChoice *choice) {
    Arena *arena = project->cli->arena;
    const Schema *schema = &choice->type->schema;
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const Attribute *attribute = &schema->attributes[i];
        Str answer;
        Value value;
        if (!is_missing(project, choice, attribute) || !project_may_ask(project))
            continue;
        terminal_print("%s\n  %s\n\n  Enter a value: ", attribute->name, attribute->description);
        if (!terminal_read_line(&answer, arena) || str_trim(answer).len == 0)
            continue;
        terminal_print("\n");
        if (!backend_settings_parse(attribute, str_trim(answer), &value, arena, project->diags))
            return false;
        Path place = path_attribute((Path){0}, str_from_cstr(attribute->name), arena);
        choice->config = path_set(choice->config, place, value, arena);
    }
    return true;
}

/* Asks for one of the workspaces, or for the name of a new one if there are none. */
static bool ask_workspace(Project *project, const BackendChoice *now, const StrVec *names,
                          Str *out) {
    Cli *cli = project->cli;
    Str answer, all = str_join(names->items, names->count, STR(", "), cli->arena);
    bool makes = names->count == 0;
    if (!project_may_ask(project))
        return makes
                   ? diags_fail(project->diags, NO_RANGE, "No existing workspaces.",
                                "The organization has no workspace with the tags of the block "
                                "\"%s\". Run \"loam init\" without -input=false, which makes one.",
                                now->type->name)
                   : diags_fail(project->diags, NO_RANGE,
                                str_to_cstr(str_format(cli->arena,
                                                       "Currently selected workspace \"%.*s\" "
                                                       "does not exist",
                                                       STR_ARG(cli->workspace)),
                                            cli->arena),
                                "Set TF_WORKSPACE to one of these workspaces: %.*s.", STR_ARG(all));
    terminal_print(
        "\n%s\n  %s%.*s\n\n  Enter a value: ",
        makes ? "No workspaces found." : "Select a workspace.",
        makes ? "Enter a name to create a workspace with the tags." : "They are: ", STR_ARG(all));
    if (!terminal_read_line(&answer, cli->arena))
        answer = STR_EMPTY;
    terminal_print("\n");
    *out = str_trim(answer);
    if (!workspace_check(*out, project->diags))
        return false;
    if (makes)
        return backend_choice_make(project, now, *out);
    return str_is_among(*out, names->items, names->count) ||
           diags_fail(project->diags, NO_RANGE, "Invalid workspace selection",
                      "\"%.*s\" is none of these workspaces: %.*s.", STR_ARG(*out), STR_ARG(all));
}

/* Selects a workspace of a block "cloud", as its workspaces have names of their own. */
static bool choose_workspace(Project *project, const BackendChoice *now) {
    Cli *cli = project->cli;
    StrVec names = {0};
    Str name = STR_EMPTY;
    if (!now->type->has_own_block)
        return true;
    if (!backend_choice_list(project, now, &names))
        return false;
    if (str_is_among(cli->workspace, names.items, names.count))
        return cli_environment(cli, "WORKSPACE") ||
               workspace_select(cli, cli->workspace, project->diags);
    if (cli_environment(cli, "WORKSPACE"))
        return diags_fail(project->diags, NO_RANGE, "Invalid workspace selection",
                          "TF_WORKSPACE selects the workspace \"%.*s\", which is none of the block "
                          "\"%s\".",
                          STR_ARG(cli->workspace), now->type->name);
    if (names.count == 1)
        name = names.items[0];
    else if (!ask_workspace(project, now, &names, &name))
        return false;
    cli->workspace = name;
    return workspace_select(cli, name, project->diags);
}

/* Checks the arguments by opening the backend, and what its store can do. Most backends do not
 * contact the store then. */
static bool check_opens(Project *project, const BackendChoice *now) {
    Backend *backend;
    Str workspace = now->type->has_own_block ? project->cli->workspace : STR("default");
    if (!backend_choice_open(project, now, workspace, &backend))
        return false;
    bool ok = !backend->probe || backend->probe(backend, project->diags);
    backend_close(backend);
    return ok;
}

/* A backend with a single state has only the workspace "default". */
static bool check_workspace(Project *project, const BackendChoice *now) {
    Cli *cli = project->cli;
    bool fits = now->type->has_own_block || backend_choice_has_many(now) ||
                str_equal(cli->workspace, STR("default"));
    if (fits || cli_environment(cli, "WORKSPACE"))
        return true;
    return workspace_select(cli, STR("default"), project->diags);
}

static bool report_change(Project *project) {
    return diags_fail(
        project->diags, NO_RANGE, "Backend configuration changed",
        "The backend changed. To copy the state to the new backend, run \"loam init "
        "-migrate-state\". To use the new backend without it, run \"loam init -reconfigure\".");
}

static Str note_of(const Cli *cli, const BackendChoice *now, const BackendChoice *before) {
    Arena *arena = cli->arena;
    const RenderPeer *peer = cli_name(cli)->peer;
    if (now->type->has_own_block)
        return peer ? STR_EMPTY
                    : str_format(arena, "The workspace \"%.*s\" now stores the state.",
                                 STR_ARG(cli->workspace));
    if (peer && now->is_configured)
        return str_format(arena,
                          "\nSuccessfully configured the backend \"%s\"! %s will automatically\n"
                          "use this backend unless the backend configuration changes.",
                          now->type->name, peer->title);
    if (peer)
        return str_format(arena,
                          "\n\nSuccessfully unset the backend \"%s\". %s will now operate locally.",
                          before->type->name, peer->title);
    if (now->is_configured)
        return str_format(arena, "The backend \"%s\" now stores the state.", now->type->name);
    return str_format(arena, "The backend \"%s\" is no longer used: the state is stored locally.",
                      before->type->name);
}

/* A copy of states between backends: every workspace, with its lineage, serial and journal. Source
 * and target are locked meanwhile, unless -lock=false. */
typedef struct Migration {
    Project *project;
    const BackendChoice *from;
    const BackendChoice *to;
    Str current;         /* the workspace that was selected in `from` */
    bool is_forced;      /* skips all questions */
    bool may_ask;        /* questions are possible */
    bool empties_source; /* empties the source after the copy; a backup stays there */
} Migration;

/* One state in one backend, opened and read. */
typedef struct Place {
    Backend *backend;
    State *state;
    LockInfo lock;
    bool is_locked;
    bool has_text;
    bool has_journal;
} Place;

static void place_release(Place *place) {
    Diags ignored = {0};
    SCOPED(ArenaRef) scratch = arena_open("migration");
    ignored = diags_new(scratch);
    if (place->is_locked)
        (void)!backend_unlock(place->backend, &ignored);
    if (place->backend)
        backend_close(place->backend);
    *place = (Place){0};
}
SCOPED_TYPE(Place, place_release);

static bool lock_place(Project *project, LockOperation operation, Place *place) {
    Cli *cli = project->cli;
    Backend *backend = place->backend;
    if (!option_flag(project->arguments, "lock"))
        return true;
    int64_t timeout_ms;
    if (!project_lock_timeout(project, &timeout_ms) || !project_take_lock(project, backend))
        return false;
    place->lock = state_lock_new(&cli->io, operation, backend->path, cli->arena);
    place->is_locked = backend_lock(backend, &place->lock, timeout_ms, cli->cancel, project->diags);
    return place->is_locked;
}

static bool init_read_place(Project *project, Place *place) {
    Backend *backend = place->backend;
    Arena *arena = project->cli->arena;
    Str text;
    if (!backend_read(backend, &text, arena, project->diags) ||
        !statefile_decode(backend->path, text, &place->state, arena, project->diags))
        return false;
    place->has_text = text.len > 0;
    const Disk *aside = place->is_locked ? project->cli->io.disk : NULL;
    return journal_replay(backend->journal, aside, place->state, &place->has_journal, arena,
                          project->diags);
}

static bool init_ask(const Migration *migration, Str question, Str detail, bool *yes) {
    Project *project = migration->project;
    Str answer;
    *yes = migration->is_forced;
    if (migration->is_forced)
        return true;
    if (!migration->may_ask)
        return diags_fail(
            project->diags, NO_RANGE, "State migration not confirmed",
            "%.*s %.*s With -input=false, loam cannot ask. To confirm, add -force-copy.",
            STR_ARG(question), STR_ARG(detail));
    terminal_print("\n%.*s\n  %.*s\n  Enter \"yes\" or \"no\".\n\n  Enter a value: ",
                   STR_ARG(question), STR_ARG(detail));
    bool typed = terminal_read_line(&answer, project->cli->arena);
    terminal_print("\n");
    *yes = typed && str_equal(str_trim(answer), STR("yes"));
    if (typed)
        return true;
    return diags_fail(project->diags, NO_RANGE, "State migration not confirmed",
                      "Standard input ended before an answer. To confirm, add -force-copy.");
}

static bool ask_about(const Migration *migration, const Place *from, const Place *to, bool *yes) {
    Arena *arena = migration->project->cli->arena;
    Str places = str_format(arena, "from \"%s\" (%.*s) to \"%s\" (%.*s)",
                            migration->from->type->name, STR_ARG(from->backend->path),
                            migration->to->type->name, STR_ARG(to->backend->path));
    if (state_is_empty(to->state))
        return init_ask(migration, STR("Copy the existing state to the new backend?"),
                        str_format(arena, "The state would be copied %.*s, which has none yet.",
                                   STR_ARG(places)),
                        yes);
    return init_ask(
        migration, STR("Replace the state in the new backend with the previous one?"),
        str_format(arena,
                   "Copying %.*s would replace the existing state (lineage %.*s, serial "
                   "%llu) with the previous one (lineage %.*s, serial %llu).",
                   STR_ARG(places), STR_ARG(to->state->lineage),
                   (unsigned long long)to->state->serial, STR_ARG(from->state->lineage),
                   (unsigned long long)from->state->serial),
        yes);
}

static bool init_is_same(const Place *from, const Place *to) {
    return str_equal(from->state->lineage, to->state->lineage) &&
           statefile_same_content(from->state, to->state);
}

/* An unfinished journal at the target belongs to objects that the copy would remove from the
 * state. */
static bool check_journal(Project *project, const Place *from, const Place *to) {
    if (!to->has_journal || init_is_same(from, to))
        return true;
    return diags_fail(project->diags, NO_RANGE, "Unfinished run in the new backend",
                      "\"%.*s\" is the journal of an interrupted run on the state in the new "
                      "backend. Recover that run first: run \"loam apply\" with its configuration.",
                      STR_ARG(to->backend->journal->name));
}

/* Writes the state before its journal: a journal that belongs to another state makes the state
 * unreadable. */
static bool write_place(Project *project, const State *state, Place *to) {
    Cli *cli = project->cli;
    Journal *journal = NULL;
    Str text = statefile_encode(state, cli->arena);
    if (!backend_write(to->backend, text, project->diags) ||
        !journal_open(to->backend->journal, cli->io.clock, state, &journal, cli->arena,
                      project->diags)) {
        return false;
    }
    bool ok = journal_fold(journal, state, project->diags);
    journal_close(journal);
    return ok;
}

/* Empties the state and removes the journal, whose records were copied with the state. */
static bool empty_place(Project *project, Place *from) {
    SCOPED(ArenaRef) scratch = arena_open("migration");
    JournalStore *journal = from->backend->journal;
    Str problem;
    if (!backend_write(from->backend, STR_EMPTY, project->diags))
        return false;
    if (!from->has_journal || journal->remove(journal, &problem, scratch))
        return true;
    return diags_fail(project->diags, NO_RANGE, "Old journal not removed",
                      "The journal \"%.*s\" was copied with the state, but could not be removed: "
                      "%.*s. Remove it.",
                      STR_ARG(journal->name), STR_ARG(problem));
}

static bool is_one_place(const Migration *migration, const Place *from, const Place *to) {
    return migration->from->type == migration->to->type &&
           str_equal(from->backend->path, to->backend->path);
}

static bool copy_locked(const Migration *migration, Place *from, Place *to) {
    Project *project = migration->project;
    bool yes;
    if (!lock_place(project, LOCK_MIGRATE_FROM, from) ||
        !lock_place(project, LOCK_MIGRATE_TO, to) || !init_read_place(project, from) ||
        !init_read_place(project, to) || !check_journal(project, from, to) ||
        !owner_check(project, to->state, LOCK_MIGRATE_TO) ||
        (migration->empties_source && !owner_check(project, from->state, LOCK_MIGRATE_TO)))
        return false;
    if (state_is_empty(from->state))
        return true;
    if (!ask_about(migration, from, to, &yes))
        return false;
    if (!yes)
        return true;
    return write_place(project, from->state, to) &&
           (!migration->empties_source || empty_place(project, from));
}

/* Returns the workspace of the target that gets the state of a workspace. */
static Str target_of(const Migration *migration, Str name) {
    bool is_default = str_equal(name, STR("default"));
    bool has_many = backend_choice_has_many(migration->to);
    if (migration->to->type->has_own_block)
        return has_many && !is_default ? name : migration->project->cli->workspace;
    return has_many ? name : STR("default");
}

/* *out: some workspace is stored at the same place in both backends. Then no source is emptied. */
static bool find_overlap(const Migration *migration, const StrVec *workspaces, bool *out) {
    Project *project = migration->project;
    *out = false;
    vec_each(workspaces, name) {
        SCOPED(Place) from = {0};
        SCOPED(Place) to = {0};
        if (!backend_choice_has_many(migration->to) && !str_equal(*name, migration->current) &&
            !str_equal(*name, STR("default")))
            continue;
        if (!backend_choice_open(project, migration->from, *name, &from.backend) ||
            !backend_choice_open(project, migration->to, target_of(migration, *name), &to.backend))
            return false;
        *out |= is_one_place(migration, &from, &to);
    }
    return true;
}

static bool init_copy(const Migration *migration, Str from_workspace) {
    Project *project = migration->project;
    Str to_workspace = target_of(migration, from_workspace);
    SCOPED(Place) from = {0};
    SCOPED(Place) to = {0};
    if (!backend_choice_open(project, migration->from, from_workspace, &from.backend) ||
        !backend_choice_open(project, migration->to, to_workspace, &to.backend))
        return false;
    if (is_one_place(migration, &from, &to))
        return true;
    if (!init_read_place(project, &from))
        return false;
    if (state_is_empty(from.state))
        return true;
    if (migration->to->type->has_own_block && backend_choice_has_many(migration->to) &&
        !backend_choice_make(project, migration->to, to_workspace))
        return false;
    /* Compare before locking: the two may be one state with different settings. */
    if (!init_read_place(project, &to))
        return false;
    if (init_is_same(&from, &to) && !state_has_pending(from.state) && !migration->empties_source)
        return true;
    return copy_locked(migration, &from, &to);
}

static bool copy_all(const Migration *migration, const StrVec *workspaces) {
    Project *project = migration->project;
    Cli *cli = project->cli;
    Str names = str_join(workspaces->items, workspaces->count, STR(", "), cli->arena);
    bool yes;
    if (!init_ask(
            migration, STR("Copy the states of all workspaces to the new backend?"),
            str_format(cli->arena,
                       "The workspaces are: %.*s. Workspaces of the same names in the new backend "
                       "are overwritten.",
                       STR_ARG(names)),
            &yes))
        return false;
    if (!yes)
        return true;
    Migration each = *migration;
    each.is_forced = true;
    vec_each(workspaces, name) {
        if (!init_copy(&each, *name))
            return false;
    }
    return true;
}

/* Copies the state of the current workspace only: the target supports one state. */
static bool copy_current(const Migration *migration) {
    Project *project = migration->project;
    Cli *cli = project->cli;
    bool yes;
    if (!init_ask(
            migration, STR("Copy only the state of the current workspace?"),
            str_format(cli->arena,
                       "The backend \"%s\" stores one state, but the previous backend has several "
                       "workspaces. Only the state of \"%.*s\" would be copied; the others remain "
                       "in the previous backend.",
                       migration->to->type->name, STR_ARG(migration->current)),
            &yes))
        return false;
    if (!yes)
        return diags_fail(project->diags, NO_RANGE, "States not migrated",
                          "Nothing was changed. Select the workspace to migrate with \"loam "
                          "workspace select\", or use a backend with workspaces.");
    Migration current = *migration;
    current.is_forced = true;
    if (!init_copy(&current, migration->current))
        return false;
    return migration->to->type->has_own_block || str_equal(cli->workspace, STR("default")) ||
           workspace_select(cli, STR("default"), project->diags);
}

/* Succeeds if there is nothing to copy. Succeeds if the user declines, unless only one of several
 * workspaces fits the target. May be repeated after a crash. */
static bool migrate(const Migration *migration) {
    Project *project = migration->project;
    Migration all = *migration;
    StrVec there = {0}, ignored = {0};
    bool overlaps;
    if (!backend_choice_list(project, migration->from, &there) ||
        !backend_choice_list(project, migration->to, &ignored) ||
        !find_overlap(migration, &there, &overlaps))
        return false;
    all.empties_source &= !overlaps;
    if (there.count == 0)
        return true;
    if (there.count == 1)
        return init_copy(&all, there.items[0]);
    return backend_choice_has_many(migration->to) ? copy_all(&all, &there) : copy_current(&all);
}

static bool switch_backend(Project *project, BackendChoice *now, const BackendChoice *before,
                           Str *note) {
    bool is_first = !before->is_configured, copies = is_first || copies_states(project);
    /* A changed block "cloud" selects other workspaces: none is copied to another. */
    bool is_selection = now->type->has_own_block && before->type->has_own_block;
    if (!copies && !is_selection)
        return report_change(project);
    Migration migration = {
        .project = project,
        .from = before,
        .to = now,
        .current = project->cli->workspace,
        .is_forced = init_has_flag(project, "force-copy"),
        .may_ask = project_may_ask(project),
        .empties_source = is_first,
    };
    if (!ask_arguments(project, now) || !choose_workspace(project, now) ||
        !check_opens(project, now) || (copies && !migrate(&migration)) ||
        !check_workspace(project, now) || !backend_choice_record(project, now))
        return false;
    *note = note_of(project->cli, now, before);
    return true;
}

static bool initialize(Project *project, Str *note) {
    BackendChange change = {.ignores_record = init_has_flag(project, "reconfigure")};
    if (!backend_choice_compare(project, &change))
        return false;
    bool has_flags = option_is_given(project->arguments, "backend-config");
    bool is_unchanged = change.is_same || (change.is_same_block && !has_flags);
    backend_secrets_warn(project, is_unchanged ? &change.before : &change.now);
    if (!is_unchanged)
        return switch_backend(project, &change.now, &change.before, note);
    if (!choose_workspace(project, &change.before) || !check_opens(project, &change.before))
        return false;
    /* An argument may have moved between the block and a flag. */
    change.before.hash = change.now.hash;
    return !change.has_record || backend_choice_record(project, &change.before);
}

bool backend_init(Project *project, Str *note) {
    *note = STR_EMPTY;
    return project_open_ciphers(project) && check_options(project) && initialize(project, note);
}
