/* Finds the directory of each module call, from the manifest or by fetching. */
#include "module_install.h"

#include "front_end.h"
#include "module_fetch.h"
#include "module_manifest.h"
#include "module_tree.h"
#include "url.h"
#include "version_constraint.h"

#include <errno.h>

#define LOCK_NAME    ".lock"
#define LOCK_TRIES   600
#define LOCK_WAIT_MS 100

struct ModuleInstall {
    ModuleInstallOptions options;
    ModuleManifest manifest; /* installed calls; while installing, the calls found so far */
    ModuleManifest old;      /* while installing: the calls that the last run installed */
    ModuleLock before;       /* the lock file as read */
    bool has_lock;           /* `before` has been read */
    ModuleLock lock;         /* revisions of the calls found so far */
    Map resolved;            /* package and constraint → LockEntry resolved in this run */
    Map verified;            /* copies whose digest was checked in this run */
    DiskFile guard;          /* lock file of the directory of copies */
    bool has_failed; /* a module could not be found: leave manifest and lock file unchanged */
    bool is_partial; /* the configuration may call more modules than those found */
    Arena *arena;
};

bool module_install_open(const ModuleInstallOptions *options, ModuleInstall **out, Arena *arena,
                         Diags *diags) {
    ModuleInstall *install = arena_new(arena, ModuleInstall);
    install->options = *options;
    install->lock.is_readonly = options->keeps_lock;
    install->arena = arena;
    install->manifest.entries = map_new(arena);
    install->resolved = map_new(arena);
    install->verified = map_new(arena);
    *out = install;
    if (!options->install)
        return module_manifest_read(options->io, options->data_directory, &install->manifest, arena,
                                    diags);
    Diags ignored = diags_new(arena); /* this run rewrites the file */
    bool ok =
        module_manifest_read(options->io, options->data_directory, &install->old, arena, &ignored);
    (void)ok;
    return module_lock_read(options->io, options->directory, &install->before, arena, diags);
}

void module_install_close(ModuleInstall *install) {
    if (!install || !install->guard.handle)
        return;
    const Disk *disk = install->options.io->disk;
    disk->close(disk->self, install->guard);
    install->guard = (DiskFile){0};
}

static void PRINTF_LIKE(2, 3)
    module_install_tell(const ModuleInstall *install, const char *format, ...) {
    va_list args;
    if (!install->options.tell)
        return;
    va_start(args, format);
    install->options.tell(install->options.payload, str_vformat(install->arena, format, args));
    va_end(args);
}

/* Acquires the lock on the copies. Returns -EAGAIN if another run holds it for too long. */
static int wait_for_guard(ModuleInstall *install) {
    const Io *io = install->options.io;
    int status = -EAGAIN;
    for (int i = 0; i < LOCK_TRIES && status == -EAGAIN; i++) {
        pid_t holder;
        status = io->disk->lock(io->disk->self, install->guard, &holder);
        if (status == -EAGAIN &&
            io->clock->sleep_ms(io->clock->self, LOCK_WAIT_MS, install->options.cancel))
            return -ECANCELED;
    }
    return status;
}

/* Acquires the lock on the copies once per run; only its holder may change them. */
static bool guard_copies(ModuleInstall *install, Diags *diags) {
    const Disk *disk = install->options.io->disk;
    if (install->guard.handle)
        return true;
    Str directory = module_fetch_directory(&install->options, install->arena);
    Str path = disk_join(directory, STR(LOCK_NAME), install->arena);
    int status = disk->make_directories(disk->self, directory, 0777);
    if (status == 0)
        status = disk->open(disk->self, path, DISK_WRITE | DISK_CREATE, 0666, &install->guard);
    if (status == 0)
        status = wait_for_guard(install);
    if (status == -EAGAIN)
        return diags_fail(
            diags, NO_RANGE, "Module installation in progress",
            "Another process has been installing modules into \"%.*s\" for a minute. Wait "
            "until it ends, then try again.",
            STR_ARG(directory));
    if (status != 0)
        return diags_fail(diags, NO_RANGE, "Failed to install modules",
                          "\"%.*s\" could not be opened: %s. %s", STR_ARG(path), strerror(-status),
                          disk_data_hint(status));
    module_fetch_clean(&install->options, install->arena); /* leftovers of a killed run */
    return true;
}

