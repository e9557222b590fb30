/* loam providers mirror */
#include "command.h"
#include "json.h"
#include "mirror_directory.h"
#include "package_fetch.h"
#include "package_source.h"
#include "package_store.h"
#include "provider_address.h"
#include "provider_install.h"
#include "provider_setup.h"

/* Copies packages from their registries into a directory, which then serves as a filesystem mirror
 * and, behind a web server, as a network mirror. */

typedef struct MirrorWrite {
    PackageSources sources;
    Str directory;    /* the mirror */
    StrVec platforms; /* linux_amd64 */
    void (*tell)(void *payload, Str line);
    void *payload;
} MirrorWrite;

typedef struct MirrorRun {
    const MirrorWrite *mirror;
    Str work; /* directory for downloads */
    size_t count;
    Arena *arena;
    Diags *diags;
} MirrorRun;

static void PRINTF_LIKE(2, 3) mirror_write_tell(const MirrorRun *run, const char *format, ...) {
    va_list args;
    va_start(args, format);
    run->mirror->tell(run->mirror->payload, str_vformat(run->arena, format, args));
    va_end(args);
}

static bool mirror_write_refuse(const MirrorRun *run, const char *summary, Str address,
                                Str problem) {
    return diags_fail(run->diags, NO_RANGE, summary, "%.*s: %.*s.", STR_ARG(address),
                      STR_ARG(problem));
}

static PackageQuery mirror_write_query(const MirrorRun *run, Str *problem) {
    return (PackageQuery){&run->mirror->sources, problem, run->arena};
}

static bool select_version(const MirrorRun *run, const WantedProvider *wanted,
                           const DependencyEntry *locked, Str *out) {
    StrVec versions;
    Str problem;
    PackageQuery query = mirror_write_query(run, &problem);
    if (locked) {
        *out = locked->version;
        mirror_write_tell(run, "  - Selected v%.*s to match dependency lock file", STR_ARG(*out));
        return true;
    }
    if (!package_source_versions(&query, wanted->address, &versions))
        return mirror_write_refuse(run, "Provider not available", wanted->address, problem);
    *out = package_source_newest(&versions, wanted->constraints);
    if (out->len == 0)
        return mirror_write_refuse(run, "Provider not available", wanted->address,
                                   STR("no version matches the constraints of the configuration"));
    if (wanted->constraints.len)
        mirror_write_tell(run, "  - Selected v%.*s to meet constraints %.*s", STR_ARG(*out),
                          STR_ARG(wanted->constraints));
    else
        mirror_write_tell(run, "  - Selected v%.*s with no constraints", STR_ARG(*out));
    return true;
}

static bool hash_archive(const MirrorRun *run, const Package *package, Str archive, Str *h1) {
    Str problem;
    PackageQuery query = mirror_write_query(run, &problem);
    const Disk *disk = run->mirror->sources.io->disk;
    Str directory = disk_join(run->work, STR("unpacked"), run->arena);
    bool ok = package_fetch_unpack(&query, package, archive, directory, h1) ||
              mirror_write_refuse(run, "Package not accepted", package->address, problem);
    (void)disk_remove_tree(disk, directory);
    return ok;
}

/* Fetches one archive, verifies it, and moves it into the mirror. */
static bool add_archive(MirrorRun *run, Str address, Str version, Str platform) {
    const Disk *disk = run->mirror->sources.io->disk;
    Arena *arena = run->arena;
    Package package;
    Str problem, archive, zh, h1;
    PackageQuery query = mirror_write_query(run, &problem);
    Str name = mirror_directory_archive(address, version, platform, arena);
    Str directory = disk_join(run->mirror->directory, address, arena);
    Str download = str_format(arena, "%.*s/%zu.zip", STR_ARG(run->work), run->count++);
    mirror_write_tell(run, "  - Downloading package for %.*s...", STR_ARG(platform));
    if (!package_source_find(&query, address, version, platform, &package))
        return mirror_write_refuse(run, "Provider release not available", address, problem);
    if (!package_fetch_archive(&query, &package, download, &archive, &zh))
        return mirror_write_refuse(run, "Cannot download provider release", address, problem);
    if (!hash_archive(run, &package, archive, &h1))
        return false;
    int status = disk->make_directories(disk->self, directory, 0777);
    if (status == 0)
        status = disk->rename(disk->self, archive, disk_join(directory, name, arena));
    if (status != 0)
        return mirror_write_refuse(run, "Cannot write the mirror", directory,
                                   str_from_cstr(strerror(-status)));
    mirror_write_tell(run, "  - Package authenticated: %.*s", STR_ARG(package.proof));
    return true;
}

