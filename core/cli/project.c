/* The root module that a command works on. */
#include "project.h"
#include "builtin.h"
#include "plan_disk.h"
#include "plan_variables.h"

static bool ask_variable(void *payload, const Variable *variable, Str *out, Arena *arena) {
    const Cli *cli = payload;
    terminal_print("var.%.*s\n", STR_ARG(variable->name));
    if (variable->description.len)
        terminal_print("  %.*s\n", STR_ARG(variable->description));
    terminal_print("\n  Enter a value: ");
    bool ok = variable->sensitive && cli->terminal.in_is_tty ? terminal_read_secret(out, arena)
                                                             : terminal_read_line(out, arena);
    terminal_print("\n");
    return ok;
}

static void tell(void *payload, Str line) {
    (void)payload;
    terminal_print("%.*s\n", STR_ARG(line));
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
    return !forbidden && option_flag(project->arguments, "input", true);
}

/* Where the root's variables come from. */
static void prepare_input(Project *project) {
    Cli *cli = project->cli;
    project->input = (InputRequest){.io = &cli->io, .folder = STR("."), .payload = cli};
    if (project->asks && project_may_ask(project))
        project->input.ask = ask_variable;
    vec_each(&project->arguments->options, option) {
        bool is_file = strcmp(option->option->name, "var-file") == 0;
        if (!is_file && strcmp(option->option->name, "var") != 0)
            continue;
        vec_push(cli->arena, &project->input.options, (InputOption){is_file, option->text});
    }
}

bool project_load(
    Project *project, Cli *cli, const Arguments *arguments, const Io *io, Diags *diags) {
    project->cli = cli;
    project->arguments = arguments;
    project->diags = diags;
    uint32_t parallelism = parallelism_of(arguments, diags);
    if (parallelism == 0)
        return false;
    ConfigRequest request = {
        .io = io ? io : &cli->io,
        .folder = STR("."),
        .data_folder = cli->data_folder,
        .test_folder = project->test_folder,
        .functions = cli->functions,
        .install = project->installs_modules,
        .upgrade = project->upgrades_modules,
        .sources = cli->module_sources,
        .cancel = cli->cancel,
        .tell = tell,
        .input = &project->input,
        .workspace = cli->workspace,
        .working_folder = cli->started_in,
    };
    prepare_input(project);
    project->input.values = project->variables.count ? &project->variables : NULL;
    if (!io && !project->may_be_empty && config_is_empty_folder(&cli->io, STR("."))) {
        diags_error(
            diags, NO_RANGE, "No configuration files",
            "This folder holds no loam configuration: write a file that ends in .loam.yaml, "
            ".loam.json or .tf.json, or name another folder with -chdir.");
        return false;
    }
    if (!config_load(&request, &project->config, cli->arena, diags))
        return false;
    project->engine = (Engine){
        .io = &cli->io,
        .config = project->config,
        .registry = cli->registry,
        .provisioners = &builtin_provisioners,
        .cancel = cli->cancel,
        .parallelism = parallelism,
        .workspace = cli->workspace,
        .working_folder = cli->started_in,
        .now_ms = cli_now_ms(cli),
    };
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

/* -- options -------------------------------------------------------------------------------------
 */

static bool take_replace(Project *project, Str text, PlanOptions *out) {
    Cli *cli = project->cli;
    Diags ignored = diags_new(cli->arena);
    ResourceAddr address;
    if (!address_parse_resource(text, &address, cli->arena, &ignored)) {
        diags_error(project->diags, NO_RANGE, "Invalid address to force replacement",
                    "-replace takes the address of one resource instance, like "
                    "libvirt_domain.node[0], and \"%.*s\" is none.",
                    STR_ARG(text));
        return false;
    }
    if (address.mode != MODE_MANAGED) {
        diags_error(project->diags, NO_RANGE, "Invalid address to force replacement",
                    "Only managed resources can be replaced, and \"%.*s\" is not one.",
                    STR_ARG(text));
        return false;
    }
    vec_push(cli->arena, &out->replace, address);
    return true;
}

static bool take_addresses(Project *project, PlanOptions *out) {
    Cli *cli = project->cli;
    bool ok = true;
    vec_each(&project->arguments->options, option) {
        if (strcmp(option->option->name, "target") == 0) {
            AddressTarget target;
            if (address_parse_target(option->text, &target, cli->arena, project->diags)) {
                vec_push(cli->arena, &out->targets, target);
                vec_push(cli->arena, &out->target_texts, option->text);
            } else {
                ok = false;
            }
        }
        if (strcmp(option->option->name, "replace") != 0)
            continue;
        ok = take_replace(project, option->text, out) && ok;
    }
    return ok;
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
    return take_addresses(project, out);
}

bool project_approve(Cli *cli, const char *question, const char *description) {
    RenderStyle style = terminal_style(&cli->terminal);
    const char *bold = style.color ? "\033[1m" : "";
    const char *reset = style.color ? "\033[0m" : "";
    terminal_print(
        "\n%s%s%s\n  %s\n  Only 'yes' will be accepted to approve.\n\n  %sEnter a value:%s ", bold,
        question, reset, description, bold, reset);
    Str answer;
    bool typed = terminal_read_line(&answer, cli->arena);
    terminal_print("\n");
    return typed && str_equal(str_trim(answer), STR("yes"));
}
