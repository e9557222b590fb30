/* loam apply, loam destroy, loam refresh */
#include "command.h"
#include "environment.h"
#include "operation.h"
#include "plan_options.h"
#include "provider_setup.h"
#include "reporting.h"
#include "statefile.h"
#include "stored_plan.h"

static const Option apply_options[] = {
    {"expect", OPTION_TEXT, "DIGEST",
     "Reject a saved plan whose stored bytes do not have this digest (sha256:HEX)."},
};

static const Option cmd_apply_options[] = {
    {"auto-approve", OPTION_FLAG, NULL, "Skip the approval prompt."},
    {"suppress-forget-errors", OPTION_FLAG, NULL,
     "Do not fail if a destroy leaves forgotten objects behind."},
    {"require-same-code", OPTION_FLAG, NULL,
     "Reject a saved plan if the files of the configuration, lock files, variables files or files "
     "that expressions read have changed since."},
    {"json", OPTION_FLAG, NULL, "Print events as JSON, one per line."},
    {"json-into", OPTION_OUTPUT, "PATH", "Also write the JSON events to a file."},
};

/* Adds the workspace to the question, unless it is "default". */
static const char *question_in(const Cli *cli, const char *question) {
    StrBuf text = strbuf_new(cli->arena);
    strbuf_add_cstr(&text, question);
    if (!str_equal(cli->workspace, STR("default")))
        strbuf_add_format(&text, " in workspace \"%.*s\"", STR_ARG(cli->workspace));
    strbuf_add_char(&text, '?');
    return str_to_cstr(strbuf_str(&text), cli->arena);
}

/* The question of the peer, which callers wait for. */
static bool approve_as_peer(Operation *operation, const RenderPeer *peer) {
    Cli *cli = operation->project->cli;
    const char *wanted = environment_wanted_answer(operation->project);
    const char *question = "Do you want to perform these actions";
    Str about = STR("will perform the actions described above.");
    Str undo =
        str_format(cli->arena, "There is no undo. Only '%s' will be accepted to confirm.", wanted);
    switch (operation->result.plan->mode) {
    case PLAN_DESTROY:
        question = "Do you really want to destroy all resources";
        about = str_format(cli->arena,
                           "will destroy all your managed infrastructure, as shown above.\n  %.*s",
                           STR_ARG(undo));
        break;
    case PLAN_REFRESH_ONLY:
        question = str_to_cstr(
            str_format(cli->arena,
                       "Would you like to update the %s state to reflect these detected changes",
                       peer->title),
            cli->arena);
        about = str_format(cli->arena,
                           "will write these changes to the state without modifying any real "
                           "infrastructure.\n  %.*s",
                           STR_ARG(undo));
        break;
    case PLAN_NORMAL: break;
    }
    about = str_format(cli->arena, "%s %.*s", peer->title, STR_ARG(about));
    return cli_approve(cli, question_in(cli, question), str_to_cstr(about, cli->arena), wanted,
                       operation->project->diags);
}

static bool cmd_apply_approve(Operation *operation) {
    Cli *cli = operation->project->cli;
    if (cli_name(cli)->peer)
        return approve_as_peer(operation, cli_name(cli)->peer);
    const char *question = "Do you want to perform these actions";
    const char *about = "loam will perform the actions described above.";
    switch (operation->result.plan->mode) {
    case PLAN_DESTROY:
        question = "Do you really want to destroy all resources";
        about = "loam will destroy everything that it manages, as shown above. There is no undo.";
        break;
    case PLAN_REFRESH_ONLY:
        question = "Would you like to update the loam state to reflect these detected changes";
        about = "loam will write these changes to the state without modifying any real "
                "infrastructure. There is no undo.";
        break;
    case PLAN_NORMAL: break;
    }
    return cli_approve(cli, question_in(cli, question), about,
                       environment_wanted_answer(operation->project), operation->project->diags);
}

/* How the state relates to a saved plan. */
typedef enum PlanAge { PLAN_STALE, PLAN_FRESH, PLAN_BEGUN, PLAN_APPLIED } PlanAge;

