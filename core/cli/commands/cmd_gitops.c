/* loam gitops reconcile, suspend, resume, status */
#include "command.h"
#include "environment.h"
#include "json.h"
#include "utf8.h"

#define GITOPS_TIMEOUT_MS 300000
#define MESSAGE_BYTES     100 /* longest printed message */

static const Option reconcile_options[] = {
    {"with-source", OPTION_FLAG, NULL, "Reconcile the sources of the objects first."},
    {"timeout", OPTION_TEXT, "DURATION", "How long to wait (default 5m)."},
    {"json", OPTION_FLAG, NULL, "Print as JSON."},
};

static const Option show_options[] = {
    {"json", OPTION_FLAG, NULL, "Print as JSON."},
};

/* One run of a subcommand. */
typedef struct GitopsRun {
    Cli *cli;
    const Arguments *arguments;
    Project project;
    PlanOptions plan_options;
    GitopsOptions options;
    GitopsResults results;
    Diags *diags;
} GitopsRun;

static void close_run(GitopsRun *run) {
    project_release(&run->project);
}
SCOPED_TYPE(GitopsRun, close_run);

/* Selection of the instances. */

static bool add_instances(GitopsRun *run, const AddressTarget *wanted, bool *is_in_state) {
    Arena *arena = run->cli->arena;
    size_t before = run->plan_options.targets.count;
    StateResources resources = {0};
    *is_in_state = false;
    state_sorted_resources(run->project.state, &resources, arena);
    vec_each(&resources, item) {
        const StateResource *resource = *item;
        bool is_known = engine_has_gitops(&run->project.engine, resource);
        vec_each(&resource->instances, instance) {
            AddressTarget target = {resource->address.module, true, resource->address};
            target.resource.key = instance->key;
            if (!instance->current || (wanted && !address_target_matches(wanted, target.resource)))
                continue;
            *is_in_state = true;
            if (is_known)
                vec_push(arena, &run->plan_options.targets, target);
        }
    }
    return run->plan_options.targets.count > before;
}

static bool select_address(GitopsRun *run, Str text) {
    AddressTarget target;
    bool is_in_state;
    if (!address_parse_target(text, &target, run->cli->arena, run->diags))
        return false;
    if (add_instances(run, &target, &is_in_state))
        return true;
    if (!is_in_state)
        project_refuse_address(&run->project, "No such resource instance", text, run->diags);
    else
        diags_error(run->diags, NO_RANGE, "No GitOps object",
                    "No GitOps controller reconciles %.*s. To list the objects that one "
                    "reconciles, run \"loam gitops status\".",
                    STR_ARG(text));
    return false;
}

static bool select_instances(GitopsRun *run) {
    const StrVec *addresses = &run->arguments->positionals;
    bool is_in_state, ok = true;
    if (addresses->count == 0 && run->options.action == GITOPS_STATUS) {
        (void)add_instances(run, NULL, &is_in_state);
        return true;
    }
    if (addresses->count == 0)
        return diags_fail(
            run->diags, NO_RANGE, "Missing argument",
            "Give the address of a resource instance, such as flux_kustomization.apps.");
    vec_each(addresses, address) {
        ok = select_address(run, *address) && ok;
    }
    return ok;
}

/* Running. */

static bool read_timeout(GitopsRun *run) {
    Str text = option_text(run->arguments, "timeout");
    run->options.timeout_ms = GITOPS_TIMEOUT_MS;
    if (!text.ptr ||
        (clock_parse_duration(text, &run->options.timeout_ms) && run->options.timeout_ms > 0))
        return true;
    return diags_fail(run->diags, NO_RANGE, "Invalid timeout",
                      "-timeout requires a duration such as \"90s\" or \"5m\", not \"%.*s\".",
                      STR_ARG(text));
}

static bool open_run(GitopsRun *run) {
    Project *project = &run->project;
    GitopsAction action = run->options.action;
    bool changes = action == GITOPS_SUSPEND || action == GITOPS_RESUME;
    project->options.asks = true;
    if (action == GITOPS_RECONCILE && !read_timeout(run))
        return false;
    return project_load(project, run->cli, run->arguments, NULL, run->diags) &&
           environment_require(project) && project_read_variables(project) &&
           project_open_state(project, LOCK_NONE) && select_instances(run) &&
           (!changes || environment_approve_change(project));
}

static bool has_result(const GitopsRun *run, ResourceAddr address) {
    vec_each(&run->results, result) {
        if (resource_addr_equal(result->address, address))
            return true;
    }
    return false;
}

