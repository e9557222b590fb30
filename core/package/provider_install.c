/* Resolves all providers, then installs them, each step in parallel. */
#include "provider_install.h"

#include "call_pool.h"
#include "cli_config_load.h"
#include "module_tree.h"
#include "package_fetch.h"
#include "package_record.h"
#include "package_source.h"
#include "package_store.h"
#include "problem.h"
#include "provider_address.h"
#include "utf8.h"
#include "version_constraint.h"

#include <errno.h>

#define WARNING_MAX ((size_t)4096) /* bytes of a warning that are shown */

typedef struct Task {
    const WantedProvider *wanted;
    const DependencyEntry *locked; /* NULL: not in the lock */
    Str shown;
    Str version;
    Package package;
    bool is_reused;  /* the version is the locked one */
    bool is_present; /* installed already, as the lock says */
    bool is_from_cache;
    Str h1;
    Str zh;          /* empty: no archive */
    Str problem;     /* empty: none */
    StrVec warnings; /* of the registry */
} Task;

typedef struct Run {
    const ProviderInstall *install;
    PackageRecord record;
    Str work; /* directory for downloads */
    Task *tasks;
    size_t count;
    Arena *arena;
    Diags *diags;
} Run;

/* Both formats have the same arguments. */
static void PRINTF_LIKE(2, 4) PRINTF_LIKE(3, 4)
    provider_install_tell(const Run *run, const char *log, const char *people, ...) {
    va_list args, again;
    va_start(args, people);
    va_copy(again, args);
    run->install->tell(run->install->payload, str_vformat(run->arena, people, args),
                       str_vformat(run->arena, log, again));
    va_end(again);
    va_end(args);
}

static PackageQuery query_of(const Run *run, Task *task, Arena *arena) {
    return (PackageQuery){&run->install->sources, &task->problem, arena};
}

/* Resolving. */

static bool has_hash(const DependencyEntry *entry, Str hash) {
    return str_is_among(hash, entry->hashes.items, entry->hashes.count);
}

static Str path_in(const Run *run, Str root, const Task *task, Arena *arena) {
    return package_store_path(root, task->wanted->address, task->version, run->install->platform,
                              arena);
}

/* Returns whether the package is installed and its hash is in the lock. */
static bool provider_install_is_installed(const Run *run, Task *task, Arena *arena) {
    const ProviderInstall *install = run->install;
    const Io *io = install->sources.io;
    StoredPackage package;
    if (install->only_hashes || !task->locked || !str_equal(task->locked->version, task->version))
        return false;
    Str path = path_in(run, install->directory, task, arena);
    int status = stored_package_open(io, path, task->wanted->address, &package, arena);
    if (status == 0)
        status = package_record_hash(&run->record, &package, &task->h1, arena);
    stored_package_close(io, &package);
    return status == 0 && has_hash(task->locked, task->h1);
}

static bool choose_version(const Run *run, Task *task, Arena *arena) {
    StrVec versions;
    if (task->is_reused) {
        task->version = task->locked->version;
        return true;
    }
    PackageQuery query = query_of(run, task, arena);
    query.warnings = &task->warnings;
    if (!package_source_versions(&query, task->wanted->address, &versions))
        return false;
    task->version = package_source_newest(&versions, task->wanted->constraints);
    if (task->version.len)
        return true;
    task->problem =
        task->wanted->constraints.len
            ? str_format(arena,
                         "no available releases match the given constraints %.*s; the newest is "
                         "%.*s",
                         STR_ARG(task->wanted->constraints), STR_ARG(versions.items[0]))
            : str_format(arena,
                         "it has only pre-releases, such as %.*s; name one in the version "
                         "constraint",
                         STR_ARG(versions.items[0]));
    return false;
}

static bool is_locked_out(const Run *run, Task *task, Arena *arena) {
    bool is_allowed = true;
    Str constraints = task->wanted->constraints;
    if (!task->is_reused || !constraints.len)
        return false;
    if (version_constraint_selects(constraints, task->locked->version, &is_allowed) && is_allowed)
        return false;
    task->problem = str_format(
        arena,
        "locked provider %.*s %.*s does not match configured version constraint %.*s; must use %s "
        "-upgrade to allow selection of new versions",
        STR_ARG(task->wanted->address), STR_ARG(task->locked->version), STR_ARG(constraints),
        run->install->command);
    return true;
}