static PlanAge cmd_apply_age_of(const Project *project, const Plan *plan, Diags *diags) {
    const State *state = project->state;
    bool other_lineage = plan->lineage.len > 0 && state->lineage.len > 0 &&
                         !str_equal(plan->lineage, state->lineage);
    if (other_lineage) {
        diags_error(diags_as(DIAG_STALE, diags), NO_RANGE,
                    "Saved plan does not match the given state",
                    "The plan was made from another state (lineage %.*s, not %.*s).",
                    STR_ARG(plan->lineage), STR_ARG(state->lineage));
        return PLAN_STALE;
    }
    bool is_begun = str_equal(state->begun_plan, plan->digest);
    bool has_ended = !project->found_journal || (is_begun && !state_has_pending(state));
    if (str_equal(state->applied_plan, plan->digest) && has_ended)
        return PLAN_APPLIED;
    if (plan->serial == state->serial && str_equal(plan->journal, project->journal_digest))
        return PLAN_FRESH;
    if (is_begun)
        return PLAN_BEGUN;
    diags_error(diags_as(DIAG_STALE, diags), NO_RANGE, "Saved plan is stale",
                "Another operation changed the state after this plan was made. Make a new plan.");
    return PLAN_STALE;
}

/* Rejects the options whose effect a saved plan already determines. Only -refresh is accepted,
   without effect: libraries that call the program always give it. */
static bool check_plan_options(const Arguments *arguments, Diags *diags) {
    static const char *const fixed[] = {"destroy", "refresh-only", "replace",      "target",
                                        "exclude", "target-file",  "exclude-file", "invoke"};
    for (size_t i = 0; i < ARRAY_COUNT(fixed); i++) {
        if (!option_is_given(arguments, fixed[i]))
            continue;
        return diags_fail(diags, NO_RANGE, "Option not allowed with a saved plan",
                          "The saved plan already determines the effect of -%s. Give the option to "
                          "\"loam plan\" instead.",
                          fixed[i]);
    }
    return true;
}

static bool restore_options(Operation *operation, const Plan *plan) {
    Project *project = operation->project;
    operation->options.mode = plan->mode;
    operation->options.variables = &project->variables;
    return plan_options_restore(project, plan, &operation->options);
}

/* Rejects an unencrypted plan if its configuration requires encryption: the plan may be forged. */
static bool check_may_be_plain(Project *project, Str path) {
    if (project->has_ciphers)
        return true; /* the ciphers have decrypted the plan */
    Arena *arena = project->cli->arena;
    Str ignored;
    StoredText stored = {str_format(arena, "The plan \"%.*s\"", STR_ARG(path)), STR("PK")};
    return project_open_ciphers(project) &&
           (!project->ciphers.plan ||
            cipher_open(project->ciphers.plan, &stored, &ignored, arena, project->diags));
}

/* Reduces the plan of an interrupted apply to the rest. */
static bool continue_plan(Operation *operation, Diags *diags) {
    Project *project = operation->project;
    View *view = project->cli->view;
    view->type->note(view, STR("An apply of this plan was interrupted. loam continues it."));
    return engine_continue(&project->engine, &operation->options, project->state,
                           &operation->result, project->cli->arena, diags);
}

static bool load_plan(Operation *operation, Cli *cli, const Arguments *arguments, PlanAge *age,
                      Diags *diags) {
    Str path = arguments->positionals.items[0];
    Project *project = operation->project;
    PlanName name = {path, option_text(arguments, "expect")};
    PlanFileSources sources = {0};
    Plan *plan;
    project->cli = cli;
    project->arguments = arguments;
    if (!check_plan_options(arguments, diags) ||
        !project_read_plan(project, name, &plan, &sources, diags))
        return false;
    if (plan->errored)
        return diags_fail(diags, NO_RANGE, "Cannot apply incomplete plan",
                          "Planning \"%.*s\" produced errors. Fix them and make a new plan.",
                          STR_ARG(path));
    operation->result.plan = plan;
    PlanInput input = {plan, &sources};
    if (!planned_input_select(cli, plan, diags) ||
        !project_load_planned(project, cli, arguments, input, diags) ||
        !environment_require(project) || !check_may_be_plain(project, path) ||
        !restore_options(operation, plan) || !environment_check_approval(project, false) ||
        !planned_code_check(project, &input) || !project_open_backend(project) ||
        !planned_input_check_backend(project, plan) || !project_open_state(project, LOCK_APPLY))
        return false;
    *age = cmd_apply_age_of(project, plan, diags);
    if (*age == PLAN_STALE)
        return false;
    provider_setup_show_overrides(project);
    engine_restore_schemas(&project->engine, plan);
    return statefile_decode(path, plan->prior_state, &operation->result.refreshed, cli->arena,
                            diags);
}

