/* loam plan */
#include "command.h"
#include "config_json.h"
#include "file_reads.h"
#include "module_manifest.h"
#include "operation.h"
#include "plan_options.h"
#include "relevant_json.h"
#include "reporting.h"
#include "statefile.h"
#include "stored_plan.h"

static const Option cmd_plan_options[] = {
    {"out", OPTION_OUTPUT, "PATH",
     "Save the plan for apply: in a file, or as state:NAME in the backend of the state."},
    {"from", OPTION_PATH, "PLAN",
     "Plan with the configuration and the variables of this saved plan: a file or state:NAME."},
    {"unknown", OPTION_TEXT, "VARIABLE",
     "Make a preview without the value of this variable of the root module, which cannot be "
     "applied. May be repeated."},
    {"detailed-exitcode", OPTION_FLAG, NULL, "Exit with status 2 if the plan has changes."},
    {"json", OPTION_FLAG, NULL, "Print events as JSON, one per line."},
    {"json-into", OPTION_OUTPUT, "PATH", "Also write the JSON events to a file."},
    {"generate-config-out", OPTION_OUTPUT, "PATH",
     "Generate configuration for import blocks in a new file: YAML if its name ends in .yaml, or "
     "if the directory's files do."},
};

/* Checked before planning: otherwise a finished plan could not be saved. */
static bool cmd_plan_check_out(const Cli *cli, const Arguments *arguments, Diags *diags) {
    const Disk *disk = cli->io.disk;
    Str path = option_text(arguments, "out");
    Str directory = disk_directory_of(path);
    DiskStat stat;
    if (!path.ptr || stored_plan_is_named(cli, path))
        return true; /* operation_plan checks the name of a stored plan */
    if (path.len == 0) {
        diags_error(diags, NO_RANGE, "Invalid -out option",
                    "-out requires a file name, and it is empty. Write -out=FILE.");
    } else if (disk->stat(disk->self, path, &stat) == 0 && stat.kind == DISK_DIRECTORY) {
        diags_error(diags, NO_RANGE, "Invalid -out option",
                    "\"%.*s\" is a directory. Give the name of a file for the plan.",
                    STR_ARG(path));
    } else if (disk->stat(disk->self, directory, &stat) != 0 || stat.kind != DISK_DIRECTORY) {
        diags_error(diags, NO_RANGE, "Invalid -out option",
                    "The directory \"%.*s\" for the plan \"%.*s\" does not exist. Create it, or "
                    "choose another path.",
                    STR_ARG(directory), STR_ARG(path));
    } else {
        return true;
    }
    return false;
}

/* Collects every file of the configuration, for the plan file. */
static void collect_sources(const Module *module, PlanFileSources *out, Arena *arena) {
    vec_each(&module->sources, source) {
        vec_push(arena, out, (PlanFileSource){(*source)->path, (*source)->bytes});
    }
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        if (call->module)
            collect_sources(call->module, out, arena);
    }
}

/* The manifest of installed modules, so that the apply needs no init. */
static void add_manifest(const Cli *cli, PlanFileSources *out) {
    const Disk *disk = cli->io.disk;
    PlanFileSource manifest = {.path = module_manifest_path(cli->data_directory, cli->arena)};
    if (disk->read_file(disk->self, manifest.path, &manifest.bytes, cli->arena) == 0)
        vec_push(cli->arena, out, manifest);
}

static bool cmd_plan_save(Operation *operation, Str path) {
    Project *project = operation->project;
    Plan *plan = operation->result.plan;
    Arena *arena = project->cli->arena;
    plan->journal = project->journal_digest;
    plan->environment = project->cli->environment;
    plan->backend = project_backend_name(project);
    plan->previous_state = statefile_encode(project->state, arena);
    plan->prior_state = statefile_encode(operation->result.refreshed, arena);
    /* As Terraform does, omit blocks that were generated for this plan. */
    plan->configuration = config_json_write(&project->engine, &operation->generated, arena);
    plan->relevant_attributes = relevant_json_write(&project->engine, plan, arena);
    PlanFileSources sources = {0};
    collect_sources(project->config->root, &sources, arena);
    planned_code_note(project, plan, &sources);
    if (operation->from.ptr)
        sources = operation->sources; /* with the manifest of that plan */
    else
        add_manifest(project->cli, &sources);
    PlanFilePlace place = {.io = &project->cli->io, .path = path, .cipher = project->ciphers.plan};
    Str bytes;
    if (!stored_plan_is_named(project->cli, path))
        return planfile_write(&place, plan, &sources, arena, project->diags);
    return planfile_pack(&place, plan, &sources, &bytes, arena, project->diags) &&
           stored_plan_write(project, plan, path, bytes);
}

/* The written file of -generate-config-out; empty: none. */
static Str generated_file(const Operation *operation) {
    if (operation->generated.count == 0)
        return STR_EMPTY;
    return option_text(operation->project->arguments, "generate-config-out");
}

