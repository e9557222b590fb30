/* Loads the root module that a command works on, and its variables. */
#include "front_end.h"
#include "overlay_disk.h"
#include "project.h"
#include "provider_needs.h"
#include "provider_twins.h"
#include "view.h"

static bool ask_variable(void *payload, const Variable *variable, Str *out, Arena *arena) {
    const Cli *cli = payload;
    terminal_print("var.%.*s\n", STR_ARG(variable->name));
    if (variable->description.len)
        terminal_print("  %.*s\n", STR_ARG(variable->description));
    terminal_print("%s  Enter a value: ",
                   variable->description.len || !cli_name(cli)->peer ? "\n" : "");
    bool is_secret = variable->sensitive && cli->terminal.in_is_tty;
    bool ok = is_secret ? terminal_read_secret(out, arena)
                        : terminal_ask(out, cli->cancel, arena) == ANSWER_GIVEN;
    terminal_print("\n");
    return ok;
}

static void project_load_note(void *payload, Str line) {
    const Cli *cli = payload;
    cli->view->type->note(cli->view, line);
}

static uint32_t project_load_parallelism_of(const Arguments *arguments, Diags *diags) {
    Str text = option_text(arguments, "parallelism");
    if (!text.ptr)
        return 10;
    uint64_t count;
    if (str_to_uint64(text, &count) && count > 0 && count <= 1000)
        return (uint32_t)count;
    diags_error(diags, NO_RANGE, "Invalid parallelism",
                "-parallelism requires an integer from 1 to 1000, not \"%.*s\".", STR_ARG(text));
    return 0;
}

/* Sets the sources of the root module's variables. */
static void prepare_input(Project *project) {
    Cli *cli = project->cli;
    project->input = (InputRequest){
        .io = &cli->io,
        .directory = STR("."),
        .payload = cli,
        .environment = cli->environment,
        .reads = project->reads,
    };
    if (project->options.asks && project_may_ask(project))
        project->input.ask = ask_variable;
    vec_each(&project->arguments->options, option) {
        const char *name = option->option->name;
        InputOption input = {.text = option->text};
        input.is_file = strcmp(name, "var-file") == 0;
        input.is_unknown = strcmp(name, "unknown") == 0;
        if (input.is_file || input.is_unknown || strcmp(name, "var") == 0)
            vec_push(cli->arena, &project->input.options, input);
    }
}

static ConfigRequest config_request(Project *project, const Io *io) {
    Cli *cli = project->cli;
    return (ConfigRequest){
        .io = io ? io : &cli->io,
        .directory = project->options.directory.len ? project->options.directory : STR("."),
        .is_single = project->options.is_single,
        .data_directory = cli->data_directory,
        .test_directory = project->options.test_directory,
        .runs_tests = project->options.runs_tests,
        .ignores_versions = project->options.ignores_versions,
        .loads_queries = project->options.loads_queries,
        .functions = cli->functions,
        .install = project->options.installs_modules,
        .upgrade = project->options.upgrades_modules,
        .keeps_lock = project->options.keeps_lock,
        .removed_is_forgotten = cli_name(cli)->is_tofu,
        .moves_counted_modules = cli_name(cli)->is_tofu,
        .has_literal_settings = cli_name(cli)->has_literal_settings,
        .evaluates_prevent_destroy = cli_name(cli)->is_tofu,
        .sources = cli->module_sources,
        .cancel = cli->cancel,
        .tell = project_load_note,
        .payload = cli,
        .input = &project->input,
        .workspace = cli->workspace,
        .working_directory = cli->started_in,
        .environment = cli->environment,
        .encryption = str_from_cstr(cli_environment(cli, "ENCRYPTION")),
        .encryption_name = STR("TF_ENCRYPTION"),
    };
}

static Engine new_engine(const Project *project, uint32_t parallelism) {
    const Cli *cli = project->cli;
    return (Engine){
        .io = &cli->io,
        .config = project->config,
        .registry = cli->registry,
        .provisioners = cli->provisioners,
        .cancel = cli->cancel,
        .parallelism = parallelism,
        .workspace = cli->workspace,
        .working_directory = cli->started_in,
        .now_ms = cli_now_ms(cli),
        .warns_of_each_forgotten = cli_name(cli)->is_tofu,
        .reads = project->reads,
    };
}

/* Returns false, with an error, for "-env all", which only `loam plan` accepts. */
static bool project_load_check_environment(const Cli *cli, Diags *diags) {
    if (!str_equal_cstr(cli->environment, "all"))
        return true;
    return diags_fail(
        diags, NO_RANGE, "Environment name required",
        "Only \"loam plan\" supports \"-env all\". Give the name of one environment.");
}

/* Returns a sentence about a file whose name is almost that of a configuration ("main.yaml"), with
 * a blank before it; empty if the directory has none. */