/* An instance whose block is gone has no provider configuration. */
static bool gitops_report_missing(const GitopsRun *run) {
    vec_each(&run->plan_options.targets, target) {
        Str text = resource_addr_to_str(target->resource, run->cli->arena);
        if (has_result(run, target->resource))
            continue;
        return diags_fail(run->diags, NO_RANGE, "GitOps object not reached",
                          "%.*s is in the state, but the configuration does not declare it any "
                          "more, or the command was interrupted.",
                          STR_ARG(text));
    }
    return true;
}

static bool call_providers(GitopsRun *run) {
    Project *project = &run->project;
    View *view = run->cli->view;
    bool is_shown = !option_flag(run->arguments, "json");
    run->plan_options.variables = &project->variables;
    run->plan_options.gitops = &run->options;
    if (run->plan_options.targets.count == 0)
        return true;
    project->engine.hooks = is_shown ? view->type->walk_begin(view) : NULL;
    bool ok = engine_gitops(&project->engine, &run->plan_options, project->state, &run->results,
                            run->cli->arena, run->diags);
    if (is_shown)
        view->type->walk_end(view);
    project->engine.hooks = NULL;
    return ok && gitops_report_missing(run);
}

/* Output. */

#define GITOPS_COLUMNS 6

static void cells_of(const GitopsResult *result, const GitopsRow *row, Str *out, Arena *arena) {
    Str message = utf8_strip_controls(row->message, arena);
    Str empty = STR("-");
    out[0] = resource_addr_to_str(result->address, arena);
    out[1] = row->object;
    out[2] = row->ready;
    out[3] = row->revision.len ? utf8_strip_controls(row->revision, arena) : empty;
    out[4] = row->is_suspended ? STR("yes") : STR("no");
    out[5] = message.len ? utf8_shorten(message, MESSAGE_BYTES, arena) : empty;
}

static void gitops_add_line(StrBuf *out, const Str *cells, const size_t *widths) {
    for (size_t i = 0; i < GITOPS_COLUMNS; i++) {
        size_t taken = utf8_display_width(cells[i]);
        strbuf_add(out, cells[i]);
        if (i + 1 < GITOPS_COLUMNS)
            strbuf_add_repeat(out, ' ', (taken < widths[i] ? widths[i] - taken : 0) + 2);
    }
    strbuf_add_char(out, '\n');
}

static Str table_of(const GitopsResults *results, Arena *arena) {
    static const char *const titles[GITOPS_COLUMNS] = {"ADDRESS",  "OBJECT",    "READY",
                                                       "REVISION", "SUSPENDED", "MESSAGE"};
    StrBuf out = strbuf_new(arena);
    size_t widths[GITOPS_COLUMNS];
    Str cells[GITOPS_COLUMNS];
    for (size_t i = 0; i < GITOPS_COLUMNS; i++)
        widths[i] = strlen(titles[i]);
    vec_each(results, result) {
        vec_each(&result->rows, row) {
            cells_of(result, row, cells, arena);
            for (size_t i = 0; i < GITOPS_COLUMNS; i++)
                if (utf8_display_width(cells[i]) > widths[i])
                    widths[i] = utf8_display_width(cells[i]);
        }
    }
    for (size_t i = 0; i < GITOPS_COLUMNS; i++)
        cells[i] = str_from_cstr(titles[i]);
    gitops_add_line(&out, cells, widths);
    vec_each(results, result) {
        vec_each(&result->rows, row) {
            cells_of(result, row, cells, arena);
            gitops_add_line(&out, cells, widths);
        }
    }
    return strbuf_str(&out);
}

static Str json_of(const GitopsResults *results, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 2);
    json_object_start(&writer);
    json_key_string(&writer, "format_version", STR("1.0"));
    json_key_array(&writer, "objects");
    vec_each(results, result) {
        vec_each(&result->rows, row) {
            json_object_start(&writer);
            json_key_string(&writer, "address", resource_addr_to_str(result->address, arena));
            json_key_string(&writer, "object", row->object);
            json_key_string(&writer, "ready", row->ready);
            json_key_string(&writer, "revision", row->revision);
            json_key_bool(&writer, "suspended", row->is_suspended);
            json_key_string(&writer, "message", row->message);
            json_object_end(&writer);
        }
    }
    json_array_end(&writer);
    json_object_end(&writer);
    strbuf_add_char(&out, '\n');
    return strbuf_str(&out);
}

