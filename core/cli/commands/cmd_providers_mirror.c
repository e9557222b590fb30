/* loam providers mirror */
#include "command.h"
#include "mirror_write.h"
#include "provider_address.h"
#include "provider_setup.h"

static const Option options[] = {
    {"platform", OPTION_TEXT, "OS_ARCH",
     "Platform to fetch, such as linux_arm64; repeatable. Default: this platform."},
    {"lock-file", OPTION_FLAG_ON, NULL,
     "Fetch the versions of the dependency lock file (default true)."},
};

static void mirror_tell(void *payload, Str line) {
    provider_setup_tell(payload, line, line);
}

static bool write_mirror(Project *project, const WantedProviders *wanted, Diags *diags) {
    Cli *cli = project->cli;
    DependencyLock lock = {0};
    CliConfig *config = foreign_programs_config(cli->foreign, diags);
    MirrorWrite mirror = {
        .directory = project->arguments->positionals.items[0],
        .platforms = provider_setup_values(project, "platform"),
        .tell = mirror_tell,
        .payload = cli,
    };
    if (!config)
        return false;
    package_source_only_direct(config, cli->arena);
    mirror.sources = (PackageSources){&cli->io, cli->cancel, config};
    if (mirror.platforms.count == 0)
        vec_push(cli->arena, &mirror.platforms, provider_address_platform());
    if (option_flag(project->arguments, "lock-file") &&
        !dependency_lock_read(&cli->io, STR("."), &lock, cli->arena, diags))
        return false;
    return mirror_write_run(&mirror, wanted, &lock, cli->arena, diags);
}

static int mirror_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.options.ignores_versions = true};
    ProviderNeeds needs = {0};
    if (arguments->positionals.count != 1) {
        diags_error(diags, NO_RANGE, "Directory required",
                    "Give the directory of the mirror: loam providers mirror DIRECTORY.");
        return 1;
    }
    if (!project_load(&project, cli, arguments, NULL, diags))
        return 1;
    const State *state = provider_setup_read_state(&project);
    if (!provider_needs_of(cli->foreign, project.config, state, &needs, cli->arena, diags))
        return 1;
    WantedProviders wanted = provider_setup_wanted(&needs, cli->arena);
    return write_mirror(&project, &wanted, diags) ? 0 : 1;
}

const Command cmd_providers_mirror = {
    .name = "mirror",
    .summary = "Copy the packages of the required providers into a directory",
    .usage = "[options] DIRECTORY",
    .about = "Fetches the packages of the required providers from their registries, verifies them, "
             "and stores them with indexes in a directory. The directory serves as a filesystem "
             "mirror and, behind an https server, as a network mirror.",
    .example = "loam providers mirror ./mirror",
    .groups = {OPTION_GROUP(options), &option_variables, &option_environment, &option_view},
    .most_positionals = 1,
    .run = mirror_run,
};