static int apply_saved(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {0};
    Operation operation = {.project = &project};
    PlanAge age = PLAN_STALE;
    operation_begin(cli, arguments, diags);
    if (!load_plan(&operation, cli, arguments, &age, diags))
        return 1;
    if (age == PLAN_APPLIED) {
        cli->view->type->note(cli->view, STR("This plan is already applied. Nothing was changed."));
        if (!project_write_state(&project, project.state)) /* without the journal of that run */
            return 1;
        stored_plan_keep(&project, operation.result.plan);
        return 0;
    }
    reporting_set_plan(cli->reporting, operation.result.plan, project.config);
    cli->view->type->saved_plan(cli->view, operation.result.plan);
    if (!planned_input_supply(&project, operation.result.plan) ||
        (age == PLAN_BEGUN && !continue_plan(&operation, diags)))
        return 1;
    if (!operation_apply(&operation))
        return 1;
    stored_plan_keep(&project, operation.result.plan);
    return 0;
}

static int plan_and_apply(Cli *cli, const Arguments *arguments, PlanMode mode, Diags *diags) {
    View *view = cli->view;
    bool approved = option_flag(arguments, "auto-approve");
    if (!approved && !view->type->can_ask) {
        diags_error(
            diags, NO_RANGE, "Plan file or auto-approve required",
            "With -json, loam cannot ask for approval. Apply a saved plan, or add -auto-approve.");
        return 1;
    }
    SCOPED(Project) project = {0};
    Operation operation = {.project = &project, .asks = !approved, .will_apply = true};
    if (!operation_plan(&operation, cli, arguments, LOCK_APPLY, mode, diags))
        return 1;
    if (!approved && plan_is_applyable(operation.result.plan)) {
        view_show_diags(view, diags);
        if (!cmd_apply_approve(&operation)) {
            if (!diags_has_errors(diags))
                view->type->cancelled(view, operation.result.plan->mode);
            return 1;
        }
    }
    return operation_apply(&operation) ? 0 : 1;
}

static bool check_expect(const Arguments *arguments, Diags *diags) {
    Str digest = option_text(arguments, "expect");
    bool is_valid = digest.len == strlen("sha256:") + 64 && str_starts_with(digest, STR("sha256:"));
    for (size_t i = strlen("sha256:"); is_valid && i < digest.len; i++)
        is_valid = strchr("0123456789abcdef", digest.ptr[i]) != NULL;
    if (digest.ptr && !is_valid)
        return diags_fail(diags, NO_RANGE, "Invalid digest",
                          "-expect requires \"sha256:\" and 64 lower-case hexadecimal digits, not "
                          "\"%.*s\". \"loam plan -out=state:NAME\" prints the digest; for a plan "
                          "in a file, use the output of sha256sum.",
                          STR_ARG(digest));
    return !digest.ptr || arguments->positionals.count > 0 ||
           diags_fail(diags, NO_RANGE, "Digest without a plan",
                      "-expect requires the saved plan that has this digest. Name it: "
                      "\"loam apply -expect=DIGEST PLAN\".");
}

