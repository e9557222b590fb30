/* loam providers lock */
#include "command.h"
#include "provider_address.h"
#include "provider_setup.h"

static const Option providers_lock_options[] = {
    {"platform", OPTION_TEXT, "OS_ARCH",
     "Platform whose packages to hash, such as linux_arm64; repeatable. "
     "Default: this platform."},
    {"fs-mirror", OPTION_PATH, "PATH", "Take packages only from this filesystem mirror."},
    {"net-mirror", OPTION_TEXT, "URL", "Take packages only from this network mirror."},
};

/* Keeps the providers that the command line names; without any, all. */
static bool restrict_to_named(Project *project, WantedProviders *wanted, Diags *diags) {
    const Arguments *arguments = project->arguments;
    Arena *arena = project->cli->arena;
    WantedProviders named = {0};
    vec_each(&arguments->positionals, name) {
        Str address = provider_address_complete(*name, cli_default_registry(project->cli), arena);
        const WantedProvider *found = NULL;
        vec_each(wanted, provider) {
            found = str_equal(provider->address, address) ? provider : found;
        }
        if (!found)
            return diags_fail(diags, NO_RANGE, "Invalid provider argument",
                              "The configuration does not need a package of the provider %.*s. "
                              "\"loam providers\" lists the providers that it needs.",
                              STR_ARG(address));
        vec_push(arena, &named, *found);
    }
    if (named.count)
        *wanted = named;
    return true;
}

static bool choose_sources(const Project *project, CliConfig *config, Diags *diags) {
    Arena *arena = project->cli->arena;
    Str url = option_text(project->arguments, "net-mirror");
    StrVec directories = provider_setup_values(project, "fs-mirror");
    if (url.ptr && directories.count)
        return diags_fail(diags, NO_RANGE, "Invalid combination of options",
                          "-fs-mirror and -net-mirror exclude each other. Remove one of them.");
    if (url.ptr && !str_starts_with(url, STR("https://")))
        return diags_fail(diags, NO_RANGE, "Invalid network mirror URL",
                          "-net-mirror requires an https address, not \"%.*s\".", STR_ARG(url));
    if (directories.count)
        package_source_only(config, &directories, arena);
    else
        package_source_only_direct(config, arena);
    CliInstallation *last = &vec_last(&config->installations);
    if (url.ptr) {
        last->method = CLI_METHOD_NETWORK_MIRROR;
        last->path = str_ends_with(url, STR("/")) ? url : str_concat(url, STR("/"), arena);
    }
    return true;
}

static size_t hash_count(const DependencyLock *lock, Str address) {
    const DependencyEntry *entry = dependency_lock_find(lock, address);
    return entry ? entry->hashes.count : 0;
}

static void lock_report(const Cli *cli, const WantedProviders *wanted, Str platform,
                        const DependencyLock *before, const DependencyLock *after) {
    vec_each(wanted, provider) {
        size_t old = hash_count(before, provider->address);
        bool is_same = hash_count(after, provider->address) == old;
        Str line = str_format(
            cli->arena, "- Obtained %.*s checksums for %.*s; %s",
            STR_ARG(provider_address_shown(provider->address, cli_default_registry(cli))),
            STR_ARG(platform),
            old == 0
                ? "This was a new provider and the checksums for this platform are now tracked "
                  "in the lock file"
            : is_same ? "All checksums for this platform were already tracked in the lock file"
                      : "Additional checksums for this platform are now tracked in the lock file");
        provider_setup_tell((void *)cli, line, line);
    }
}

static bool lock_platform(Project *project, const CliConfig *config, const WantedProviders *wanted,
                          Str platform, DependencyLock *lock) {
    Cli *cli = project->cli;
    ProviderInstalled installed;
    DependencyLock before = *lock;
    ProviderInstall request = {
        .sources = {&cli->io, cli->cancel, config},
        .directory = foreign_programs_directory(cli),
        .platform = platform,
        .only_hashes = true,
        .command = "loam init",
        .tell = provider_setup_tell,
        .payload = cli,
    };
    if (!provider_install_run(&request, wanted, lock, &installed, cli->arena, project->diags))
        return false;
    lock_report(cli, wanted, platform, &before, lock);
    return true;
}

static bool check_platform(Str platform, Diags *diags) {
    size_t joint = str_find_char(platform, '_', 0);
    bool ok = joint != SIZE_MAX && joint > 0 && joint + 1 < platform.len;
    for (size_t i = 0; i < platform.len; i++)
        ok = ok && (isalnum((unsigned char)platform.ptr[i]) || i == joint);
    if (!ok)
        diags_error(diags, NO_RANGE, "Invalid platform",
                    "\"%.*s\" is not a platform such as linux_amd64.", STR_ARG(platform));
    return ok;
}

static bool lock_all(Project *project, CliConfig *config, WantedProviders *wanted, Diags *diags) {
    Cli *cli = project->cli;
    DependencyLock before;
    StrVec platforms = provider_setup_values(project, "platform");
    if (platforms.count == 0)
        vec_push(cli->arena, &platforms, provider_address_platform());
    if (!dependency_lock_read(&cli->io, STR("."), &before, cli->arena, diags))
        return false;
    DependencyLock lock = before;
    vec_each(&platforms, platform) {
        if (!check_platform(*platform, diags) ||
            !lock_platform(project, config, wanted, *platform, &lock))
            return false;
    }
    bool is_same = str_equal(dependency_lock_text(&before, cli->arena),
                             dependency_lock_text(&lock, cli->arena));
    if (!is_same && !dependency_lock_write(&cli->io, STR("."), &lock, diags))
        return false;
    Str line = is_same ? STR("\nThe lock file has all checksums already.")
                       : STR("\nThe lock file " DEPENDENCY_LOCK_NAME
                             " is updated. Review the changes, and keep the file in version "
                             "control.");
    provider_setup_tell(cli, line, line);
    return true;
}

static int lock_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.options.ignores_versions = true};
    ProviderNeeds needs = {0};
    if (!project_load(&project, cli, arguments, NULL, diags))
        return 1;
    const State *state = provider_setup_read_state(&project);
    CliConfig *config = foreign_programs_config(cli->foreign, diags);
    if (!config ||
        !provider_needs_of(cli->foreign, project.config, state, &needs, cli->arena, diags))
        return 1;
    WantedProviders wanted = provider_setup_wanted(&needs, cli->arena);
    return restrict_to_named(&project, &wanted, diags) && choose_sources(&project, config, diags) &&
                   lock_all(&project, config, &wanted, diags)
               ? 0
               : 1;
}

const Command cmd_providers_lock = {
    .name = "lock",
    .summary = "Add checksums of other platforms to the dependency lock file",
    .usage = "[options] [PROVIDER...]",
    .about = "Fetches the packages of the required providers for the given platforms, from their "
             "registries or from one mirror, verifies them, and adds their checksums to "
             ".terraform.lock.hcl. Installs nothing.",
    .example = "loam providers lock -platform=linux_amd64 hashicorp/aws",
    .groups = {OPTION_GROUP(providers_lock_options), &option_variables, &option_environment,
               &option_view},
    .most_positionals = UINT32_MAX,
    .run = lock_run,
};
