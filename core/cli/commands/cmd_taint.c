/* loam taint, loam untaint */
#include "command.h"
#include "environment.h"

static const Option taint_options[] = {
    {"allow-missing", OPTION_FLAG, NULL, "Succeed even if the object does not exist."},
};

static bool taint_check_address(const Arguments *arguments, bool taints, ResourceAddr *out,
                                Cli *cli, Diags *diags) {
    Str text = arguments->positionals.items[0];
    if (!address_parse_resource(text, out, cli->arena, diags))
        return false;
    if (out->mode == MODE_MANAGED || !taints)
        return true;
    return diags_fail(diags, NO_RANGE, "Invalid resource instance",
                      "\"%.*s\" is a data source, so it cannot be tainted.", STR_ARG(text));
}

static int taint_report_missing(const Project *project, const Arguments *arguments, Diags *diags) {
    Str text = arguments->positionals.items[0];
    if (option_flag(arguments, "allow-missing")) {
        diags_warning(diags, NO_RANGE, "No such resource instance",
                      "The state has no object at %.*s, so nothing changed.", STR_ARG(text));
        return 0;
    }
    project_refuse_address(project, "No such resource instance", text, diags);
    return 1;
}

static int set_status(Cli *cli, const Arguments *arguments, ObjectStatus status, Diags *diags) {
    ResourceAddr address;
    SCOPED(Project) project = {0};
    bool taints = status == OBJECT_TAINTED;
    if (!taint_check_address(arguments, taints, &address, cli, diags) ||
        !project_open_state_only(&project, cli, arguments, taints ? LOCK_TAINT : LOCK_UNTAINT,
                                 diags)) {
        return 1;
    }
    State *state = state_clone(project.state, cli->arena);
    StateInstance *instance = state_find_instance(state, address);
    if (!instance || !instance->current)
        return taint_report_missing(&project, arguments, diags);
    Str name = resource_addr_to_str(address, cli->arena);
    if (!taints && instance->current->status != OBJECT_TAINTED) {
        diags_error(diags, NO_RANGE, "Resource instance is not tainted",
                    "%.*s is not tainted, so there is no taint to remove.", STR_ARG(name));
        return 1;
    }
    if (!environment_approve_change(&project))
        return 1;
    StateObject *object = arena_new(cli->arena, StateObject);
    *object = *instance->current;
    object->status = status;
    instance->current = object;
    if (!project_write_state(&project, state))
        return 1;
    terminal_print(taints ? "Resource instance %.*s has been marked as tainted.\n"
                          : "Resource instance %.*s has been successfully untainted.\n",
                   STR_ARG(name));
    return 0;
}

static int run_taint(Cli *cli, const Arguments *arguments, Diags *diags) {
    return set_status(cli, arguments, OBJECT_TAINTED, diags);
}

static int run_untaint(Cli *cli, const Arguments *arguments, Diags *diags) {
    return set_status(cli, arguments, OBJECT_READY, diags);
}

const Command cmd_taint = {
    .name = "taint",
    .summary = "Mark an object for replacement",
    .usage = "[options] ADDRESS",
    .about = "Marks an object in the state as tainted, so that the next apply replaces it. To see "
             "the plan first, use \"loam apply -replace=ADDRESS\" instead.",
    .example = "loam taint libvirt_domain.web",
    .groups = {OPTION_GROUP(taint_options), &option_variables, &option_state, &option_environment,
               &option_change, &option_view},
    .most_positionals = 1,
    .least_positionals = 1,
    .missing = "Give the address of one resource instance.",
    .run = run_taint,
};

const Command cmd_untaint = {
    .name = "untaint",
    .summary = "Remove the taint of an object",
    .usage = "[options] ADDRESS",
    .about =
        "Removes the taint of the object at ADDRESS, so that the next apply does not replace it.",
    .example = "loam untaint libvirt_domain.web",
    .groups = {OPTION_GROUP(taint_options), &option_variables, &option_state, &option_environment,
               &option_change, &option_view},
    .most_positionals = 1,
    .least_positionals = 1,
    .missing = "Give the address of one resource instance.",
    .run = run_untaint,
};