/* Returns whether the copy exists and matches the digest in the lock file; removes a copy that
 * differs. */
static bool has_copy(ModuleInstall *install, const LockEntry *entry) {
    const Io *io = install->options.io;
    Str copy = module_fetch_copy(&install->options, entry, install->arena);
    Str digest;
    if (!disk_exists(io->disk, copy))
        return false;
    if (!entry->digest.len || map_has(&install->verified, copy))
        return true;
    if (module_tree_digest(io, copy, TREE_MODULE, NULL, &digest, install->arena) != 0 ||
        !str_equal(digest, entry->digest)) {
        (void)disk_remove_tree(io->disk, copy);
        return false;
    }
    map_set(&install->verified, copy, install);
    return true;
}

static const LockEntry *module_install_keep(ModuleInstall *install, Str key,
                                            const LockEntry *entry) {
    LockEntry *kept = arena_new(install->arena, LockEntry);
    *kept = *entry;
    map_set(&install->resolved, key, kept);
    module_lock_add(&install->lock, kept, install->arena);
    return kept;
}

/* Returns the revision of a package, resolved once per run and constraint, with an existing
 * copy. */
static const LockEntry *module_install_resolve(ModuleInstall *install, const ModuleWanted *wanted,
                                               const SourceAddress *address, Diags *diags) {
    Arena *arena = install->arena;
    Str source = url_redact(address->package, arena);
    Str key = str_format(arena, "%.*s\n%.*s", STR_ARG(address->package), STR_ARG(wanted->version));
    const LockEntry *entry = map_find(&install->resolved, key);
    if (entry)
        return entry;
    entry = install->options.upgrade ? NULL
                                     : module_lock_find(&install->before, source, wanted->version);
    if (entry && has_copy(install, entry))
        return module_install_keep(install, key, entry);
    module_install_tell(install, "Downloading %.*s for %.*s...", STR_ARG(source),
                        STR_ARG(wanted->key));
    ModuleFetch fetch = {
        .options = &install->options,
        .address = *address,
        .constraint = wanted->version,
        .locked = entry,
        .known = &install->lock,
        .range = wanted->source_range,
    };
    LockEntry found;
    if (!module_fetch_run(&fetch, &found, arena, diags))
        return NULL;
    map_set(&install->verified, module_fetch_copy(&install->options, &found, arena), install);
    return module_install_keep(install, key, &found);
}

static bool report_uninstalled(const ModuleWanted *wanted, Diags *diags) {
    return diags_fail(diags, wanted->range, "Module not installed",
                      "The module \"%.*s\" is not installed. To install the modules of this "
                      "configuration, run \"loam init\".",
                      STR_ARG(wanted->name));
}

static bool module_install_check_version(const ModuleInstall *install, const ModuleWanted *wanted,
                                         const SourceAddress *address, Diags *diags) {
    bool ignored;
    if (!wanted->version.len)
        return true;
    if (!module_source_check_versions(address, wanted->source, wanted->source_range, install->arena,
                                      diags))
        return false;
    if (version_constraint_check(wanted->version, STR("0.0.0"), &ignored))
        return true;
    return diags_fail(
        diags, wanted->version_range, "Invalid version constraint",
        "\"%.*s\" is not a valid version constraint. Use a constraint such as \"1.2.0\", "
        "\">= 1.2, < 2.0\" or \"~> 1.2\".",
        STR_ARG(wanted->version));
}

/* Rejects local paths that leave the package of a fetched module. */
static bool check_escape(const ModuleInstall *install, const ModuleWanted *wanted, Str directory,
                         Diags *diags) {
    Arena *arena = install->arena;
    Str copies = disk_clean(module_fetch_directory(&install->options, arena), arena);
    copies = str_concat(copies, STR("/"), arena);
    if (!str_starts_with(wanted->parent_directory, copies))
        return true;
    size_t end = str_find_char(wanted->parent_directory, '/', copies.len);
    Str package = str_slice(wanted->parent_directory, 0, end);
    if (str_equal(directory, package) ||
        str_starts_with(directory, str_concat(package, STR("/"), arena)))
        return true;
    return diags_fail(diags, wanted->source_range, "Module path leads out of its package",
                      "\"%.*s\" is outside the package of this module.", STR_ARG(wanted->source));
}