static void provider_install_resolve(void *payload, size_t index, const Call *, Arena *keep,
                                     Diags *) {
    const Run *run = payload;
    Task *task = &run->tasks[index];
    if (is_locked_out(run, task, keep) || !choose_version(run, task, keep))
        return;
    task->is_present = provider_install_is_installed(run, task, keep);
}

/* Installing. */

/* Returns whether the files of the project choose this package. The environment of the user must
 * have accepted that. */
static bool is_of_project(const Run *run, Str directory, Arena *arena) {
    const CliConfig *config = run->install->sources.config;
    return !run->install->only_hashes && !config->is_of_option &&
           (config->is_of_project ||
            (directory.len &&
             cli_config_is_in_project(run->install->sources.io, directory, arena)));
}

static bool is_locked(const Task *task) {
    return task->locked && str_equal(task->locked->version, task->version) &&
           (has_hash(task->locked, task->h1) || (task->zh.len && has_hash(task->locked, task->zh)));
}

static bool provider_install_check_lock(const Run *run, Task *task, Arena *arena) {
    if (is_locked(task))
        return true;
    if (task->locked && task->locked->is_moved && task->package.is_unsigned)
        return problem_set(&task->problem, arena,
                           "the dependency lock file has checksums of another registry only, and "
                           "the package of this registry is not signed");
    if (is_of_project(run, task->package.directory, arena))
        return problem_set(&task->problem, arena,
                           "the files of the project choose its package, and the dependency lock "
                           "file does not have the hash of it, %.*s. LOAM_TRUST_PROJECT_PROGRAMS "
                           "accepts only packages with a hash in that file",
                           STR_ARG(task->h1));
    if (run->install->only_hashes || !task->locked || !task->locked->hashes.count ||
        !str_equal(task->locked->version, task->version))
        return true;
    return problem_set(
        &task->problem, arena,
        "the package of %.*s %.*s does not match any of the checksums in the dependency lock file, "
        "which may list other platforms only; its hash is %.*s",
        STR_ARG(task->wanted->address), STR_ARG(task->version), STR_ARG(task->h1));
}

static bool provider_install_put(const Run *run, Task *task, Str root, Str from, Str target,
                                 Arena *arena) {
    Str path = path_in(run, root, task, arena);
    PackageQuery query = query_of(run, task, arena);
    return package_store_put(&query, root, path, from, target);
}

/* Uses the package in the plugin cache if its hash is in the lock. */
static bool take_cached(const Run *run, Task *task, Arena *arena) {
    const ProviderInstall *install = run->install;
    const CliConfig *config = install->sources.config;
    Str real;
    Str cache = config->plugin_cache_dir;
    if (!cache.len || install->only_hashes)
        return false;
    Str path = path_in(run, cache, task, arena);
    const Io *io = install->sources.io;
    if (io->disk->real_path(io->disk->self, path, &real, arena) != 0 ||
        module_tree_digest(io, real, TREE_PROVIDER, NULL, &task->h1, arena) != 0)
        return false;
    bool may_break_lock = config->cache_may_break_lock && !is_of_project(run, cache, arena);
    if (!is_locked(task) && !may_break_lock)
        return false;
    task->is_from_cache =
        provider_install_put(run, task, install->directory, STR_EMPTY, real, arena);
    return task->is_from_cache;
}

static bool install_directory(const Run *run, Task *task, Arena *arena) {
    const ProviderInstall *install = run->install;
    const Package *package = &task->package;
    if (!install->sources.config->is_of_option && !cli_config_trusts_project(install->sources.io) &&
        cli_config_is_in_project(install->sources.io, package->directory, arena))
        return problem_set(&task->problem, arena,
                           "the mirror's package \"%.*s\" is within the working directory; the "
                           "files of a project must not choose the programs that loam starts, "
                           "unless LOAM_TRUST_PROJECT_PROGRAMS=1 is in the environment",
                           STR_ARG(package->directory));
    PackageQuery query = query_of(run, task, arena);
    return package_fetch_check(&query, package, package->directory, &task->h1) &&
           provider_install_check_lock(run, task, arena) &&
           (install->only_hashes || provider_install_put(run, task, install->directory, STR_EMPTY,
                                                         package->directory, arena));
}