static void gitops_print(const GitopsRun *run) {
    Arena *arena = run->cli->arena;
    if (option_flag(run->arguments, "json"))
        terminal_out(json_of(&run->results, arena));
    else if (run->results.count == 0)
        terminal_print("The state has no object that a GitOps controller reconciles.\n");
    else
        terminal_out(table_of(&run->results, arena));
}

static int run_action(Cli *cli, const Arguments *arguments, GitopsAction action, Diags *diags) {
    SCOPED(GitopsRun)
    run = {.cli = cli, .arguments = arguments, .options = {.action = action}, .diags = diags};
    if (action == GITOPS_RECONCILE)
        run.options.with_source = option_flag(arguments, "with-source");
    if (!open_run(&run))
        return 1;
    bool ok = call_providers(&run);
    if (ok || run.results.count)
        gitops_print(&run);
    return ok ? 0 : 1;
}

static int gitops_run_reconcile(Cli *cli, const Arguments *arguments, Diags *diags) {
    return run_action(cli, arguments, GITOPS_RECONCILE, diags);
}

static int gitops_run_suspend(Cli *cli, const Arguments *arguments, Diags *diags) {
    return run_action(cli, arguments, GITOPS_SUSPEND, diags);
}

static int gitops_run_resume(Cli *cli, const Arguments *arguments, Diags *diags) {
    return run_action(cli, arguments, GITOPS_RESUME, diags);
}

static int gitops_run_status(Cli *cli, const Arguments *arguments, Diags *diags) {
    return run_action(cli, arguments, GITOPS_STATUS, diags);
}

static const Command reconcile_command = {
    .name = "reconcile",
    .summary = "Reconcile objects now, and wait",
    .usage = "[options] ADDRESS...",
    .about = "Requests a reconciliation of the objects at these addresses, and waits until their "
             "controllers have handled the request and report the objects as ready. Fails at once "
             "if a controller gives up; a failure that the controller retries is shown when the "
             "time is over. Then prints the table of \"loam gitops status\".",
    .example = "loam gitops reconcile flux_kustomization.apps",
    .groups = {OPTION_GROUP(reconcile_options), &option_variables, &option_state,
               &option_environment, &option_view},
    .most_positionals = UINT32_MAX,
    .run = gitops_run_reconcile,
};

static const Command suspend_command = {
    .name = "suspend",
    .summary = "Stop the reconciliation of objects",
    .usage = "[options] ADDRESS...",
    .about = "Suspends the objects at these addresses: their controllers leave them alone. The "
             "next plan shows no change, unless the configuration sets the argument that suspends; "
             "a warning says so.",
    .example = "loam gitops suspend flux_kustomization.apps",
    .groups = {OPTION_GROUP(show_options), &option_variables, &option_state, &option_environment,
               &option_protected, &option_view},
    .most_positionals = UINT32_MAX,
    .run = gitops_run_suspend,
};

static const Command resume_command = {
    .name = "resume",
    .summary = "Resume the reconciliation of objects",
    .usage = "[options] ADDRESS...",
    .about = "Resumes objects that are suspended. Does not wait for their reconciliation: \"loam "
             "gitops reconcile\" does.",
    .example = "loam gitops resume flux_kustomization.apps",
    .groups = {OPTION_GROUP(show_options), &option_variables, &option_state, &option_environment,
               &option_protected, &option_view},
    .most_positionals = UINT32_MAX,
    .run = gitops_run_resume,
};

static const Command status_command = {
    .name = "status",
    .summary = "Show what the controllers report",
    .usage = "[options] [ADDRESS...]",
    .about = "Shows the objects that GitOps controllers reconcile: whether they are ready and "
             "suspended, their revision, and the message of the controller. Without an address, "
             "shows all in the state. Changes nothing.",
    .example = "loam gitops status",
    .groups = {OPTION_GROUP(show_options), &option_variables, &option_state, &option_environment,
               &option_view},
    .most_positionals = UINT32_MAX,
    .run = gitops_run_status,
};

static const Command *const gitops_subcommands[] = {&reconcile_command, &suspend_command,
                                                    &resume_command, &status_command};

const Command cmd_gitops = {
    .name = "gitops",
    .summary = "Show, reconcile, suspend or resume GitOps objects",
    .usage = "<command> [options] [arguments]",
    .about = "Works on objects of the state that a GitOps controller keeps equal to a source, such "
             "as flux_kustomization and flux_bootstrap_git. An address may name a resource "
             "instance, all instances of a resource, or a module. Variables and providers are "
             "those of the configuration; other objects have the values of the state.",
    .example = "loam gitops status",
    COMMAND_SUBCOMMANDS(gitops_subcommands),
};
