/* The root module that a command works on. */
#include "project.h"
#include "builtin.h"
#include "decode.h"
#include "digest.h"
#include "refusal.h"
#include "statefile.h"
#include "static_eval.h"
#include "workspace.h"

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

static bool may_ask(const Project *project) {
    const char *input = cli_environment(project->cli, "INPUT");
    bool forbidden = input && (strcmp(input, "0") == 0 || strcmp(input, "false") == 0);
    return !forbidden && option_flag(project->arguments, "input", true);
}

/* Where the root's variables come from. */
static void prepare_input(Project *project) {
    Cli *cli = project->cli;
    project->input = (InputRequest){.io = &cli->io, .folder = STR("."), .payload = cli};
    if (project->asks && may_ask(project))
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

bool project_read_variables(Project *project) {
    Cli *cli = project->cli;
    project->variables = map_new(cli->arena);
    return input_collect(project->config, &project->input, &project->variables, cli->arena,
                         project->diags);
}

/* -- state --------------------------------------------------------------------------------------
 */

/* What the configuration says of the backend; null without. */
static bool backend_config(Project *project, const BackendType *type, Value *out) {
    Cli *cli = project->cli;
    const BackendConfig *config = project->config ? project->config->root->backend : NULL;
    *out = schema_empty_value(&type->schema, cli->arena);
    if (!config)
        return true;
    const Decoded *decoded;
    const Scope *scope =
        static_eval_scope(project->config->statics, project->config->root, cli->arena);
    return decode_body(config->body, &type->schema, &decoded, cli->arena, project->diags) &&
           decode_eval(decoded, scope, out, cli->arena, project->diags) &&
           static_eval_check(*out, config->range, project->diags);
}

static Value with_path(Value config, Str path, Arena *arena) {
    size_t index;
    if (!path.ptr || !type_find_attribute(config.type, STR("path"), &index))
        return config;
    Path place = path_attribute((Path){0}, STR("path"), arena);
    return path_set(config, place, value_string(path, arena), arena);
}

/* -state, -state-out and -backup are of the local backend and its default workspace. */
static bool open_with(
    Project *project, const BackendType *type, Value config, Str path, Backend **out) {
    Cli *cli = project->cli;
    Str workspace = path.ptr ? STR("default") : cli->workspace;
    if (!type->open(&cli->io, with_path(config, path, cli->arena), workspace, out, cli->arena,
                    project->diags)) {
        return false;
    }
    Str backup = option_text(project->arguments, "backup");
    if (backup.ptr)
        (*out)->backup_path = str_equal(backup, STR("-")) ? STR_EMPTY : backup;
    return true;
}

static bool find_backend(Project *project, const BackendType **out) {
    const BackendConfig *config = project->config ? project->config->root->backend : NULL;
    Str name = config ? config->type : STR("local");
    *out = builtin_find_backend(name);
    if (!*out) {
        diags_error(project->diags, config->range, "Unsupported backend type",
                    "There is no backend type named \"%.*s\".", STR_ARG(name));
    }
    return *out != NULL;
}

bool project_open_backend(Project *project) {
    const BackendType *type;
    Value config;
    if (project->config && !refusal_check_state(project->config, project->diags))
        return false;
    if (!workspace_check(project->cli->workspace, project->diags))
        return false;
    if (!find_backend(project, &type) || !backend_config(project, type, &config) ||
        !open_with(project, type, config, option_text(project->arguments, "state"),
                   &project->backend)) {
        return false;
    }
    project->out = project->backend;
    Str path = option_text(project->arguments, "state-out");
    if (!path.ptr || str_equal(path, project->backend->path))
        return true;
    return open_with(project, type, config, path, &project->out);
}

static bool lock_one(Project *project, Backend *backend, Str operation, int64_t timeout_ms) {
    Cli *cli = project->cli;
    project->lock = state_lock_new(&cli->io, operation, backend->path, cli->arena);
    return backend->lock(backend, &project->lock, timeout_ms, cli->cancel, project->diags);
}

static bool lock_state(Project *project, Str operation) {
    if (operation.len == 0 || !option_flag(project->arguments, "lock", true))
        return true;
    int64_t timeout_ms = 0;
    Str timeout = option_text(project->arguments, "lock-timeout");
    if (timeout.ptr && !clock_parse_duration(timeout, &timeout_ms)) {
        diags_error(project->diags, NO_RANGE, "Invalid lock timeout",
                    "-lock-timeout takes a duration like \"30s\" or \"5m\", not \"%.*s\".",
                    STR_ARG(timeout));
        return false;
    }
    if (!lock_one(project, project->backend, operation, timeout_ms))
        return false;
    project->is_locked = true;
    return project->out == project->backend ||
           lock_one(project, project->out, operation, timeout_ms);
}

static bool read_state(Project *project) {
    Cli *cli = project->cli;
    Str text;
    if (!project->backend->read(project->backend, &text, cli->arena, project->diags))
        return false;
    project->has_state = text.len > 0;
    if (!statefile_decode(project->backend->path, text, &project->state, cli->arena,
                          project->diags)) {
        return false;
    }
    Str journal = project->backend->journal_path;
    if (journal.len == 0)
        return true;
    if (!journal_replay(&cli->io, journal, project->state, &project->found_journal, cli->arena,
                        project->diags))
        return false;
    if (project->found_journal &&
        cli->io.disk->read_file(cli->io.disk->self, journal, &text, cli->arena) >= 0)
        project->journal_digest = digest_hex(DIGEST_SHA256, text, cli->arena);
    return true;
}

bool project_open_state(Project *project, Str operation) {
    return project_open_backend(project) && lock_state(project, operation) && read_state(project);
}

/* Who asks for what is stored is not warned of what is written: programs read the answer. */
static bool load_quietly(Project *project, Cli *cli, const Arguments *arguments, Diags *diags) {
    Diags loading = diags_new(cli->arena);
    bool ok = project_load(project, cli, arguments, NULL, &loading);
    project->diags = diags;
    if (!ok)
        diags_append(diags, &loading);
    return ok;
}

bool project_load_any(Project *project, Cli *cli, const Arguments *arguments, Diags *diags) {
    if (!config_is_empty_folder(&cli->io, STR(".")))
        return load_quietly(project, cli, arguments, diags);
    project->cli = cli;
    project->arguments = arguments;
    project->diags = diags;
    project->engine = (Engine){.io = &cli->io, .registry = cli->registry, .cancel = cli->cancel};
    return true;
}

bool project_open_state_only(
    Project *project, Cli *cli, const Arguments *arguments, Str operation, Diags *diags) {
    return project_load_any(project, cli, arguments, diags) &&
           project_open_state(project, operation);
}

/* -- workspaces ---------------------------------------------------------------------------------
 */

bool project_list_workspaces(Project *project, StrVec *out) {
    Cli *cli = project->cli;
    const BackendType *type;
    Value config;
    vec_push(cli->arena, out, STR("default"));
    return find_backend(project, &type) && backend_config(project, type, &config) &&
           type->list(&cli->io, config, out, cli->arena, project->diags);
}

bool project_make_workspace(Project *project, Str name) {
    const BackendType *type;
    Value config;
    return find_backend(project, &type) && backend_config(project, type, &config) &&
           type->make(&project->cli->io, config, name, project->diags);
}

bool project_remove_workspace(Project *project, Str name) {
    const BackendType *type;
    Value config;
    return find_backend(project, &type) && backend_config(project, type, &config) &&
           type->remove(&project->cli->io, config, name, project->diags);
}

bool project_begin_changes(Project *project, State *state) {
    Cli *cli = project->cli;
    Str path = project->out->journal_path;
    if (path.len > 0 &&
        !journal_open(&cli->io, path, state, &project->journal, cli->arena, project->diags)) {
        return false;
    }
    project->working =
        working_state_open(state, project->out, project->journal, &cli->io, cli->arena);
    return true;
}

bool project_write_state(Project *project, State *state) {
    return project_begin_changes(project, state) &&
           working_state_checkpoint(project->working, project->diags);
}

static void close_backend(Project *project, Backend *backend) {
    if (project->is_locked)
        (void)backend->unlock(backend, project->diags);
    backend->close(backend);
}

void project_release(Project *project) {
    if (project->working)
        (void)working_state_close(project->working);
    if (project->journal)
        journal_close(project->journal);
    if (project->out && project->out != project->backend)
        close_backend(project, project->out);
    if (project->backend)
        close_backend(project, project->backend);
    *project = (Project){0};
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
