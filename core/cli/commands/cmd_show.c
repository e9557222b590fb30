/* loam show */
#include "command.h"
#include "config_json.h"
#include "project.h"
#include "render_json.h"
#include "reporting.h"
#include "state_object.h"
#include "statefile.h"
#include "stored_plan.h"
#include "version.h"
#include "view_outputs.h"

static const Option cmd_show_options[] = {
    {"json", OPTION_FLAG, NULL, "Print as JSON."},
    {"state", OPTION_FLAG, NULL, "Show the current state (default without FILE)."},
    {"plan", OPTION_PATH, "FILE", "Show the saved plan in this file, or state:NAME."},
    {"config", OPTION_FLAG, NULL, "Show the configuration with all modules. Requires -json."},
    {"module", OPTION_PATH, "DIR",
     "Show the module in this directory without its calls. Requires -json."},
};

/* The targets of loam show; at most one may be named. */
typedef enum ShowTarget {
    SHOW_STATE,
    SHOW_FILE,
    SHOW_PLAN,
    SHOW_CONFIG,
    SHOW_MODULE,
    SHOW_COUNT
} ShowTarget;

static bool cmd_show_choose_target(const Arguments *arguments, ShowTarget *out, Diags *diags) {
    const bool named[] = {
        [SHOW_STATE] = option_flag(arguments, "state"),
        [SHOW_FILE] = arguments->positionals.count > 0,
        [SHOW_PLAN] = option_is_given(arguments, "plan"),
        [SHOW_CONFIG] = option_flag(arguments, "config"),
        [SHOW_MODULE] = option_is_given(arguments, "module"),
    };
    static_assert(ARRAY_COUNT(named) == SHOW_COUNT, "an option for each target");
    size_t count = 0;
    *out = SHOW_STATE;
    for (size_t i = 0; i < ARRAY_COUNT(named); i++) {
        if (!named[i])
            continue;
        *out = (ShowTarget)i;
        count++;
    }
    if (count > 1)
        return diags_fail(
            diags, NO_RANGE, "Conflicting object types to show",
            "-state, -plan, -config, -module and a file name cannot be combined. Choose one.");
    bool is_configuration = *out == SHOW_CONFIG || *out == SHOW_MODULE;
    if (!is_configuration || option_flag(arguments, "json"))
        return true;
    return diags_fail(diags, NO_RANGE, "JSON output required for configuration",
                      "The configuration can be shown only as JSON: add -json to -%s.",
                      *out == SHOW_CONFIG ? "config" : "module");
}

/* Returns the configuration that the plan was made of, for source locations in reports. NULL if
 * there are no reports, or if it cannot be loaded any more. */
static const Config *load_config(Cli *cli, const Arguments *arguments, const Plan *plan,
                                 PlanFileSources *sources) {
    if (!cli->reporting)
        return NULL;
    SCOPED(Project) project = {0};
    Diags ignored = diags_new(cli->arena);
    PlanInput input = {plan, sources};
    return project_load_planned(&project, cli, arguments, input, &ignored) ? project.config : NULL;
}

static int cmd_show_plan(Cli *cli, const Arguments *arguments, Str path, Diags *diags) {
    Plan *plan;
    PlanFileSources sources = {0};
    SCOPED(Project) project = {.cli = cli, .arguments = arguments};
    if (!project_read_plan(&project, (PlanName){path, STR_EMPTY}, &plan, &sources, diags))
        return 1;
    Engine engine = {.io = &cli->io, .registry = cli->registry};
    engine_restore_schemas(&engine, plan);
    reporting_set_plan(cli->reporting, plan, load_config(cli, arguments, plan, &sources));
    if (cli_name(cli)->is_other)
        plan->code = STR_EMPTY;
    if (!stored_plan_is_named(cli, path))
        plan->digest = STR_EMPTY; /* programs compute that of a file */
    if (!option_flag(arguments, "json")) {
        plan_warn_of_unknown(plan, diags);
        render_text_plan_in_pieces(plan, terminal_style(&cli->terminal), terminal_out, cli->arena);
        if (plan->code.len > 0)
            terminal_print("\nCode: %.*s\n", STR_ARG(plan->code));
        if (plan->digest.len > 0)
            terminal_print("\nDigest: %.*s\n", STR_ARG(plan->digest));
        return 0;
    }
    StrBuf text = strbuf_new(cli->arena);
    render_json_plan(plan, view_outputs_find_schema, &engine, STR(VERSION_TERRAFORM), &text,
                     cli->arena);
    strbuf_add_char(&text, '\n');
    terminal_out(strbuf_str(&text));
    return 0;
}

