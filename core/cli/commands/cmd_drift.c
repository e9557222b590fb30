/* loam drift */
#include "command.h"
#include "drift_notice.h"
#include "operation.h"
#include "reporting.h"

static const Option options[] = {
    {"notify", OPTION_TEXT, "URL",
     "Send a signed notice to this URL if there is drift; the key is LOAM_NOTIFY_SECRET."},
    {"json", OPTION_FLAG, NULL, "Print events as JSON, one per line."},
    {"json-into", OPTION_PATH, "PATH", "Also write the JSON events to a file."},
};

/* Rejects the options that choose another kind of plan. */
static bool cmd_drift_check_mode(const Arguments *arguments, Diags *diags) {
    static const char *const others[] = {"destroy", "refresh-only", "refresh", "replace"};
    for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
        bool is_full = strcmp(others[i], "refresh") == 0 &&
                       str_equal_cstr(option_text(arguments, others[i]), "full");
        if (!option_is_given(arguments, others[i]) || is_full)
            continue;
        return diags_fail(
            diags, NO_RANGE, "Invalid mode option",
            "loam drift always reads the real objects and plans no change. Remove -%s.", others[i]);
    }
    return true;
}

static int cmd_drift_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {0};
    Operation operation = {.project = &project, .only_drift = true};
    Str url = option_text(arguments, "notify");
    if (!cmd_drift_check_mode(arguments, diags) ||
        (url.ptr && !drift_notice_check(cli, url, diags)) ||
        !operation_plan(&operation, cli, arguments, LOCK_PLAN, PLAN_REFRESH_ONLY, diags))
        return 1;
    if (operation.result.plan->drift.count == 0)
        return 0;
    return url.ptr && !drift_notice_send(cli, operation.result.plan, url, diags) ? 1 : 2;
}

static const CommandStatus statuses[] = {{2, "Drift was found."}, {0}};

const Command cmd_drift = {
    .name = "drift",
    .summary = "Show what changed outside of loam",
    .usage = "[options]",
    .about =
        "Reads the real objects and compares them with the state. Shows each object that was "
        "deleted or changed, and the owner of each changed field where the remote system records "
        "owners. Fields that the configuration does not set do not count if the remote system "
        "tells them apart, as Kubernetes does. Changes nothing.\n"
        "Exit status: 0 without drift, 2 with drift, 1 after an error.",
    .statuses = statuses,
    .example = "loam drift -target=libvirt_domain.web",
    .groups = {OPTION_GROUP(options), &option_operation, &option_variables, &option_state,
               &reporting_options, &option_environment, &option_view},
    .run = cmd_drift_run,
    .json_view = view_json_open,
};