static int cmd_plan_one(Cli *cli, const Arguments *arguments, PlanCounts *counts, Diags *diags) {
    SCOPED(Project) project = {0};
    Str path = option_text(arguments, "out");
    bool is_stored = stored_plan_is_named(cli, path);
    Operation operation = {
        .project = &project,
        .shows_errored = true,
        .from = option_text(arguments, "from"),
        .stores_as = is_stored ? path : (Str){0},
    };
    project.reads = path.ptr ? file_reads_open() : NULL;
    bool ok = operation_plan(&operation, cli, arguments, LOCK_PLAN, PLAN_NORMAL, diags);
    if (!operation.result.plan)
        return 1;
    *counts = plan_count(operation.result.plan);
    plan_warn_of_unknown(operation.result.plan, diags);
    if (path.ptr && !cmd_plan_save(&operation, path))
        return 1;
    if (!ok)
        return 1;
    bool applyable = plan_is_applyable(operation.result.plan);
    Str generated = generated_file(&operation);
    bool is_saved = path.ptr && (applyable || !cli_name(cli)->peer);
    if (cli_name(cli)->peer)
        view_show_diags(cli->view, diags); /* the peers show warnings first */
    if (applyable || is_saved || generated.len > 0)
        cli->view->type->plan_hint(
            cli->view, path, is_stored ? operation.result.plan->digest : STR_EMPTY, generated);
    return applyable ? 2 : 0;
}

typedef struct Planned {
    Str name;
    int status; /* exit status: 0: no changes, 1: error, 2: changes */
    PlanCounts counts;
} Planned;

typedef VEC(Planned) PlannedEnvironments;

static bool list_environments(Cli *cli, const Arguments *arguments, PlannedEnvironments *out,
                              Diags *diags) {
    SCOPED(Project) project = {0};
    Cli any = *cli;
    any.environment = STR_EMPTY;
    if (!project_load(&project, &any, arguments, NULL, diags))
        return false;
    map_each(&project.config->root->environments, entry) {
        vec_push(cli->arena, out, (Planned){.name = entry->key});
    }
    if (out->count > 0)
        return true;
    return diags_fail(diags, NO_RANGE, "No environments",
                      "\"-env all\" plans each environment, but the root module declares none. "
                      "Write an \"environments\" block, or remove the option.");
}

static void show_summary(View *view, const PlannedEnvironments *planned, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    int width = (int)strlen("Environment");
    vec_each(planned, one) {
        width = (int)one->name.len > width ? (int)one->name.len : width;
    }
    strbuf_add_format(&text, "\n%-*s  add  change  destroy\n", width, "Environment");
    vec_each(planned, one) {
        strbuf_add_format(&text, "%-*.*s  ", width, STR_ARG(one->name));
        if (one->status == 1)
            strbuf_add_cstr(&text, "failed\n");
        else
            strbuf_add_format(&text, "%3u  %6u  %7u%s\n", one->counts.create, one->counts.update,
                              one->counts.delete, one->status == 0 ? "  no changes" : "");
    }
    view->type->note(view, str_slice(strbuf_str(&text), 0, text.len - 1));
}

/* Plans every environment, even if one fails. */
static int plan_each(Cli *cli, const Arguments *arguments, Diags *diags) {
    PlannedEnvironments planned = {0};
    int status = 0;
    if (option_is_given(arguments, "out")) {
        diags_error(diags, NO_RANGE, "Invalid combination of options",
                    "A plan file is for one environment. With -out, select one environment.");
        return 1;
    }
    if (option_is_given(arguments, "from")) {
        diags_error(diags, NO_RANGE, "Invalid combination of options",
                    "A saved plan is for one environment. With -from, select that environment.");
        return 1;
    }
    if (!list_environments(cli, arguments, &planned, diags))
        return 1;
    vec_each(&planned, one) {
        Cli there = *cli;
        there.environment = one->name;
        cli->view->type->note(
            cli->view, str_format(cli->arena, "\nEnvironment \"%.*s\":", STR_ARG(one->name)));
        one->status = cmd_plan_one(&there, arguments, &one->counts, diags);
        view_show_diags(cli->view, diags);
        if (status != 1 && one->status != 0)
            status = one->status;
    }
    show_summary(cli->view, &planned, cli->arena);
    return status;
}

static int cmd_plan_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    PlanCounts counts;
    if (option_is_given(arguments, "unknown") && option_is_given(arguments, "from")) {
        diags_error(diags, NO_RANGE, "Invalid combination of options",
                    "-from takes the values of the variables from a saved plan. To plan without a "
                    "value, leave out -from.");
        return 1;
    }
    if (!cmd_plan_check_out(cli, arguments, diags))
        return 1;
    int status = str_equal_cstr(cli->environment, "all")
                     ? plan_each(cli, arguments, diags)
                     : cmd_plan_one(cli, arguments, &counts, diags);
    bool tells_changes = option_flag(arguments, "detailed-exitcode");
    return status == 2 && !tells_changes ? 0 : status;
}

static const CommandStatus plan_statuses[] = {{2, "With -detailed-exitcode, the plan has changes."},
                                              {0}};

const Command cmd_plan = {
    .name = "plan",
    .summary = "Show the planned changes",
    .usage = "[options]",
    .about = "Reads the real objects, compares them with the configuration, and shows the required "
             "changes.\n"
             "No real object is changed.\n"
             "With -out=state:NAME, the encrypted plan is stored in the backend of the state, and "
             "its digest is printed. Another machine can then apply exactly this plan: \"loam "
             "apply -expect=DIGEST state:NAME\".",
    .statuses = plan_statuses,
    .example = "loam plan -out=p.plan\nloam apply p.plan",
    .groups = {OPTION_GROUP(cmd_plan_options), &option_operation, &option_variables, &option_state,
               &reporting_options, &option_environment, &option_view},
    .run = cmd_plan_run,
    .json_view = view_json_open,
};
