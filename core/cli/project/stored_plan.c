/* stored_plan: names, checks and messages around plan_store. */
#include "stored_plan.h"

bool stored_plan_is_named(const Cli *cli, Str path) {
    return !cli_name(cli)->peer && str_starts_with(path, STR(PLAN_STORE_PREFIX));
}

static Str stored_plan_name(Str path) {
    return str_after(path, strlen(PLAN_STORE_PREFIX));
}

bool stored_plan_find_store(Project *project, const NamedObjects **out) {
    *out = project->backend->plans;
    return *out || diags_fail(project->diags, NO_RANGE, "Backend cannot store plans",
                              "The state is in the backend \"%s\", which cannot store plans. The "
                              "backends kubernetes, pg, s3, gcs, azurerm, etcd and consul can. Use "
                              "one of them, or save "
                              "plans in files: \"loam plan -out=FILE\".",
                              project->backend->type->name);
}

static bool report_plain(Str path, const char *problem, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "Stored plan not encrypted",
                      "\"%.*s\": %s. A plan contains secrets, and every reader of the backend "
                      "could read them. Add an \"encryption\" block that encrypts plans (\"plan\") "
                      "to the \"terraform\" block, or set LOAM_ENCRYPTION.",
                      STR_ARG(path), problem);
}

bool stored_plan_prepare(Project *project, Str path) {
    const NamedObjects *store;
    Str name = stored_plan_name(path);
    if (!plan_store_check_name(name, project->diags))
        return false;
    if (str_equal(name, STR(PLAN_STORE_LAST)))
        return diags_fail(project->diags, NO_RANGE, "Reserved name of a stored plan",
                          "\"%.*s\" is the stored plan that was applied last. Choose another name.",
                          STR_ARG(path));
    if (!project_open_backend(project) || !stored_plan_find_store(project, &store))
        return false;
    return !cipher_is_plain(project->ciphers.plan) ||
           report_plain(path, "the configuration does not encrypt plans", project->diags);
}

static bool stored_plan_put(Project *project, const Plan *plan, Str name, Str bytes, Diags *diags) {
    StoredPlan stored = {
        .name = name,
        .digest = plan->digest,
        .lineage = plan->lineage,
        .serial = plan->serial,
        .created_ms = plan->created_ms,
    };
    return plan_store_write(project->backend->plans, &stored, bytes, diags);
}

bool stored_plan_write(Project *project, const Plan *plan, Str path, Str bytes) {
    return stored_plan_put(project, plan, stored_plan_name(path), bytes, project->diags);
}

bool stored_plan_read(Project *project, Str path, Str *out) {
    const NamedObjects *store;
    Str name = stored_plan_name(path);
    return plan_store_check_name(name, project->diags) && project_open_backend(project) &&
           stored_plan_find_store(project, &store) &&
           plan_store_read(store, name, out, project->cli->arena, project->diags) &&
           (envelope_is_sealed(*out) ||
            report_plain(path, "another program stored it in clear text, so it was not read",
                         project->diags));
}

void stored_plan_keep(Project *project, const Plan *plan) {
    Diags failed = diags_new(project->cli->arena);
    if (!project->stored_plan.len || !project->backend->plans ||
        stored_plan_put(project, plan, STR(PLAN_STORE_LAST), project->stored_plan, &failed))
        return;
    diags_warning(project->diags, NO_RANGE, "Plan not kept as \"state:last\"",
                  "The changes are applied and the state is written, but the plan could not be "
                  "kept for a later \"loam plan -destroy -from=state:last\". %.*s",
                  STR_ARG(failed.items[0].detail));
}