/* The text of a state, while it is written. */
typedef struct StateText {
    Cli *cli;
    const Engine *engine;
    RenderStyle style;
    StrBuf text;
    const StateResources *resources;
    const StateResource *last; /* that was written; NULL: none */
} StateText;

/* Returns the blank lines of a peer: one between the objects of a module, and two before those of a
 * module if a module around it has objects. */
static const char *separator_before(const StateText *out, const ModuleAddr *module) {
    if (out->last && module_addr_equal(out->last->address.module, module))
        return "\n";
    size_t depth = module_addr_depth(module);
    vec_each(out->resources, item) { /* in the order of their depths */
        const ModuleAddr *other = (*item)->address.module;
        if (module_addr_depth(other) >= depth)
            break;
        if (module_addr_is_within(module, other))
            return "\n\n";
    }
    return "";
}

/* `deposed`: NULL: the current object. */
static void cmd_show_object(StateText *out, const StateResource *resource,
                            const StateInstance *instance, const StateDeposed *deposed,
                            Diags *diags) {
    Arena *arena = out->cli->arena;
    const StateObject *object = deposed ? deposed->object : instance->current;
    const Schema *schema =
        engine_find_schema(out->engine, resource->address.mode, resource->provider_config.provider,
                           resource->address.type);
    ResourceAddr address = resource->address;
    address.key = instance->key;
    Value value;
    if (!schema) {
        strbuf_add_format(&out->text,
                          "# %.*s: no available provider has this type\n"
                          "\n",
                          STR_ARG(resource_addr_to_str(address, arena)));
        return;
    }
    if (!state_object_decode(object, schema, &value, arena, diags))
        return;
    Str note = object->status == OBJECT_TAINTED ? STR("(tainted)") : STR_EMPTY;
    if (deposed)
        note = str_format(arena, "(deposed object %.*s)", STR_ARG(deposed->key));
    if (out->style.peer)
        strbuf_add_cstr(&out->text, separator_before(out, address.module));
    render_text_object(&(RenderObject){address, note, value, schema}, out->style, &out->text,
                       arena);
    if (!out->style.peer)
        strbuf_add_char(&out->text, '\n');
    out->last = resource;
}

static void show_instance(StateText *out, const StateResource *resource,
                          const StateInstance *instance, Diags *diags) {
    if (instance->current)
        cmd_show_object(out, resource, instance, NULL, diags);
    vec_each(&instance->deposed, deposed) {
        cmd_show_object(out, resource, instance, deposed, diags);
    }
}

static void show_objects(Cli *cli, const Engine *engine, const State *state, Diags *diags) {
    StateText out = {
        .cli = cli,
        .engine = engine,
        .style = terminal_style(&cli->terminal),
        .text = strbuf_new(cli->arena),
    };
    cli->secrets = state_secrets(engine, state, cli->arena);
    out.style.secrets = cli->secrets;
    StateResources resources = {0};
    state_sorted_resources(state, &resources, cli->arena);
    out.resources = &resources;
    vec_each(&resources, resource) {
        vec_each(&(*resource)->instances, instance) {
            show_instance(&out, *resource, instance, diags);
        }
    }
    terminal_out(strbuf_str(&out.text));
    if (state->outputs.count == 0)
        return;
    if (out.style.peer) {
        terminal_print("\n\nOutputs:\n\n");
        view_outputs_show_nested(cli, state);
        return;
    }
    terminal_print("Outputs:\n\n");
    view_outputs_show(cli, state);
}

/* The JSON document needs the schema of each object: without it, sensitive values are unknown. */
static bool check_schemas(const Cli *cli, const Engine *engine, const State *state, Diags *diags) {
    size_t before = diags->error_count;
    StateResources resources = {0};
    state_sorted_resources(state, &resources, cli->arena);
    vec_each(&resources, item) {
        const StateResource *resource = *item;
        Str provider = resource->provider_config.provider;
        if (engine_find_schema(engine, resource->address.mode, provider, resource->address.type))
            continue;
        diags_error(diags, NO_RANGE, "Schema of a stored object not available",
                    "The state contains %.*s, and no available provider has this type. Its "
                    "provider is %.*s. If it is missing, add it to required_providers and run "
                    "\"loam init\".",
                    STR_ARG(resource_addr_to_str(resource->address, cli->arena)),
                    STR_ARG(provider));
    }
    return diags->error_count == before;
}

