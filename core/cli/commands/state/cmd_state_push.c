/* loam state push */
#include "command.h"
#include "environment.h"
#include "owner.h"
#include "statefile.h"

static const Option push_options[] = {
    {"force", OPTION_FLAG, NULL, "Overwrite a newer state, or one with another lineage."},
};

static bool push_read_given(Cli *cli, Str path, Str *out, Diags *diags) {
    if (str_equal(path, STR("-"))) {
        *out = terminal_read_all(cli->arena);
        return true;
    }
    return project_read_file(cli, path, "Failed to read the given state", out, diags);
}

/* Returns false, with an error, if the existing state has another lineage or a higher serial, or
 * differs at the same serial. */
static bool push_may_replace(const State *there, const State *given, Diags *diags) {
    if (there->lineage.len == 0)
        return true;
    if (!str_equal(there->lineage, given->lineage))
        return diags_fail(
            diags, NO_RANGE, "Failed to write state",
            "The given state has the lineage \"%.*s\", but the current state has \"%.*s\", so they "
            "describe different objects. To overwrite the current state, add -force.",
            STR_ARG(given->lineage), STR_ARG(there->lineage));
    if (given->serial > there->serial)
        return true;
    if (given->serial == there->serial) {
        if (statefile_same_content(given, there))
            return true;
        return diags_fail(
            diags, NO_RANGE, "Failed to write state",
            "The given state differs from the current one, and both have the serial %llu, so one "
            "was edited by hand. If the given one is correct, raise its serial, or add -force.",
            (unsigned long long)given->serial);
    }
    return diags_fail(diags, NO_RANGE, "Failed to write state",
                      "The given state (serial %llu) is older than the current one (serial %llu). "
                      "To overwrite the current state, add -force.",
                      (unsigned long long)given->serial, (unsigned long long)there->serial);
}

static int push_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    Str path = arguments->positionals.items[0];
    Str text;
    State *given;
    SCOPED(Project) project = {0};
    if (!push_read_given(cli, path, &text, diags) ||
        !project_open_state_only(&project, cli, arguments, LOCK_STATE_PUSH, diags) ||
        !project_decode_state(&project, path, text, &given))
        return 1;
    bool force = option_flag(arguments, "force");
    if (!force && !push_may_replace(project.state, given, diags))
        return 1;
    if (!environment_approve_change(&project))
        return 1;
    Backend *backend = project.out;
    backend->is_forced = force;
    owner_keep(&project, project.state, given);
    return backend_write(backend, statefile_encode(given, cli->arena), diags) ? 0 : 1;
}

const Command cmd_state_push = {
    .name = "push",
    .summary = "Replace the state with a file",
    .usage = "[options] FILE",
    .about = "Replaces the current state with the one in FILE (- for standard input), if FILE has "
             "the same lineage and a higher serial.",
    .example = "loam state push copy.tfstate",
    .groups = {OPTION_GROUP(push_options), &option_variables, &option_state, &option_environment,
               &option_change, &option_view},
    .most_positionals = 1,
    .least_positionals = 1,
    .missing = "state push requires the file to push, or - for standard input.",
    .run = push_run,
};