static bool module_install_check_record(const ModuleInstall *install, const ModuleWanted *wanted,
                                        const ModuleEntry **out, Diags *diags) {
    const ModuleEntry *entry = map_find(&install->manifest.entries, wanted->key);
    Str source = url_redact(wanted->source, install->arena);
    if (!entry)
        return report_uninstalled(wanted, diags);
    if (!str_equal(entry->source, source))
        return diags_fail(diags, wanted->source_range, "Module source has changed",
                          "The module \"%.*s\" was installed from \"%.*s\", which is no longer its "
                          "source. To install it from the new source, run \"loam init\".",
                          STR_ARG(wanted->name), STR_ARG(entry->source));
    *out = entry;
    return true;
}

static bool check_recorded_version(const ModuleWanted *wanted, const ModuleEntry *entry,
                                   Diags *diags) {
    bool is_satisfied;
    if (!wanted->version.len)
        return true;
    if (version_constraint_check(wanted->version, entry->version, &is_satisfied) && is_satisfied)
        return true;
    return diags_fail(
        diags, wanted->version_range, "Module version has changed",
        "The module \"%.*s\" is installed in version %.*s, which \"%.*s\" does not allow. "
        "To install an allowed version, run \"loam init\".",
        STR_ARG(wanted->name), STR_ARG(entry->version), STR_ARG(wanted->version));
}

/* Returns whether the last run installed the module of this call as it is now. */
static bool is_kept(const ModuleInstall *install, const ModuleEntry *entry) {
    const ModuleEntry *old = map_find(&install->old.entries, entry->key);
    return old && !install->options.upgrade && str_equal(old->source, entry->source) &&
           str_equal(old->version, entry->version) && str_equal(old->directory, entry->directory);
}

static void module_install_record(ModuleInstall *install, const ModuleWanted *wanted, Str version,
                                  Str directory) {
    ModuleEntry *entry = arena_new(install->arena, ModuleEntry);
    *entry = (ModuleEntry){
        .key = wanted->key,
        .source = url_redact(wanted->source, install->arena),
        .version = version,
        .directory = directory,
    };
    map_set(&install->manifest.entries, entry->key, entry);
    if (is_kept(install, entry))
        return;
    bool is_found = disk_exists(install->options.io->disk, directory);
    install->has_failed |= !is_found; /* the caller reports it */
    module_install_tell(install, "- %.*s%s%.*s in%s%.*s", STR_ARG(wanted->key),
                        version.len ? " " : "", STR_ARG(version), is_found ? " " : "",
                        STR_ARG(is_found ? directory : STR_EMPTY));
}

static bool find_local(ModuleInstall *install, const ModuleWanted *wanted, Str *out, Diags *diags) {
    Arena *arena = install->arena;
    const ModuleEntry *ignored;
    Str directory = disk_clean(disk_join(wanted->parent_directory, wanted->source, arena), arena);
    if (!check_escape(install, wanted, directory, diags))
        return false;
    if (!install->options.install && !module_install_check_record(install, wanted, &ignored, diags))
        return false;
    if (install->options.install)
        module_install_record(install, wanted, STR_EMPTY, directory);
    *out = directory;
    return true;
}

/* Rejects an installed revision that differs from the lock file, which may have changed since
 * installation. */
static bool check_locked(ModuleInstall *install, const ModuleWanted *wanted,
                         const SourceAddress *address, const ModuleEntry *entry, Diags *diags) {
    const ModuleInstallOptions *options = &install->options;
    Arena *arena = install->arena;
    if (!install->has_lock &&
        !module_lock_read(options->io, options->directory, &install->before, arena, diags))
        return false;
    install->has_lock = true;
    const LockEntry *locked =
        module_lock_find(&install->before, url_redact(address->package, arena), wanted->version);
    if (!locked)
        return true;
    Str copy = disk_clean(module_fetch_copy(options, locked, arena), arena);
    if (str_starts_with(entry->directory, copy))
        return true;
    return diags_fail(
        diags, wanted->range, "Module revision has changed",
        "%s has another revision of the module \"%.*s\" than the installed one. To install "
        "it, run \"loam init\".",
        MODULE_LOCK_NAME, STR_ARG(wanted->name));
}

