/* kubelet_step: kubelet_step.sh, and its results. */
#include "kubelet_step.h"
#include "cluster_config.h"
#include "json.h"
#include "kubeadm_change_assets.h"
#include "object_builder.h"
#include "path_error.h"
#include "remote_script.h"

static Str step_id(Str id, Arena *arena) {
    return str_concat(id, STR("-kubelet"), arena);
}

static Str patch_text(Value patch, Arena *arena) {
    return value_is_present(patch) ? str_concat(json_text(patch, arena), STR("\n"), arena)
                                   : STR_EMPTY;
}

static void put_variable(ObjectBuilder *variables, const char *name, Str text) {
    object_builder_put(variables, str_from_cstr(name), value_from_str(text));
}

static ChangeStep kubelet_step_of(const KubeletStep *step, Arena *arena) {
    ObjectBuilder variables = object_builder_new(arena);
    put_variable(&variables, "LOAM_SECONDS",
                 str_format(arena, "%lld", (long long)(step->limit_ms / 1000)));
    put_variable(&variables, "LOAM_RESET", step->resets_places ? STR("yes") : STR_EMPTY);
    put_variable(&variables, "LOAM_CONFIG", step->has_config ? STR("yes") : STR_EMPTY);
    put_variable(&variables, "LOAM_DROPPED", step->flags.dropped);
    put_variable(&variables, "LOAM_NAMES", step->flags.names);
    Value map = object_builder_map(&variables, &TYPE_STRING);
    return (ChangeStep){
        .remote = {.id = step_id(step->id, arena),
                   .script = str_from_cstr(kubelet_step_sh),
                   .environment = remote_step_environment(map, arena),
                   .input = str_concat(step->flags.words, patch_text(step->patch, arena), arena),
                   .title = "the change of the kubelet"},
        .failure = "Configuration of the kubelet not changed",
    };
}

static void report_failed_kubelet(const SshLink *link, const KubeletStep *step,
                                  const RemoteStepResult *result, bool runs, Diags *diags) {
    const Call *call = link->call;
    (void)path_error(
        call, PATH_AT(call, {step->path}), diags, "Configuration of the kubelet rejected",
        "The kubelet on %.*s does not run with the new configuration. %s The end of its log:%.*s",
        STR_ARG(link->target.host),
        runs ? "The former one is back, and the kubelet responds."
             : "The former one is back, but the kubelet does not respond either: look at the "
               "machine.",
        STR_ARG(change_step_log(link, result)));
}

ChangeOutcome kubelet_step_run(SshLink *link, const KubeletStep *step, Value *config,
                               Diags *diags) {
    RemoteStepResult result;
    ChangeStep change = kubelet_step_of(step, link->call->arena);
    if (!change_step_settle(link, &change, diags))
        return CHANGE_STEP_FAILED;
    ChangeOutcome outcome = change_step_run(link, &change, &result, diags);
    if (outcome == CHANGE_STEP_ROLLED_BACK || outcome == CHANGE_STEP_NOT_RUNNING)
        report_failed_kubelet(link, step, &result, outcome == CHANGE_STEP_ROLLED_BACK, diags);
    if (outcome == CHANGE_STEP_DONE && !cluster_config_parse(result.out, config, link->call->arena))
        *config = value_null(&TYPE_DYNAMIC);
    return outcome;
}

bool kubelet_step_place(SshLink *link, Value patch, Diags *diags) {
    RemoteScript script = {.text = kubelet_patch_place_sh,
                           .input = patch_text(patch, link->call->arena)};
    SshResult result;
    return remote_script_run(link, script, &result, diags) &&
           (result.exit_status == 0 ||
            remote_script_report(link, "Patch of the kubelet not placed", &result, diags));
}

bool kubelet_step_is_unfinished(const StrVec *markers, Str id, Arena *arena) {
    return str_is_among(step_id(id, arena), markers->items, markers->count);
}
