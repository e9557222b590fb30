/* Plans and applies, for plan, apply, destroy and refresh. */
#include "operation.h"
#include "drift.h"
#include "environment.h"
#include "generate_config.h"
#include "plan_options.h"
#include "project_git.h"
#include "provider_setup.h"
#include "relevant_json.h"
#include "render_secret.h"
#include "reporting.h"
#include "statefile.h"
#include "stored_plan.h"
#include "view.h"

/* Reports errors that do not depend on the state, before reading or locking it. Drops warnings: the
 * plan adds the same ones again. Warnings of a provider's program are shown for each walk. */
static bool operation_check_configuration(Project *project) {
    Arena *arena = project->cli->arena;
    Diags found = diags_new(arena);
    bool is_valid = engine_validate(&project->engine, &found);
    vec_each(&found, diag) {
        if (!is_valid || diag->is_of_walk)
            diags_add(project->diags, diag);
    }
    return is_valid;
}

static const char *option_that_limits(const Operation *operation) {
    return operation->options.targets.count > 0 ? "target" : "exclude";
}

static void operation_collect_addresses(const Module *module, StrVec *out, Arena *arena) {
    const char *dot = module->path.len ? "." : "";
    if (module->path.len)
        vec_push(arena, out, module->path);
    map_each(&module->resources, entry) {
        vec_push(arena, out,
                 str_format(arena, "%.*s%s%.*s", STR_ARG(module->path), dot, STR_ARG(entry->key)));
    }
    map_each(&module->calls, call) {
        const ModuleCall *called = call->value;
        if (called->module)
            operation_collect_addresses(called->module, out, arena);
    }
}

static bool is_declared(const StrVec *known, Str address) {
    vec_each(known, one) {
        if (str_equal(*one, address))
            return true;
    }
    return false;
}

static bool is_in_state(const State *state, const AddressTarget *target) {
    map_each(&state->resources, entry) {
        const StateResource *resource = entry->value;
        vec_each(&resource->instances, instance) {
            ResourceAddr address = resource->address;
            address.key = instance->key;
            if (address_target_matches(target, address))
                return true;
        }
    }
    return false;
}

static void add_doubt(StrBuf *out, Str text, Str wanted, const StrVec *known) {
    Str near = str_suggest(wanted, known->items, known->count);
    strbuf_add_format(out, " Neither the configuration nor the state has an object at %.*s.",
                      STR_ARG(text));
    if (near.len)
        strbuf_add_format(out, " Did you mean %.*s?", STR_ARG(near));
}

/* Returns a sentence for each selected address that is neither in the configuration nor in the
 * state, probably misspelled. A blank precedes each sentence. Empty if there is none. */
static Str find_doubts(const Project *project, const PlanOptions *options, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    StrVec known = {0};
    bool excludes = options->targets.count == 0;
    const StrVec *texts = excludes ? &options->exclude_texts : &options->target_texts;
    operation_collect_addresses(project->config->root, &known, arena);
    for (size_t i = 0; i < texts->count; i++) {
        const AddressTarget *target =
            excludes ? &options->excludes.items[i] : &options->targets.items[i];
        Str wanted = target->is_resource ? resource_addr_to_config_str(target->resource, arena)
                                         : module_addr_to_config_str(target->module, arena);
        if (wanted.len && !is_declared(&known, wanted) && !is_in_state(project->state, target))
            add_doubt(&out, texts->items[i], wanted, &known);
    }
    return strbuf_str(&out);
}

static void operation_warn_of_targets(const Operation *operation, Diags *diags) {
    if (!engine_is_partial(&operation->options) || operation->options.invoke)
        return;
    const char *option = option_that_limits(operation);
    Str doubts = find_doubts(operation->project, &operation->options, diags->arena);
    diags_warning(diags, NO_RANGE, "Resource targeting is in effect",
                  "The option -%s excludes parts of the configuration, so this plan may be "
                  "incomplete. Use -%s only for repairs and other exceptions.%.*s",
                  option, option, STR_ARG(doubts));
}

/* A plan with errors shows how far planning got. */
static bool is_worth_showing(const Operation *operation) {
    const Plan *plan = operation->result.plan;
    return operation->shows_errored || plan->changes.count + plan->outputs.count > 0;
}