static bool find_recorded(ModuleInstall *install, const ModuleWanted *wanted,
                          const SourceAddress *address, Str *out, Diags *diags) {
    const ModuleEntry *entry;
    if (!module_install_check_record(install, wanted, &entry, diags) ||
        !check_recorded_version(wanted, entry, diags) ||
        !check_locked(install, wanted, address, entry, diags))
        return false;
    if (!disk_exists(install->options.io->disk, entry->directory))
        return report_uninstalled(wanted, diags);
    *out = entry->directory;
    return true;
}

/* Replaces a leading "*" by the only top-level directory of an archive, whose name may change
 * with the revision. */
static Str only_directory(ModuleInstall *install, Str copy, Str within) {
    const Disk *disk = install->options.io->disk;
    DiskEntries entries = {0};
    Str only = STR_EMPTY;
    bool is_star = str_equal(within, STR("*")) || str_starts_with(within, STR("*/"));
    if (!is_star || disk->list(disk->self, copy, &entries, install->arena) != 0)
        return within;
    vec_each(&entries, entry) {
        if (entry->kind != DISK_DIRECTORY)
            continue;
        if (only.len)
            return within;
        only = entry->name;
    }
    return only.len ? disk_join(only, str_after(within, 2), install->arena) : within;
}

static bool find_fetched(ModuleInstall *install, const ModuleWanted *wanted,
                         const SourceAddress *address, Str *out, Diags *diags) {
    Arena *arena = install->arena;
    if (!guard_copies(install, diags))
        return false;
    const LockEntry *entry = module_install_resolve(install, wanted, address, diags);
    if (!entry)
        return false;
    Str copy = module_fetch_copy(&install->options, entry, arena);
    Str within = disk_join(entry->subdir, address->subdir, arena);
    within = only_directory(install, copy, within);
    Str directory = disk_clean(disk_join(copy, within, arena), arena);
    if (!disk_exists(install->options.io->disk, directory))
        return diags_fail(diags, wanted->source_range, "Module directory not found",
                          "The package \"%.*s\" has no directory \"%.*s\".", STR_ARG(entry->source),
                          STR_ARG(within));
    if (front_end_is_empty_dir(install->options.io->disk, directory))
        return diags_fail(
            diags, wanted->source_range, "No configuration in the module directory",
            "The package \"%.*s\" has no configuration files in its directory \"%.*s\". If "
            "the module is in a subdirectory, add it after \"//\".",
            STR_ARG(entry->source), STR_ARG(within.len ? within : STR(".")));
    module_install_record(install, wanted, entry->version, directory);
    *out = directory;
    return true;
}

static bool install_module_install_find(ModuleInstall *install, const ModuleWanted *wanted,
                                        Str *directory, Diags *diags) {
    SourceAddress address;
    const ModuleSources *sources = install->options.sources;
    if (!module_source_parse(sources, wanted->source, wanted->source_range, &address,
                             install->arena, diags) ||
        !module_install_check_version(install, wanted, &address, diags))
        return false;
    if (!address.kind->fetch)
        return find_local(install, wanted, directory, diags);
    return install->options.install ? find_fetched(install, wanted, &address, directory, diags)
                                    : find_recorded(install, wanted, &address, directory, diags);
}

/* Hides the source line in diagnostics if the address contains credentials. */
bool module_install_find(ModuleInstall *install, const ModuleWanted *wanted, Str *directory,
                         Diags *diags) {
    ModuleWanted shown = *wanted;
    size_t before = diags->count;
    bool has_secret = !str_equal(url_redact(wanted->source, install->arena), wanted->source);
    if (has_secret)
        shown.source_range = shown.version_range = shown.range = NO_RANGE;
    bool ok = install_module_install_find(install, &shown, directory, diags);
    if (has_secret)
        diags_set_address(diags, before, str_concat(STR("module."), wanted->key, install->arena));
    install->has_failed |= !ok;
    return ok;
}