static int run_apply(Cli *cli, const Arguments *arguments, Diags *diags) {
    if (!check_expect(arguments, diags))
        return 1;
    if (arguments->positionals.count == 0)
        return plan_and_apply(cli, arguments, PLAN_NORMAL, diags);
    DiskStat stat;
    Str path = arguments->positionals.items[0];
    if (cli->io.disk->stat(cli->io.disk->self, path, &stat) == 0 && stat.kind == DISK_DIRECTORY) {
        diags_error(diags, NO_RANGE, "Unexpected argument",
                    "\"%.*s\" is a directory, but apply requires a saved plan. To use another "
                    "working directory, use the global option: loam -chdir=%.*s apply",
                    STR_ARG(path), STR_ARG(path));
        return 1;
    }
    return apply_saved(cli, arguments, diags);
}

/* refresh writes the state without asking: it changes no real object. */
static int run_refresh(Cli *cli, const Arguments *arguments, Diags *diags) {
    if (option_is_given(arguments, "destroy") || option_is_given(arguments, "refresh")) {
        diags_error(diags, NO_RANGE, "Invalid mode option",
                    "loam refresh is a planning mode of its own. Remove -destroy and -refresh.");
        return 1;
    }
    SCOPED(Project) project = {0};
    Operation operation = {.project = &project, .will_apply = true};
    cli->view->is_refresh = true;
    return operation_refresh(&operation, cli, arguments, diags) ? 0 : 1;
}

static int run_destroy(Cli *cli, const Arguments *arguments, Diags *diags) {
    if (option_is_given(arguments, "destroy") || option_is_given(arguments, "refresh-only")) {
        diags_error(
            diags, NO_RANGE, "Invalid mode option",
            "loam destroy is a planning mode of its own. Remove -destroy and -refresh-only.");
        return 1;
    }
    cli->view->is_destroy = true;
    return plan_and_apply(cli, arguments, PLAN_DESTROY, diags);
}

const Command cmd_apply = {
    .name = "apply",
    .summary = "Apply the planned changes",
    .usage = "[options] [PLANFILE|state:NAME]",
    .about = "Makes a plan, asks for approval, and applies it. A saved plan is applied without "
             "approval: PLANFILE, or state:NAME, a plan stored in the backend of the state. With "
             "-expect, the digest of its stored bytes is compared before they are decrypted. A "
             "stored plan that was applied is kept as state:last.\n"
             "The journal records every operation before it starts, so the next run can complete "
             "an interrupted one. An interrupted apply of a saved plan is continued by the same "
             "command.",
    .example = "loam apply",
    .groups = {OPTION_GROUP(cmd_apply_options), OPTION_GROUP(apply_options), &option_operation,
               &option_variables, &option_state, &reporting_options, &option_environment,
               &option_change, &option_view},
    .most_positionals = 1,
    .run = run_apply,
    .json_view = view_json_open,
};

const Command cmd_destroy = {
    .name = "destroy",
    .summary = "Destroy all managed objects",
    .usage = "[options]",
    .about =
        "Shows the objects to destroy, asks for approval, and destroys them in dependency order.",
    .example = "loam destroy -target=libvirt_domain.web",
    .groups = {OPTION_GROUP(cmd_apply_options), &option_operation, &option_variables, &option_state,
               &reporting_options, &option_environment, &option_change, &option_view},
    .run = run_destroy,
    .json_view = view_json_open,
};

static const Option refresh_options[] = {
    {"auto-approve", OPTION_FLAG, NULL, NULL},
    {"json", OPTION_FLAG, NULL, "Print events as JSON, one per line."},
    {"json-into", OPTION_OUTPUT, "PATH", "Also write the JSON events to a file."},
};

const Command cmd_refresh = {
    .name = "refresh",
    .summary = "Record changes made outside of loam in the state",
    .usage = "[options]",
    .about =
        "Reads the real objects and writes their values to the state, without approval. "
        "Outputs get the values that a plan knows, and a failed condition is an error, as in a "
        "plan. To see the changes first, run \"loam plan -refresh-only\".",
    .example = "loam refresh",
    .groups = {OPTION_GROUP(refresh_options), &option_operation, &option_variables, &option_state,
               &reporting_options, &option_environment, &option_change, &option_view},
    .run = run_refresh,
    .json_view = view_json_open,
};