static bool operation_check_mode(const PlanOptions *options, Diags *diags) {
    if (options->replace.count == 0 || options->mode == PLAN_NORMAL)
        return true;
    return diags_fail(diags, NO_RANGE, "Unsupported plan mode",
                      "-replace plans a new object, but a destroy or refresh-only plan creates "
                      "none. Remove one of the two options.");
}

/* Adds the generated blocks to the changes of the plan. */
static void add_generated(Plan *plan, const Map *blocks, Arena *arena) {
    if (!plan || blocks->count == 0)
        return;
    vec_each(&plan->changes, change) {
        Str address = resource_addr_to_str(change->address, arena);
        const Str *block = map_find(blocks, address);
        if (block && import_source_is_known(&change->import))
            change->generated_config = *block;
    }
}

/* Loads the configuration and the variables of a saved plan. */
static bool operation_load_from(Operation *operation, Cli *cli, const Arguments *arguments,
                                Diags *diags) {
    Project *project = operation->project;
    Plan *plan;
    project->cli = cli;
    project->arguments = arguments;
    if (!project_read_plan(project, (PlanName){operation->from, STR_EMPTY}, &plan,
                           &operation->sources, diags) ||
        !planned_input_select(cli, plan, diags))
        return false;
    PlanInput input = {plan, &operation->sources};
    return project_load_planned(project, cli, arguments, input, diags) &&
           environment_require(project) && planned_input_supply(project, plan) &&
           project_open_backend(project) && planned_input_check_backend(project, plan);
}

void operation_begin(Cli *cli, const Arguments *arguments, Diags *diags) {
    Str state = option_text(arguments, "state");
    cli->view->state_out = option_text(arguments, "state-out");
    if (!cli_name(cli)->peer || cli_name(cli)->is_tofu || state.len == 0)
        return;
    diags_warning(diags, NO_RANGE, "Deprecated flag: -state",
                  "Use the argument `path` of the backend `local` instead.");
    view_show_diags(cli->view, diags); /* Terraform shows it first */
}

/* Loads the configuration, its variables and the options of the plan. */
static bool operation_load(Operation *operation, Cli *cli, const Arguments *arguments,
                           PlanMode mode, Diags *diags) {
    Project *project = operation->project;
    operation_begin(cli, arguments, diags);
    project->options.may_be_empty |= mode == PLAN_DESTROY;
    project->options.asks = true;
    bool is_loaded = operation->from.ptr
                         ? operation_load_from(operation, cli, arguments, diags)
                         : project_load(project, cli, arguments, NULL, diags) &&
                               environment_require(project) && project_read_variables(project);
    if (!is_loaded || !plan_options_read(project, &operation->options))
        return false;
    if (operation->will_apply && !environment_check_approval(project, operation->asks))
        return false;
    if (mode != PLAN_NORMAL && operation->options.invoke)
        return diags_fail(diags, NO_RANGE, "Incompatible plan mode options",
                          "-invoke is an option of plan and apply only.");
    if (mode != PLAN_NORMAL)
        operation->options.mode = mode;
    provider_setup_show_overrides(project);
    return operation_check_mode(&operation->options, diags);
}

static bool check_store(const Operation *operation) {
    return !operation->stores_as.ptr ||
           stored_plan_prepare(operation->project, operation->stores_as);
}

/* Validates the configuration, then locks and reads the state. Blocks of -generate-config-out are
 * made from the state, so with that option the validation comes last. */
static bool operation_open_state(Operation *operation, LockOperation lock_as) {
    Project *project = operation->project;
    if (!option_is_given(project->arguments, "generate-config-out"))
        return operation_check_configuration(project) && check_store(operation) &&
               project_open_state(project, lock_as);
    return generate_config_check(project) && check_store(operation) &&
           project_open_state(project, lock_as) &&
           generate_config_missing(project, &operation->generated) &&
           operation_check_configuration(project);
}