/* Fetches the module into a temporary directory, unless it is local; *out is the directory of
 * its files. */
static bool fetch_for_copy(ModuleInstall *install, const SourceAddress *address, Str *out,
                           Diags *diags) {
    Arena *arena = install->arena;
    ModuleFetch fetch = {.options = &install->options, .address = *address};
    LockEntry found;
    if (!address->kind->fetch) {
        *out = address->package;
        return true;
    }
    if (!guard_copies(install, diags))
        return false;
    module_install_tell(install, "Downloading %.*s...",
                        STR_ARG(url_redact(address->package, arena)));
    if (!module_fetch_aside(&fetch, out, &found, arena, diags))
        return false;
    Str within = disk_join(found.subdir, address->subdir, arena);
    *out = disk_join(*out, within, arena);
    return true;
}

bool module_install_copy(ModuleInstall *install, Str source, Str directory, Diags *diags) {
    SourceAddress address;
    Str from;
    Str at;
    if (!module_source_parse(install->options.sources, source, NO_RANGE, &address, install->arena,
                             diags) ||
        !fetch_for_copy(install, &address, &from, diags))
        return false;
    int status = module_tree_copy(install->options.io, from, directory, &at, install->arena);
    module_fetch_clean(&install->options, install->arena);
    if (status != 0)
        diags_error(diags, NO_RANGE, "Failed to copy a module", "%.*s: %s.", STR_ARG(at),
                    strerror(-status));
    return status == 0;
}

static bool is_called(const ModuleInstall *install, Str copy) {
    map_each(&install->manifest.entries, item) {
        const ModuleEntry *entry = item->value;
        if (str_starts_with(entry->directory, copy))
            return true;
    }
    return false;
}

/* Removes unused copies. Ignores failures, because the next run tries again. */
static bool module_install_prune(ModuleInstall *install, Diags *diags) {
    const Disk *disk = install->options.io->disk;
    Str directory =
        disk_clean(module_fetch_directory(&install->options, install->arena), install->arena);
    DiskEntries entries = {0};
    if (disk->list(disk->self, directory, &entries, install->arena) != 0)
        return true;
    vec_each(&entries, entry) {
        Str copy = disk_join(directory, entry->name, install->arena);
        if (!module_fetch_is_copy(entry->name) || is_called(install, copy))
            continue;
        if (!guard_copies(install, diags))
            return false;
        (void)disk_remove_tree(disk, copy);
    }
    return true;
}

/* Returns whether no modules are called and no manifest exists, so that none needs to be
 * written. */
static bool has_nothing_to_say(const ModuleInstall *install) {
    Str path = disk_join(module_fetch_directory(&install->options, install->arena),
                         STR("modules.json"), install->arena);
    return !install->manifest.entries.count && !disk_exists(install->options.io->disk, path);
}

void module_install_set_partial(ModuleInstall *install) {
    install->is_partial = true;
}

/* Adds the calls found so far to those of the last run. */
static bool write_partial(ModuleInstall *install, Diags *diags) {
    const ModuleInstallOptions *options = &install->options;
    map_each(&install->old.entries, item) {
        if (!map_has(&install->manifest.entries, item->key))
            map_set(&install->manifest.entries, item->key, item->value);
    }
    return has_nothing_to_say(install) ||
           module_manifest_write(options->io, options->data_directory, &install->manifest, diags);
}

bool module_install_finish(ModuleInstall *install, Diags *diags) {
    const ModuleInstallOptions *options = &install->options;
    if (!options->install || install->has_failed)
        return true;
    if (install->is_partial)
        return write_partial(install, diags);
    if (!module_lock_write(options->io, options->directory, &install->lock, diags))
        return false;
    if (has_nothing_to_say(install))
        return true;
    return module_manifest_write(options->io, options->data_directory, &install->manifest, diags) &&
           module_install_prune(install, diags);
}