/* Unpacks an archive into the plugin cache, if there is one, and links the package from there. */
static bool keep_unpacked(const Run *run, Task *task, Str unpacked, Arena *arena) {
    const ProviderInstall *install = run->install;
    const Disk *disk = install->sources.io->disk;
    Str cache = install->sources.config->plugin_cache_dir;
    Str real, beside;
    DiskFile guard = {0};
    if (install->only_hashes)
        return true;
    if (!cache.len)
        return provider_install_put(run, task, install->directory, unpacked, STR_EMPTY, arena);
    int status =
        package_store_lock(install->sources.io, cache, install->sources.cancel, &guard, arena);
    if (status == 0)
        status = package_store_work(install->sources.io, cache, &beside, arena);
    Str copied = status == 0 ? disk_join(beside, STR("package"), arena) : STR_EMPTY;
    Str at;
    if (status == 0)
        status = disk->rename(disk->self, unpacked, copied);
    if (status == -EXDEV)
        status = module_tree_copy(install->sources.io, unpacked, copied, &at, arena);
    bool ok = status == 0 && provider_install_put(run, task, cache, copied, STR_EMPTY, arena);
    if (guard.handle) {
        (void)disk_remove_tree(disk, beside);
        disk->close(disk->self, guard);
    }
    if (status != 0)
        task->problem = str_format(arena, "the plugin cache \"%.*s\" cannot be written: %s",
                                   STR_ARG(cache), strerror(-status));
    return ok && disk->real_path(disk->self, path_in(run, cache, task, arena), &real, arena) == 0 &&
           provider_install_put(run, task, install->directory, STR_EMPTY, real, arena);
}

static bool install_archive(const Run *run, Task *task, size_t index, Arena *arena) {
    Str archive;
    Str base = str_format(arena, "%.*s/%zu", STR_ARG(run->work), index);
    Str unpacked = str_concat(base, STR(".d"), arena);
    PackageQuery query = query_of(run, task, arena);
    return package_fetch_archive(&query, &task->package, str_concat(base, STR(".zip"), arena),
                                 &archive, &task->zh) &&
           package_fetch_unpack(&query, &task->package, archive, unpacked, &task->h1) &&
           provider_install_check_lock(run, task, arena) &&
           keep_unpacked(run, task, unpacked, arena);
}

static void install_one(void *payload, size_t index, const Call *, Arena *keep, Diags *) {
    const Run *run = payload;
    Task *task = &run->tasks[index];
    if (task->is_present || take_cached(run, task, keep) || task->problem.len)
        return;
    PackageQuery query = query_of(run, task, keep);
    if (!package_source_find(&query, task->wanted->address, task->version, run->install->platform,
                             &task->package))
        return;
    task->problem = STR_EMPTY;
    (void)(task->package.directory.len ? install_directory(run, task, keep)
                                       : install_archive(run, task, index, keep));
}

/* Messages and results. */

static void tell_query(const Run *run, const Task *task) {
    Str constraints = task->wanted->constraints;
    Str shown = task->shown;
    if (task->is_reused)
        provider_install_tell(run, "%.*s: Reusing previous version from the dependency lock file",
                              "- Reusing previous version of %.*s from the dependency lock file",
                              STR_ARG(shown));
    else if (constraints.len)
        provider_install_tell(
            run, "Finding matching versions for provider: %.*s, version_constraint: \"%.*s\"",
            "- Finding %.*s versions matching \"%.*s\"...", STR_ARG(shown), STR_ARG(constraints));
    else
        provider_install_tell(run, "%.*s: Finding latest version...",
                              "- Finding latest version of %.*s...", STR_ARG(shown));
}

static void tell_begin(const Run *run, const Task *task) {
    Str shown = task->shown;
    Str version = task->version;
    if (task->is_present)
        provider_install_tell(run, "%.*s v%.*s: Using previously-installed provider version",
                              "- Using previously-installed %.*s v%.*s", STR_ARG(shown),
                              STR_ARG(version));
    else if (run->install->only_hashes)
        provider_install_tell(run, "Fetching %.*s %.*s for %.*s",
                              "- Fetching %.*s %.*s for %.*s...", STR_ARG(shown), STR_ARG(version),
                              STR_ARG(run->install->platform));
    else
        provider_install_tell(run, "Installing provider version: %.*s v%.*s...",
                              "- Installing %.*s v%.*s...", STR_ARG(shown), STR_ARG(version));
}

