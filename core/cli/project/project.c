/* The root module that a command works on. */
#include "project.h"
#include "environment.h"
#include "plan_disk.h"
#include "plan_variables.h"
#include "selection.h"
#include "view.h"

static bool ask_variable(void *payload, const Variable *variable, Str *out, Arena *arena) {
    const Cli *cli = payload;
    terminal_print("var.%.*s\n", STR_ARG(variable->name));
    if (variable->description.len)
        terminal_print("  %.*s\n", STR_ARG(variable->description));
    terminal_print("\n  Enter a value: ");
    bool is_secret = variable->sensitive && cli->terminal.in_is_tty;
    bool ok = is_secret ? terminal_read_secret(out, arena)
                        : terminal_ask(out, cli->cancel, arena) == ANSWER_GIVEN;
    terminal_print("\n");
    return ok;
}

static void tell(void *payload, Str line) {
    const Cli *cli = payload;
    cli->view->type->note(cli->view, line);
}

static uint32_t parallelism_of(const Arguments *arguments, Diags *diags) {
    Str text = option_text(arguments, "parallelism");
    if (!text.ptr)
        return 10;
    uint64_t count;
    if (str_to_uint64(text, &count) && count > 0 && count <= 1000)
        return (uint32_t)count;
    diags_error(diags, NO_RANGE, "Invalid parallelism",
                "-parallelism takes a whole number from 1 to 1000, not \"%.*s\".", STR_ARG(text));
    return 0;
}

bool project_may_ask(const Project *project) {
    const char *input = cli_environment(project->cli, "INPUT");
    bool forbidden = input && (strcmp(input, "0") == 0 || strcmp(input, "false") == 0);
    const View *view = project->cli->view;
    return !forbidden && (!view || view->type->can_ask) &&
           option_flag(project->arguments, "input", true);
}

/* Where the root's variables come from. */
static void prepare_input(Project *project) {
    Cli *cli = project->cli;
    project->input = (InputRequest){
        .io = &cli->io,
        .folder = STR("."),
        .payload = cli,
        .environment = cli->environment,
    };
    if (project->asks && project_may_ask(project))
        project->input.ask = ask_variable;
    vec_each(&project->arguments->options, option) {
        bool is_file = strcmp(option->option->name, "var-file") == 0;
        if (!is_file && strcmp(option->option->name, "var") != 0)
            continue;
        vec_push(cli->arena, &project->input.options, (InputOption){is_file, option->text});
    }
}

static ConfigRequest config_request(Project *project, const Io *io) {
    Cli *cli = project->cli;
    return (ConfigRequest){
        .io = io ? io : &cli->io,
        .folder = project->folder.len ? project->folder : STR("."),
        .is_single = project->is_single,
        .data_folder = cli->data_folder,
        .test_folder = project->test_folder,
        .runs_tests = project->runs_tests,
        .functions = cli->functions,
        .install = project->installs_modules,
        .upgrade = project->upgrades_modules,
        .keeps_lock = project->keeps_lock,
        .removed_is_forgotten = cli_name(cli)->forgets,
        .has_literal_settings = cli_name(cli)->has_literal_settings,
        .evaluates_prevent_destroy = cli_name(cli)->forgets,
        .sources = cli->module_sources,
        .cancel = cli->cancel,
        .tell = tell,
        .payload = cli,
        .input = &project->input,
        .workspace = cli->workspace,
        .working_folder = cli->started_in,
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
        .working_folder = cli->started_in,
        .now_ms = cli_now_ms(cli),
    };
}

bool project_load(
    Project *project, Cli *cli, const Arguments *arguments, const Io *io, Diags *diags) {
    project->cli = cli;
    project->arguments = arguments;
    project->diags = diags;
    uint32_t parallelism = parallelism_of(arguments, diags);
    if (parallelism == 0)
        return false;
    ConfigRequest request = config_request(project, io);
    prepare_input(project);
    project->input.values = project->variables.count ? &project->variables : NULL;
    if (!io && !project->may_be_empty && config_load_is_empty_folder(&cli->io, request.folder)) {
        diags_error(diags, NO_RANGE, "No configuration files",
                    "%s holds no loam configuration: write a file whose name ends in .loam.yaml, "
                    ".tf, .tofu, .loam.json or .tf.json, or name another folder with -chdir.",
                    project->folder.len ? "The folder that was named" : "This folder");
        return false;
    }
    if (!environment_check_choice(cli, diags) ||
        !config_load(&request, &project->config, cli->arena, diags))
        return false;
    cli->workspace = project->config->workspace;
    project->engine = new_engine(project, parallelism);
    return true;
}

Str project_test_folder(const Arguments *arguments) {
    Str folder = option_text(arguments, "test-directory");
    return folder.len ? folder : STR(CONFIG_TEST_FOLDER);
}

bool project_read_variables(Project *project) {
    Cli *cli = project->cli;
    project->variables = map_new(cli->arena);
    return input_collect(project->config, &project->input, &project->variables, cli->arena,
                         project->diags);
}

bool project_load_planned(
    Project *project, Cli *cli, const Arguments *arguments, PlanInput input, Diags *diags) {
    Disk *disk = arena_new(cli->arena, Disk);
    *disk = plan_disk_new(cli->io.disk, input.sources, cli->arena);
    Io *io = arena_new(cli->arena, Io);
    *io = cli->io;
    io->disk = disk;
    plan_variables_restore(project, input.plan, cli->arena); /* they may say where modules are */
    return project_load(project, cli, arguments, io, diags);
}

bool project_plan_options(Project *project, PlanOptions *out) {
    const Arguments *arguments = project->arguments;
    *out = (PlanOptions){
        .skip_refresh = !option_flag(arguments, "refresh", true),
        .skips_check_warnings = option_flag(arguments, "auto-approve", false),
        .variables = &project->variables,
    };
    bool destroy = option_flag(arguments, "destroy", false);
    bool refresh_only = option_flag(arguments, "refresh-only", false);
    if (destroy && refresh_only) {
        diags_error(project->diags, NO_RANGE, "Incompatible plan mode options",
                    "The options -destroy and -refresh-only exclude each other.");
        return false;
    }
    if (refresh_only && out->skip_refresh) {
        diags_error(project->diags, NO_RANGE, "Incompatible refresh options",
                    "-refresh-only with -refresh=false would do nothing.");
        return false;
    }
    out->mode = destroy ? PLAN_DESTROY : refresh_only ? PLAN_REFRESH_ONLY : PLAN_NORMAL;
    return selection_read(project, out);
}

bool project_approve(
    Cli *cli, const char *question, const char *description, const char *wanted, Diags *diags) {
    RenderStyle style = terminal_style(&cli->terminal);
    const char *bold = style.color ? "\033[1m" : "";
    const char *reset = style.color ? "\033[0m" : "";
    terminal_print(
        "\n%s%s%s\n  %s\n  Only '%s' will be accepted to approve.\n\n  %sEnter a value:%s ", bold,
        question, reset, description, wanted, bold, reset);
    Str answer;
    TerminalAnswer answered = terminal_ask(&answer, cli->cancel, cli->arena);
    terminal_print("\n");
    if (answered == ANSWER_END)
        diags_error(diags, NO_RANGE, "error asking for approval: EOF",
                    "Nobody can be asked, as standard input has ended. -auto-approve goes on "
                    "without asking.");
    return answered == ANSWER_GIVEN && str_equal_cstr(str_trim(answer), wanted);
}
