/* The backend part of init: first configuration, change, removal, or no change. */
#include "backend_init.h"
#include "backend_migrate.h"
#include "backend_settings.h"
#include "json.h"
#include "project_ciphers.h"
#include "workspace.h"

static const Option options[] = {
    {"backend-config", OPTION_TEXT,    "NAME=VALUE",
     "Set a backend argument, or read arguments from a file. May be repeated."                                 },
    {"reconfigure",    OPTION_FLAG,    NULL,         "Use the new backend without copying the previous states."},
    {"migrate-state",  OPTION_FLAG,    NULL,         "Copy the states to the new backend."                     },
    {"force-copy",     OPTION_FLAG,    NULL,         "With -migrate-state: skip the prompts."                  },
    {"lock",           OPTION_FLAG_ON, NULL,         "Lock the states during migration (default true)."        },
    {"lock-timeout",   OPTION_TEXT,    "DURATION",
     "How long to wait for a lock (default 0s: try once)."                                                     },
};
const OptionGroup backend_init_options = {options, ARRAY_COUNT(options)};

static bool wants(const Project *project, const char *option) {
    return option_flag(project->arguments, option);
}

static bool migrates(const Project *project) {
    return wants(project, "migrate-state") || wants(project, "force-copy");
}

static bool check_options(Project *project) {
    if (!wants(project, "reconfigure") || !migrates(project))
        return true;
    diags_error(project->diags, NO_RANGE, "Invalid init options",
                "-reconfigure does not copy states, and -migrate-state copies them. Choose one.");
    return false;
}

static bool is_missing(const Project *project,
                       const BackendChoice *choice,
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

static bool record(Project *project, const BackendChoice *now) {
    Arena *arena = project->cli->arena;
    BackendCache cache = {0};
    if (now->is_configured)
        cache = (BackendCache){str_from_cstr(now->type->name), json_text(now->config, arena),
                               now->hash};
    return backend_cache_write(project->cli, &cache, project->diags);
}

/* Checks the arguments as far as possible without contacting the store. */
static bool check_opens(Project *project, const BackendChoice *now) {
    Backend *backend;
    if (!backend_choice_open(project, now, STR("default"), &backend))
        return false;
    backend_close(backend);
    return true;
}

/* A backend with a single state has only the workspace "default". */
static bool check_workspace(Project *project, const BackendChoice *now) {
    Cli *cli = project->cli;
    bool fits = now->type->list || str_equal(cli->workspace, STR("default"));
    if (fits || cli_environment(cli, "WORKSPACE"))
        return true;
    return workspace_select(cli, STR("default"), project->diags);
}

static bool refuse_change(Project *project) {
    diags_error(
        project->diags, NO_RANGE, "Backend configuration changed",
        "The backend changed. To copy the state to the new backend, run \"loam init "
        "-migrate-state\". To use the new backend without it, run \"loam init -reconfigure\".");
    return false;
}

static Str note_of(const BackendChoice *now, const BackendChoice *before, Arena *arena) {
    if (now->is_configured)
        return str_format(arena, "The backend \"%s\" now stores the state.", now->type->name);
    return str_format(arena, "The backend \"%s\" is no longer used: the state is stored locally.",
                      before->type->name);
}

static bool take_over(Project *project,
                      BackendChoice *now,
                      const BackendChoice *before,
                      Str *note) {
    bool is_first = !before->is_configured;
    if (!is_first && !migrates(project))
        return refuse_change(project);
    Migration migration = {
        .project = project,
        .from = before,
        .to = now,
        .is_forced = wants(project, "force-copy"),
        .may_ask = project_may_ask(project),
        .takes_away = is_first,
    };
    if (!ask_arguments(project, now) || !check_opens(project, now) ||
        !backend_migrate(&migration) || !check_workspace(project, now) || !record(project, now))
        return false;
    *note = note_of(now, before, project->cli->arena);
    return true;
}

static bool initialize(Project *project, Str *note) {
    BackendChange change = {.ignores_record = wants(project, "reconfigure")};
    if (!backend_choice_compare(project, &change))
        return false;
    bool has_flags = option_is_given(project->arguments, "backend-config");
    bool is_unchanged = change.is_same || (change.is_same_block && !has_flags);
    if (!is_unchanged)
        return take_over(project, &change.now, &change.before, note);
    if (!check_opens(project, &change.before))
        return false;
    /* An argument may have moved between the block and a flag. */
    change.before.hash = change.now.hash;
    return !change.has_record || record(project, &change.before);
}

bool backend_init(Project *project, Str *note) {
    *note = STR_EMPTY;
    return project_open_ciphers(project) && check_options(project) && initialize(project, note);
}
