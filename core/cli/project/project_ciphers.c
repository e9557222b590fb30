/* Opens the ciphers of a project, and reads plan files, which may be encrypted. */
#include "project_ciphers.h"
#include "encryption.h"
#include "project_load.h"

bool project_open_ciphers(Project *project) {
    Cli *cli = project->cli;
    if (!project->has_ciphers && !encryption_open(project->config, &cli->io, cli->cancel,
                                                  &project->ciphers, cli->arena, project->diags))
        return false;
    project->has_ciphers = true;
    /* The terraform provider decrypts states of other configurations with the same keys. */
    registry_give(cli->registry, STR("terraform"), &project->ciphers);
    return true;
}

/* Loads the current directory's configuration only for its ciphers. */
static bool take_ciphers(Project *project, Diags *diags) {
    SCOPED(Project) directory = {.asks = true};
    if (!project_load_any(&directory, project->cli, project->arguments, diags) ||
        !project_open_ciphers(&directory))
        return false;
    project->ciphers = directory.ciphers;
    project->has_ciphers = true;
    directory.ciphers = (CipherSet){0};
    return true;
}

bool project_read_plan(
    Project *project, Str path, Plan **out, PlanFileSources *sources, Diags *diags) {
    Arena *arena = project->cli->arena;
    PlanFilePlace place = {.io = &project->cli->io, .path = path};
    if (!project_check_file(project->cli, path, "Failed to read the plan file", diags) ||
        (planfile_is_sealed(&place, arena) && !take_ciphers(project, diags)))
        return false;
    place.cipher = project->ciphers.plan;
    return planfile_read(&place, out, sources, arena, diags);
}