static bool mirror_write_json(const MirrorRun *run, Str path, const StrBuf *text) {
    const Disk *disk = run->mirror->sources.io->disk;
    int status = disk->write_file(disk->self, path, strbuf_str(text), 0666);
    return status == 0 || mirror_write_refuse(run, "Failed to update indexes", path,
                                              str_from_cstr(strerror(-status)));
}

/* VERSION.json: the archives of one version, by platform. */
static bool mirror_write_version(const MirrorRun *run, Str directory, Str address, Str version) {
    const Disk *disk = run->mirror->sources.io->disk;
    Arena *arena = run->arena;
    DiskEntries entries = {0};
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    Str start = mirror_directory_archive(address, version, STR_EMPTY, arena);
    start = str_slice(start, 0, start.len - 4);
    json_writer_init(&writer, &text, 2);
    json_object_start(&writer);
    json_key_object(&writer, "archives");
    if (disk->list(disk->self, directory, &entries, arena) != 0)
        return true;
    vec_each(&entries, entry) {
        if (!str_starts_with(entry->name, start) || !str_ends_with(entry->name, STR(".zip")))
            continue;
        Str h1;
        Package package = {.address = address, .version = version};
        if (!hash_archive(run, &package, disk_join(directory, entry->name, arena), &h1))
            return false;
        json_key(&writer, str_slice(entry->name, start.len, entry->name.len - 4));
        json_object_start(&writer);
        json_key_array(&writer, "hashes");
        json_write_string(&writer, h1);
        json_array_end(&writer);
        json_key_string(&writer, "url", entry->name);
        json_object_end(&writer);
    }
    json_object_end(&writer);
    json_object_end(&writer);
    return mirror_write_json(
        run, disk_join(directory, str_concat(version, STR(".json"), arena), arena), &text);
}

static bool write_indexes(const MirrorRun *run, Str address) {
    Arena *arena = run->arena;
    StrVec versions = {0};
    Str problem;
    PackageQuery query = mirror_write_query(run, &problem);
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    Str directory = disk_join(run->mirror->directory, address, arena);
    CliInstallation here = {.path = run->mirror->directory};
    if (!mirror_directory_method.versions(&query, &here, address, &versions))
        return mirror_write_refuse(run, "Failed to update indexes", directory, problem);
    str_sort(versions.items, versions.count);
    json_writer_init(&writer, &text, 2);
    json_object_start(&writer);
    json_key_object(&writer, "versions");
    bool ok = true;
    for (size_t i = 0; i < versions.count; i++) {
        if (i > 0 && str_equal(versions.items[i], versions.items[i - 1]))
            continue;
        json_key(&writer, versions.items[i]);
        json_object_start(&writer);
        json_object_end(&writer);
        ok &= mirror_write_version(run, directory, address, versions.items[i]);
    }
    json_object_end(&writer);
    json_object_end(&writer);
    return ok && mirror_write_json(run, disk_join(directory, STR("index.json"), arena), &text);
}

static bool mirror_write_add_provider(MirrorRun *run, const WantedProvider *wanted,
                                      const DependencyEntry *locked) {
    Str version;
    bool ok = true;
    mirror_write_tell(run, "- Mirroring %.*s...",
                      STR_ARG(provider_address_shown(wanted->address,
                                                     run->mirror->sources.config->default_host)));
    if (!select_version(run, wanted, locked, &version))
        return false;
    vec_each(&run->mirror->platforms, platform) {
        ok &= add_archive(run, wanted->address, version, *platform);
    }
    return ok && write_indexes(run, wanted->address);
}

/* Fetches the packages of all wanted providers for all platforms, in the versions of `lock` where
 * it has one, and writes the indexes. Goes on after an error with one provider. */
static bool mirror_write_run(const MirrorWrite *mirror, const WantedProviders *wanted,
                             const DependencyLock *lock, Arena *arena, Diags *diags) {
    const Io *io = mirror->sources.io;
    MirrorRun run = {.mirror = mirror, .arena = arena, .diags = diags};
    bool ok = true;
    int status = package_store_work(io, mirror->directory, &run.work, arena);
    if (status != 0)
        return mirror_write_refuse(&run, "Cannot write the mirror", mirror->directory,
                                   str_from_cstr(strerror(-status)));
    vec_each(wanted, provider) {
        ok &= mirror_write_add_provider(&run, provider,
                                        dependency_lock_find(lock, provider->address));
    }
    (void)disk_remove_tree(io->disk, run.work);
    return ok;
}

static const Option providers_mirror_options[] = {
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
    .groups = {OPTION_GROUP(providers_mirror_options), &option_variables, &option_environment,
               &option_view},
    .most_positionals = 1,
    .output_positional = 1,
    .run = mirror_run,
};