static Str load_meant_front_end(const Disk *disk, Str dir, Arena *arena) {
    static const struct {
        const char *suffix, *meant;
    } rows[] = {
        {".yaml", ".loam.yaml"},
        {".yml", ".loam.yaml"},
        {".hcl", ".tf"},
        {".tf.txt", ".tf"},
    };
    DiskEntries entries = {0};
    if (disk->list(disk->self, dir, &entries, arena) < 0)
        return STR_EMPTY;
    vec_each(&entries, entry) {
        for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
            Str suffix = str_from_cstr(rows[i].suffix), name = entry->name;
            bool is_meant = name.len > suffix.len && name.ptr[0] != '.' &&
                            str_ends_with(name, suffix) && entry->kind != DISK_DIRECTORY &&
                            !front_end_find(FRONT_END_TEST, name);
            if (is_meant)
                return str_format(arena,
                                  " The name \"%.*s\" is none of these: rename the file to "
                                  "\"%.*s%s\" if it is the configuration.",
                                  STR_ARG(name), STR_ARG(str_slice(name, 0, name.len - suffix.len)),
                                  rows[i].meant);
        }
    }
    return STR_EMPTY;
}

bool project_load(Project *project, Cli *cli, const Arguments *arguments, const Io *io,
                  Diags *diags) {
    project->cli = cli;
    project->arguments = arguments;
    project->diags = diags;
    uint32_t parallelism = project_load_parallelism_of(arguments, diags);
    if (parallelism == 0)
        return false;
    ConfigRequest request = config_request(project, io);
    prepare_input(project);
    project->input.values = project->variables.count ? &project->variables : NULL;
    if (!io && !project->options.may_be_empty &&
        front_end_is_empty_dir(cli->io.disk, request.directory))
        return diags_fail(
            diags, NO_RANGE, "No configuration files",
            "%s has no loam configuration. Write a file whose name ends in .loam.yaml, .tf, .tofu, "
            ".loam.json or .tf.json, or use another directory with -chdir.%.*s",
            project->options.directory.len ? "The given directory" : "This directory",
            STR_ARG(load_meant_front_end(cli->io.disk, request.directory, cli->arena)));
    if (!project_load_check_environment(cli, diags) ||
        !config_load(&request, &project->config, cli->arena, diags))
        return false;
    cli->workspace = project->config->workspace;
    if (!provider_twins_adopt(cli->foreign, project->config, NULL, cli->arena, diags))
        return false;
    provider_needs_constrain(cli->foreign, project->config, cli->arena);
    project->engine = new_engine(project, parallelism);
    return true;
}

bool project_read_variables(Project *project) {
    Cli *cli = project->cli;
    project->variables = map_new(cli->arena);
    return input_collect(project->config, &project->input, &project->variables, cli->arena,
                         project->diags);
}

/* Restores the values of variables from a saved plan. */
static void restore_variables(Project *project, const Plan *plan, Arena *arena) {
    project->variables = map_new(arena);
    vec_each(&plan->variables, variable) {
        InputValue *input = arena_new(arena, InputValue);
        input->value = value_unmark_deep(variable->value, arena);
        map_set(&project->variables, variable->name, input);
    }
}

bool project_load_planned(Project *project, Cli *cli, const Arguments *arguments, PlanInput input,
                          Diags *diags) {
    Disk *disk = arena_new(cli->arena, Disk);
    *disk = overlay_disk_new(cli->io.disk, input.sources, OVERLAY_REPLACE, cli->arena);
    Io *io = arena_new(cli->arena, Io);
    *io = cli->io;
    io->disk = disk;
    restore_variables(project, input.plan, cli->arena); /* module sources may depend on them */
    return project_load(project, cli, arguments, io, diags);
}

/* A command that prints stored data shows no warnings about the configuration: programs read its
 * output. */
static bool load_quietly(Project *project, Cli *cli, const Arguments *arguments, Diags *diags) {
    Diags loading = diags_new(cli->arena);
    bool ok = project_load(project, cli, arguments, NULL, &loading);
    project->diags = diags;
    if (!ok)
        diags_append(diags, &loading);
    return ok;
}

bool project_load_any(Project *project, Cli *cli, const Arguments *arguments, Diags *diags) {
    bool is_empty = front_end_is_empty_dir(cli->io.disk, STR("."));
    project->options.may_be_empty |= is_empty;
    if (!is_empty || cli_environment(cli, "ENCRYPTION"))
        return load_quietly(project, cli, arguments, diags);
    project->cli = cli;
    project->arguments = arguments;
    project->diags = diags;
    project->engine = (Engine){.io = &cli->io, .registry = cli->registry, .cancel = cli->cancel};
    return true;
}
