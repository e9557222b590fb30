/* control_plane_step: control_plane_step.sh, and its results. */
#include "control_plane_step.h"
#include "kubeadm_change_assets.h"
#include "object_builder.h"
#include "path_error.h"
#include "remote_script.h"

#define SUFFIX "-change"

static Str environment_of(const ControlPlaneStep *step, bool restores, Arena *arena) {
    ObjectBuilder variables = object_builder_new(arena);
    Str seconds = str_format(arena, "%lld", (long long)(step->limit_ms / 1000));
    object_builder_put(&variables, STR("LOAM_RESTORE"), value_from_cstr(restores ? "yes" : ""));
    object_builder_put(&variables, STR("LOAM_FILES"), value_from_str(step->file_users));
    object_builder_put(&variables, STR("LOAM_PODS"), value_from_str(step->pods));
    object_builder_put(&variables, STR("LOAM_CERTIFICATES"), value_from_str(step->pairs));
    object_builder_put(&variables, STR("LOAM_PKI"), value_from_str(step->pki));
    object_builder_put(&variables, STR("LOAM_ETCD"), value_from_str(step->etcd_image));
    object_builder_put(&variables, STR("LOAM_SERVER"), value_from_str(step->server));
    object_builder_put(&variables, STR("LOAM_SECONDS"), value_from_str(seconds));
    return remote_step_environment(object_builder_map(&variables, &TYPE_STRING), arena);
}

static ChangeStep control_plane_step_of(Str id, Arena *arena) {
    return (ChangeStep){
        .remote = {.id = str_concat(id, STR(SUFFIX), arena),
                   .script = str_from_cstr(control_plane_step_sh),
                   .title = "the change of the control plane"},
        .failure = "Control plane not changed",
    };
}

bool control_plane_step_settle(SshLink *link, Str id, Diags *diags) {
    ChangeStep step = control_plane_step_of(id, link->call->arena);
    return change_step_settle(link, &step, diags);
}

static void report_failed_pod(const SshLink *link, const RemoteStepResult *result, bool runs,
                              Diags *diags) {
    const Call *call = link->call;
    (void)path_error(
        call, PATH_AT(call, {"cluster"}), diags, "Configuration of the control plane rejected",
        "%.*s on %.*s does not run with the new configuration. %s The end of its log:%.*s",
        STR_ARG(str_trim(result->out)), STR_ARG(link->target.host),
        runs ? "The former one is back, and its pods respond."
             : "The former one is back, but its pods do not respond either: look at the machine.",
        STR_ARG(change_step_log(link, result)));
}

static ChangeOutcome run_step(SshLink *link, const ControlPlaneStep *step, bool restores,
                              RemoteStepResult *out, Diags *diags) {
    Arena *arena = link->call->arena;
    ChangeStep change = control_plane_step_of(step->id, arena);
    change.remote.environment = environment_of(step, restores, arena);
    change.remote.input =
        str_format(arena, "%.*s.\n%.*s", STR_ARG(step->file_lines), STR_ARG(step->config));
    return change_step_run(link, &change, out, diags);
}

ChangeOutcome control_plane_step_run(SshLink *link, const ControlPlaneStep *step, Diags *diags) {
    RemoteStepResult result;
    ChangeOutcome outcome = run_step(link, step, false, &result, diags);
    bool runs = outcome == CHANGE_STEP_ROLLED_BACK;
    if (runs || outcome == CHANGE_STEP_NOT_RUNNING)
        report_failed_pod(link, &result, runs, diags);
    return outcome;
}

bool control_plane_step_restore(SshLink *link, const ControlPlaneStep *step, Diags *diags) {
    RemoteStepResult result;
    ChangeOutcome outcome = run_step(link, step, true, &result, diags);
    if (outcome == CHANGE_STEP_NOT_RUNNING)
        report_failed_pod(link, &result, false, diags);
    return outcome == CHANGE_STEP_DONE || outcome == CHANGE_STEP_ROLLED_BACK;
}

bool control_plane_step_place(SshLink *link, Str file_lines, Diags *diags) {
    RemoteScript script = {.text = control_files_place_sh, .input = file_lines};
    SshResult result;
    return remote_script_run(link, script, &result, diags) &&
           (result.exit_status == 0 ||
            remote_script_report(link, "Files of the control plane not placed", &result, diags));
}