static void tell_end(const Run *run, const Task *task) {
    Str shown = task->shown;
    Str version = task->version;
    Str proof = task->package.proof;
    if (task->is_present || task->problem.len)
        return;
    if (task->is_from_cache)
        provider_install_tell(run, "%.*s v%.*s: Using from the shared cache directory",
                              "- Using %.*s v%.*s from the shared cache directory", STR_ARG(shown),
                              STR_ARG(version));
    else if (run->install->only_hashes)
        provider_install_tell(run, "Retrieved %.*s %.*s for %.*s (%.*s)",
                              "- Retrieved %.*s %.*s for %.*s (%.*s)", STR_ARG(shown),
                              STR_ARG(version), STR_ARG(run->install->platform), STR_ARG(proof));
    else
        provider_install_tell(run, "Installed provider version: %.*s v%.*s (%.*s)",
                              "- Installed %.*s v%.*s (%.*s)", STR_ARG(shown), STR_ARG(version),
                              STR_ARG(proof));
}

static bool provider_install_report(const Run *run, bool is_query) {
    bool ok = true;
    for (size_t i = 0; i < run->count; i++) {
        const Task *task = &run->tasks[i];
        if (task->problem.len == 0)
            continue;
        ok = false;
        if (is_query)
            diags_error(
                diags_as(diag_class_of(task->problem, DIAG_OTHER), run->diags), NO_RANGE,
                "Failed to query available provider packages",
                "Could not retrieve the list of available versions for provider %.*s: %.*s.\n"
                "\n"
                "The command \"loam providers\" shows which modules need %.*s.",
                STR_ARG(task->shown), STR_ARG(task->problem), STR_ARG(task->shown));
        else
            diags_error(diags_as(diag_class_of(task->problem, DIAG_OTHER), run->diags), NO_RANGE,
                        "Failed to install provider", "Error while installing %.*s v%.*s: %.*s.",
                        STR_ARG(task->shown), STR_ARG(task->version), STR_ARG(task->problem));
    }
    return ok;
}

/* Warns of what registries say about the providers, in OpenTofu's words. */
static void warn_of_registries(const Run *run) {
    for (size_t i = 0; i < run->count && !run->install->only_hashes; i++) {
        const Task *task = &run->tasks[i];
        StrBuf lines = strbuf_new(run->arena);
        vec_each(&task->warnings, warning) {
            Str line = utf8_shorten(utf8_one_line(*warning, run->arena), WARNING_MAX, run->arena);
            strbuf_add_format(&lines, "\n- %.*s", STR_ARG(line));
        }
        if (lines.len)
            diags_warning(run->diags, NO_RANGE, "Additional provider information from registry",
                          "The remote registry returned warnings for %.*s:%.*s",
                          STR_ARG(task->wanted->address), STR_ARG(strbuf_str(&lines)));
    }
}

/* The words about a missing signature are those of OpenTofu. */
static void warn_of_proof(const Run *run, const Task *task) {
    Str text = STR_EMPTY;
    if (task->package.is_unsigned)
        text = str_format(run->arena,
                          "Installed %.*s v%.*s. Signature validation was skipped due to the "
                          "registry not containing GPG keys for this provider",
                          STR_ARG(task->shown), STR_ARG(task->version));
    else if (task->package.is_key_expired)
        text = str_format(run->arena, "Installed %.*s v%.*s. The key that signed it has expired",
                          STR_ARG(task->shown), STR_ARG(task->version));
    if (text.len == 0)
        return;
    diags_warning(run->diags, NO_RANGE, str_to_cstr(text, run->arena), "%s",
                  task->package.is_unsigned
                      ? "Only the checksum of the archive was verified. To require signatures, set "
                        "OPENTOFU_ENFORCE_GPG_VALIDATION=true."
                      : "To reject expired keys, set OPENTOFU_ENFORCE_GPG_EXPIRATION=true.");
}

/* Lists the checksums that the lock file takes over without those of an earlier run. */
static void tell_hashes(const Run *run, const Task *task, const StrVec *hashes) {
    if (!task->locked || !task->locked->is_moved)
        return;
    provider_install_tell(run, "%.*s v%.*s: Recorded checksums: %.*s",
                          "- Recorded checksums of %.*s v%.*s: %.*s", STR_ARG(task->shown),
                          STR_ARG(task->version),
                          STR_ARG(str_join(hashes->items, hashes->count, STR(", "), run->arena)));
}

static void add_hashes(StrVec *out, const StrVec *more, Arena *arena) {
    vec_each(more, hash) {
        vec_push(arena, out, *hash);
    }
}