/* Keeps nothing but drift in a refresh-only plan. */
static void keep_drift(Plan *plan, Arena *arena) {
    drift_keep_own(plan, arena);
    plan->changes.count = 0;
    plan->outputs.count = 0;
    plan->has_news = false;
    plan->only_reports = true;
}

/* Plans, and shows the progress. Returns false after an error; result.plan may be set even then. */
static bool make_plan(Operation *operation, Diags *diags) {
    Project *project = operation->project;
    View *view = project->cli->view;
    if (project->found_journal)
        view->type->note(view, STR("The previous run was interrupted. loam recovered its "
                                   "operations from the journal; nothing is lost."));
    Reporting *reporting = project->cli->reporting;
    project->engine.hooks = reporting_plan_begin(reporting, view->type->walk_begin(view));
    reporting_part(reporting, "plan", false, true);
    bool ok = engine_plan(&project->engine, &operation->options, project->state, &operation->result,
                          project->cli->arena, diags);
    reporting_part(reporting, "plan", true, ok);
    view->type->walk_end(view);
    project->engine.hooks = NULL;
    if (operation->only_drift && operation->result.plan)
        keep_drift(operation->result.plan, project->cli->arena);
    operation_warn_of_targets(operation, diags);
    return ok;
}

/* Adds the parts of the plan that views and reports need, and sets the plan of the reports. */
static void complete_plan(const Operation *operation) {
    Project *project = operation->project;
    Cli *cli = project->cli;
    Plan *plan = operation->result.plan;
    add_generated(plan, &operation->generated, cli->arena);
    if (plan && cli->environment.len > 0)
        plan->commit = project_git_commit(cli);
    if (plan && plan->drift.count > 0)
        plan->relevant_attributes = relevant_json_write(&project->engine, plan, cli->arena);
    reporting_set_plan(cli->reporting, plan, project->config);
}

bool operation_plan(Operation *operation, Cli *cli, const Arguments *arguments,
                    LockOperation lock_as, PlanMode mode, Diags *diags) {
    if (!operation_load(operation, cli, arguments, mode, diags) ||
        !operation_open_state(operation, lock_as))
        return false;
    bool ok = make_plan(operation, diags);
    complete_plan(operation);
    if (operation->result.plan && (ok || is_worth_showing(operation)))
        cli->view->type->plan(cli->view, operation->result.plan);
    return ok;
}

bool operation_refresh(Operation *operation, Cli *cli, const Arguments *arguments, Diags *diags) {
    if (!operation_load(operation, cli, arguments, PLAN_REFRESH_ONLY, diags))
        return false;
    operation->options.mode = PLAN_NORMAL; /* outputs and conditions use the planned values */
    if (!operation_open_state(operation, LOCK_APPLY))
        return false;
    bool ok = make_plan(operation, diags);
    complete_plan(operation);
    if (!ok)
        return false;
    State *state = operation->result.refreshed;
    state->check_results = STR_EMPTY; /* those of the plan are about changes that are not made */
    if (!project_write_state(operation->project, state))
        return false;
    cli->secrets = render_secret_of_plan(operation->result.plan, cli->arena);
    if (cli_name(cli)->peer)
        view_show_diags(cli->view, diags); /* the peers show warnings first */
    cli->view->type->applied(cli->view, state);
    reporting_set_outputs(cli->reporting, state);
    return true;
}

/* Writes the state to the current directory after the backend failed to write it. If that fails
 * too, prints the state, unless the journal has every outcome. */
static void save_errored_state(const Operation *operation, const State *state, bool is_in_journal,
                               Diags *diags) {
    Cli *cli = operation->project->cli;
    Str text = statefile_encode(state, cli->arena);
    const Disk *disk = cli->io.disk;
    const Cipher *cipher = operation->project->ciphers.state;
    if (!cipher_seal(cipher, envelope_read_head(text, cli->arena), text, &text, cli->arena, diags))
        return;
    bool is_kept = disk->write_file(disk->self, STR("errored.tfstate"), text, 0600) == 0;
    if (!is_kept && is_in_journal)
        (void)disk->remove(disk->self, STR("errored.tfstate"));
    else if (!is_kept)
        terminal_out(text);
    const char *where =
        is_kept ? " It is in errored.tfstate in the current directory. To upload it, run \"loam "
                  "state push errored.tfstate\"."
        : is_in_journal ? ""
                        : " No file could be written either, so loam printed it. Keep that text.";
    const char *journal =
        is_in_journal
            ? " The journal has every outcome. Fix the cause, then run the same command again."
            : "";
    diags_error(diags, NO_RANGE, "Failed to persist state",
                "The final state could not be written to its backend.%s%s", where, journal);
}