static int cmd_show_state(Cli *cli, const Arguments *arguments, const Engine *engine,
                          const State *state, Diags *diags) {
    StrBuf text = strbuf_new(cli->arena);
    if (option_flag(arguments, "json")) {
        if (!check_schemas(cli, engine, state, diags))
            return 1;
        Str encoded = state_is_empty(state) && state->outputs.count == 0
                          ? STR_EMPTY
                          : statefile_encode(state, cli->arena);
        render_json_state(encoded, view_outputs_find_schema, (void *)engine, STR(VERSION_TERRAFORM),
                          &text, cli->arena);
        strbuf_add_char(&text, '\n');
        terminal_out(strbuf_str(&text));
        return 0;
    }
    if (state_is_empty(state) && state->outputs.count == 0) {
        bool is_absent = cli_name(cli)->peer && state->lineage.len == 0;
        terminal_print(is_absent ? "No state.\n"
                                 : "The state file is empty. No resources are represented.\n");
        return 0;
    }
    show_objects(cli, engine, state, diags);
    return 0;
}

static int show_file(Cli *cli, const Arguments *arguments, Str path, Diags *diags) {
    Str bytes;
    State *state;
    SCOPED(Project)
    project = {.cli = cli, .options = {.asks = true, .ignores_versions = true}, .diags = diags};
    Engine engine = {.io = &cli->io, .registry = cli->registry};
    if (stored_plan_is_named(cli, path))
        return cmd_show_plan(cli, arguments, path, diags);
    if (!project_check_file(cli, path, "Failed to read the given file", diags) ||
        !project_read_file(cli, path, "Failed to read the given file", &bytes, diags))
        return 1;
    if (planfile_is_planfile(bytes))
        return cmd_show_plan(cli, arguments, path, diags);
    if (envelope_is_sealed(bytes) &&
        (!project_load_any(&project, cli, arguments, diags) || !project_open_ciphers(&project)))
        return 1;
    if (!project_decode_state(&project, path, bytes, &state))
        return 1;
    return cmd_show_state(cli, arguments, &engine, state, diags);
}

static int show_latest(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.options.ignores_versions = true};
    if (!project_open_state_only(&project, cli, arguments, LOCK_NONE, diags))
        return 1;
    return cmd_show_state(cli, arguments, &project.engine, project.state, diags);
}

/* A single module needs no installation. */
static int show_configuration(Cli *cli, const Arguments *arguments, bool is_single, Diags *diags) {
    SCOPED(Project)
    project = {
        .options.is_single = is_single,
        .options.directory = option_text(arguments, "module"),
        .options.asks = true,
    };
    if (!project_load(&project, cli, arguments, NULL, diags))
        return 1;
    terminal_out(is_single ? config_json_write_module(&project.engine, cli->arena)
                           : config_json_write(&project.engine, NULL, cli->arena));
    terminal_out(STR("\n"));
    return 0;
}

/* Reports need a plan. */
static bool check_reports(Cli *cli, ShowTarget target, Diags *diags) {
    if (!cli->reporting || target == SHOW_PLAN || target == SHOW_FILE)
        return true;
    diags_error(diags, NO_RANGE, "Report without a plan",
                "A report requires a saved plan: give the name of its file.");
    cli->reporting = NULL;
    return false;
}

static int cmd_show_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    ShowTarget target;
    if (!cmd_show_choose_target(arguments, &target, diags) || !check_reports(cli, target, diags))
        return 1;
    switch (target) {
    case SHOW_FILE: return show_file(cli, arguments, arguments->positionals.items[0], diags);
    case SHOW_PLAN: return cmd_show_plan(cli, arguments, option_text(arguments, "plan"), diags);
    case SHOW_CONFIG: return show_configuration(cli, arguments, false, diags);
    case SHOW_MODULE: return show_configuration(cli, arguments, true, diags);
    case SHOW_STATE:
    case SHOW_COUNT: break;
    }
    return show_latest(cli, arguments, diags);
}

const Command cmd_show = {
    .name = "show",
    .summary = "Show the state, a saved plan, or the configuration",
    .usage = "[options] [FILE|state:NAME]",
    .about =
        "Shows the current state, the plan or state in FILE, or the stored plan NAME. Use at most "
        "one of -state, -plan, "
        "-config and -module to select the kind. In the JSON of a plan, a resource change can have "
        "a member that other programs do not write: \"parts\", if the instance contains many "
        "objects. Each part has its \"key\", its \"change\" in the form of a resource's change, "
        "and \"notes\". \"parts_unknown\": more parts are known only after apply. The member "
        "\"code\" of "
        "the plan is a digest of the files that it was made from: two plans of the same files have "
        "the same. \"code_files\" lists those that are not files of the configuration. "
        "\"digest\" is that of a stored plan.",
    .example = "loam plan -out=p.plan\nloam show p.plan",
    .groups = {OPTION_GROUP(cmd_show_options), &option_variables, &reporting_options,
               &option_environment, &option_view},
    .most_positionals = 1,
    .run = cmd_show_run,
};