static void provider_install_record(const Run *run, const Task *task, DependencyLock *lock,
                                    ProviderInstalled *out) {
    Arena *arena = run->arena;
    const DependencyEntry *before = task->locked;
    bool is_same = before && str_equal(before->version, task->version);
    DependencyEntry entry = {.address = task->wanted->address,
                             .version = task->version,
                             .constraints = task->wanted->constraints};
    if (is_same)
        add_hashes(&entry.hashes, &before->hashes, arena);
    bool is_local = !is_same || before->hashes.count == 0;
    is_local = is_local && task->package.signed_hashes.count == 0;
    if (!task->is_present) {
        add_hashes(&entry.hashes, &task->package.signed_hashes, arena);
        vec_push(arena, &entry.hashes, task->h1);
    }
    if (is_local && !task->is_present && !run->install->only_hashes)
        vec_push(arena, &out->local, task->shown);
    vec_push(arena, &out->hashes, task->h1);
    out->has_other_signer |= task->package.is_signed_by_other;
    warn_of_proof(run, task);
    tell_hashes(run, task, &entry.hashes);
    dependency_lock_set(lock, entry, arena);
}

static void remove_unwanted(DependencyLock *lock, const WantedProviders *wanted,
                            const StrVec *kept_addresses) {
    size_t kept = 0;
    for (size_t i = 0; i < lock->entries.count; i++) {
        Str address = lock->entries.items[i].address;
        bool is_wanted = str_is_among(address, kept_addresses->items, kept_addresses->count);
        vec_each(wanted, provider) {
            is_wanted |= str_equal(provider->address, address);
        }
        if (is_wanted)
            lock->entries.items[kept++] = lock->entries.items[i];
    }
    lock->entries.count = kept;
}

static void each(Run *run, CallWork work) {
    Call call = {.io = run->install->sources.io,
                 .cancel = run->install->sources.cancel,
                 .arena = run->arena};
    call_pool_run(&call, run->count, work, run, run->diags);
}

static void provider_install_prepare(Run *run, const WantedProviders *wanted,
                                     const DependencyLock *lock) {
    run->count = wanted->count;
    run->record = package_record_read(run->install->sources.io, run->arena);
    run->tasks = arena_new_array(run->arena, Task, run->count);
    for (size_t i = 0; i < run->count; i++) {
        Task *task = &run->tasks[i];
        task->wanted = &wanted->items[i];
        task->shown = provider_address_shown(task->wanted->address,
                                             run->install->sources.config->default_host);
        task->locked = dependency_lock_find(lock, task->wanted->address);
        task->is_reused = task->locked && !run->install->upgrade;
    }
}

static bool install_all(Run *run) {
    for (size_t i = 0; i < run->count && !run->install->only_hashes; i++)
        tell_query(run, &run->tasks[i]);
    each(run, provider_install_resolve);
    warn_of_registries(run);
    if (!provider_install_report(run, true))
        return false;
    for (size_t i = 0; i < run->count; i++)
        tell_begin(run, &run->tasks[i]);
    each(run, install_one);
    for (size_t i = 0; i < run->count; i++)
        tell_end(run, &run->tasks[i]);
    return provider_install_report(run, false);
}

static bool report_store(const ProviderInstall *install, int status, Diags *diags) {
    if (status == 0)
        return true;
    return diags_fail(
        diags, NO_RANGE,
        status == -EAGAIN ? "Provider installation in progress" : "Failed to install providers",
        status == -EAGAIN ? "Another process has been installing providers into \"%.*s\" for ten "
                            "minutes. Wait until it ends, then try again."
                          : "\"%.*s\" cannot be written: %s. %s",
        STR_ARG(install->directory), strerror(-status), disk_data_hint(status));
}

bool provider_install_run(const ProviderInstall *install, const WantedProviders *wanted,
                          DependencyLock *lock, ProviderInstalled *out, Arena *arena,
                          Diags *diags) {
    const Disk *disk = install->sources.io->disk;
    Run run = {.install = install, .arena = arena, .diags = diags};
    bool ok = true;
    *out = (ProviderInstalled){0};
    if (wanted->count > 0) {
        int status = package_store_work(install->sources.io, install->directory, &run.work, arena);
        if (!report_store(install, status, diags))
            return false;
        provider_install_prepare(&run, wanted, lock);
        ok = install_all(&run);
        (void)disk_remove_tree(disk, run.work);
    }
    DependencyLock done = dependency_lock_clone(lock, arena);
    for (size_t i = 0; ok && i < run.count; i++)
        provider_install_record(&run, &run.tasks[i], &done, out);
    if (ok && !install->only_hashes)
        remove_unwanted(&done, wanted, &install->kept);
    if (ok)
        *lock = done;
    return ok;
}