/* Call after a failed run; the failure may be that of writing the state. */
static void save_partial_state(Operation *operation) {
    Project *project = operation->project;
    if (working_state_is_saved(project->working))
        return;
    bool is_in_journal = working_state_is_in_journal(project->working);
    if (is_in_journal && working_state_has_failed(project->working))
        return; /* the error is reported, and the next run continues from the journal */
    State *state = working_state_close(project->working);
    project->working = NULL;
    save_errored_state(operation, state, is_in_journal, project->diags);
}

/* After a destroy, forgotten objects that still exist are an error. */
static bool check_forgotten(const Operation *operation) {
    const Project *project = operation->project;
    StrVec names = {0};
    if (operation->options.mode != PLAN_DESTROY ||
        (option_is_given(project->arguments, "suppress-forget-errors") &&
         option_flag(project->arguments, "suppress-forget-errors")))
        return true;
    vec_each(&operation->result.plan->changes, change) {
        if (change->action == ACTION_FORGET)
            vec_push(project->cli->arena, &names,
                     resource_addr_to_str(change->address, project->cli->arena));
    }
    if (names.count == 0)
        return true;
    return diags_fail(
        project->diags, NO_RANGE, "Destroy was successful but left behind forgotten instances",
        "These objects were forgotten instead of destroyed, so they still exist:\n"
        "\n"
        "  - %.*s\n"
        "\n"
        "To ignore this error, add -suppress-forget-errors.",
        STR_ARG(str_join(names.items, names.count, STR("\n  - "), project->cli->arena)));
}

static void warn_of_deferrals(const Operation *operation) {
    if (plan_has_deferrals(operation->result.plan))
        diags_warning(operation->project->diags, NO_RANGE, "Applied changes are incomplete",
                      "The plan has deferred changes. To make them, plan with -allow-deferral and "
                      "apply again, until a plan has no deferred changes.");
}

bool operation_apply(Operation *operation) {
    Project *project = operation->project;
    Cli *cli = project->cli;
    View *view = cli->view;

    /* 1. Make the changes; the journal records them from now on. */
    if (!project_begin_changes(project, operation->result.refreshed))
        return false;
    project->engine.hooks = reporting_run_begin(cli->reporting, view->type->walk_begin(view));
    reporting_part(cli->reporting, "apply", false, true);
    bool ok = engine_apply(&project->engine, &operation->options, operation->result.plan,
                           project->working, cli->arena, project->diags);
    reporting_part(cli->reporting, "apply", true, ok);
    view->type->walk_end(view);
    reporting_run_end(cli->reporting, project->working);

    /* 2. Warn of what the plan left out. */
    bool invokes = operation->result.plan->invocations.count > 0;
    if (engine_is_partial(&operation->options) && !invokes) {
        diags_warning(project->diags, NO_RANGE, "Applied changes may be incomplete",
                      "The option -%s excluded parts of the configuration. To see the remaining "
                      "changes, run \"loam plan\".",
                      option_that_limits(operation));
    }
    warn_of_deferrals(operation);

    /* 3. Save the new state, also if the apply failed. */
    if (!ok) {
        save_partial_state(operation);
        return false;
    }
    State *state = working_state_close(project->working);
    project->working = NULL;

    /* 4. Show the result: summary and outputs. */
    cli->secrets = render_secret_of_plan(operation->result.plan, cli->arena);
    PlanCounts planned = plan_count(operation->result.plan);
    view->done.import = planned.import;
    view->done.forget = planned.forget;
    if (cli_name(cli)->peer)
        view_show_diags(view, project->diags); /* the peers show warnings first */
    view->type->applied(view, state);
    reporting_set_outputs(cli->reporting, state);
    return check_forgotten(operation);
}
