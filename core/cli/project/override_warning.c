/* override_warning: the lists of providers, with the directories of their programs. */
#include "provider_address.h"
#include "provider_setup.h"
#include "view.h"

static bool warning_add(Project *project, const ProviderNeeds *needs, const char *consequence) {
    StrBuf names = strbuf_new(project->cli->arena);
    vec_each(needs, need) {
        Str directory = foreign_programs_override(project->cli->foreign, need->address);
        if (need->answer == PROVIDER_OVERRIDDEN)
            strbuf_add_format(&names, "  - %.*s in %.*s\n",
                              STR_ARG(provider_address_shown(need->address)), STR_ARG(directory));
    }
    if (strbuf_str(&names).len == 0)
        return false;
    diags_warning(project->diags, NO_RANGE, "Provider development overrides are in effect",
                  "dev_overrides of the CLI configuration name the programs of these "
                  "providers%s:\n"
                  "%.*s",
                  consequence, STR_ARG(strbuf_str(&names)));
    return true;
}

void override_warning_of_init(Project *project, const ProviderNeeds *needs) {
    (void)warning_add(project, needs, ", which init does not install");
}

/* A problem of the CLI configuration is an error when the provider starts. */
bool override_warning_of_run(Project *project) {
    Diags ignored = diags_new(project->cli->arena);
    ProviderNeeds needs = {0};
    return provider_needs_of(project->cli->foreign, project->config, NULL, &needs,
                             project->cli->arena, &ignored) &&
           warning_add(
               project, &needs,
               ", which may differ from every release. A release may be unable to read the objects "
               "that they store");
}

void override_warning_show(Project *project) {
    Cli *cli = project->cli;
    if (override_warning_of_run(project) && cli_name(cli)->peer)
        view_show_diags(cli->view, project->diags);
}
