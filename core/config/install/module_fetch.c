/* Fetches a package: follows an address across source kinds (a registry names a git repository),
 * checks the files, and renames the result into .loam/modules. */
#include "module_fetch.h"

#include "digest.h"
#include "module_tree.h"
#include "url.h"

#include <errno.h>

#define HOPS_AT_MOST    5
#define SLUG_AT_MOST    32
#define HASH_LENGTH     16
#define FETCH_DIRECTORY ".fetch"

Str module_fetch_directory(const ModuleInstallOptions *options, Arena *arena) {
    return disk_join(options->data_directory, STR("modules"), arena);
}

static bool is_slug_char(char c) {
    return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

/* Returns the base name of a package: "git::https://h/o/net.git?ref=x" → "net". */
static Str slug_of(Str source, Arena *arena) {
    Str path = str_slice(source, 0, str_find_char(source, '?', 0));
    Str name = disk_name_of(path);
    size_t dot = str_find_char(name, '.', 1);
    name = str_slice(name, 0, dot < SLUG_AT_MOST ? dot : SLUG_AT_MOST);
    char *slug = (char *)str_to_cstr(name, arena);
    for (size_t i = 0; i < name.len; i++) {
        if (!is_slug_char(slug[i]) || (i == 0 && slug[i] == '.'))
            slug[i] = '_';
    }
    return name.len ? (Str){slug, name.len} : STR("module");
}

Str module_fetch_copy(const ModuleInstallOptions *options, const LockEntry *entry, Arena *arena) {
    Str parts[] = {entry->source, entry->version, entry->commit, entry->digest};
    Str identity = str_join(parts, ARRAY_COUNT(parts), STR("\n"), arena);
    Str hash = str_slice(digest_hex(DIGEST_SHA256, identity, arena), 0, HASH_LENGTH);
    Str name =
        str_format(arena, "%.*s-%.*s", STR_ARG(slug_of(entry->source, arena)), STR_ARG(hash));
    return disk_join(module_fetch_directory(options, arena), name, arena);
}

bool module_fetch_is_copy(Str name) {
    size_t dash = str_rfind_char(name, '-');
    if (dash == SIZE_MAX || name.len - dash - 1 != HASH_LENGTH)
        return false;
    for (size_t i = dash + 1; i < name.len; i++) {
        if (!isxdigit((unsigned char)name.ptr[i]))
            return false;
    }
    return true;
}

typedef struct Fetching {
    const ModuleFetch *fetch;
    Str directory; /* target directory of the fetch */
    Str work;
    LockEntry entry;
    bool is_known; /* another call fetched this version, so nothing was downloaded */
    Arena *arena;
    Diags *diags;
} Fetching;

/* Parses the next address and joins its subdirectory with the one known so far. */
static bool go_on(Fetching *fetching, Str elsewhere, SourceAddress *at) {
    const ModuleFetch *fetch = fetching->fetch;
    if (!module_source_parse(fetch->options->sources, elsewhere, fetch->range, at, fetching->arena,
                             fetching->diags))
        return false;
    if (!at->kind->fetch)
        return diags_fail(
            fetching->diags, fetching->fetch->range, "Unsupported module source",
            "\"%.*s\" leads to the local address \"%.*s\", which a server cannot give.",
            STR_ARG(fetching->entry.source), STR_ARG(url_redact(elsewhere, fetching->arena)));
    if (at->subdir.len)
        fetching->entry.subdir = disk_join(at->subdir, fetching->entry.subdir, fetching->arena);
    return true;
}

static bool fetch_at(Fetching *fetching, const SourceAddress *at, bool is_foreign,
                     SourceFound *found) {
    const ModuleFetch *fetch = fetching->fetch;
    const LockEntry *locked = fetch->locked;
    SourceRequest request = {
        .io = fetch->options->io,
        .cancel = fetch->options->cancel,
        .package = at->package,
        .constraint = fetch->constraint,
        .version = locked ? locked->version : STR_EMPTY,
        .commit = locked ? locked->commit : STR_EMPTY,
        .directory = fetching->directory,
        .work = fetching->work,
        .is_foreign = is_foreign,
        .range = fetch->range,
    };
    *found = (SourceFound){0};
    if (!at->kind->fetch(&request, found, fetching->arena, fetching->diags))
        return false;
    if (found->version.len)
        fetching->entry.version = found->version;
    if (found->commit.len)
        fetching->entry.commit = found->commit;
    return true;
}

/* Uses the copy of this version if another constraint already selected it. */
static bool module_fetch_find_known(Fetching *fetching) {
    const ModuleLock *known = fetching->fetch->known;
    if (!known || !fetching->entry.version.len)
        return false;
    vec_each(&known->entries, entry) {
        if (!str_equal(entry->source, fetching->entry.source) ||
            !str_equal(entry->version, fetching->entry.version))
            continue;
        fetching->entry = *entry;
        fetching->is_known = true;
        return true;
    }
    return false;
}

static bool module_fetch_follow(Fetching *fetching) {
    SourceAddress at = fetching->fetch->address;
    for (int hops = 0; hops < HOPS_AT_MOST; hops++) {
        SourceFound found;
        if (!fetch_at(fetching, &at, hops > 0, &found))
            return false;
        if (!found.elsewhere.len || module_fetch_find_known(fetching))
            return true;
        if (!go_on(fetching, found.elsewhere, &at))
            return false;
    }
    return diags_fail(fetching->diags, fetching->fetch->range,
                      "Too many redirects of a module source",
                      "\"%.*s\" leads to another source, and so on more than %d times.",
                      STR_ARG(fetching->entry.source), HOPS_AT_MOST);
}

static bool report_disk(const ModuleFetch *fetch, Str path, int status, Diags *diags) {
    return diags_fail(diags, fetch->range, "Failed to install a module", "%.*s: %s.", STR_ARG(path),
                      strerror(-status));
}

static bool report_digest(const Fetching *fetching) {
    const LockEntry *locked = fetching->fetch->locked;
    return diags_fail(
        fetching->diags, fetching->fetch->range, "Module differs from the lock file",
        "The content of \"%.*s\" changed: %s has the digest %.*s, but the download has "
        "%.*s. If you expect the change, run \"loam init -upgrade\"; if not, ask the "
        "publisher of the module.",
        STR_ARG(fetching->entry.source), MODULE_LOCK_NAME, STR_ARG(locked->digest),
        STR_ARG(fetching->entry.digest));
}

/* Compares the digest of the files with the lock file. A git commit needs no digest. */
static bool module_fetch_check_digest(Fetching *fetching) {
    const ModuleFetch *fetch = fetching->fetch;
    LockEntry *entry = &fetching->entry;
    if (entry->commit.len)
        return true;
    int status = module_tree_digest(fetch->options->io, fetching->directory, TREE_MODULE, NULL,
                                    &entry->digest, fetching->arena);
    if (status != 0)
        return report_disk(fetch, fetching->directory, status, fetching->diags);
    bool differs = fetch->locked && fetch->locked->digest.len &&
                   !str_equal(fetch->locked->digest, entry->digest);
    return !differs || report_digest(fetching);
}

static bool fetch_checked(Fetching *fetching) {
    const ModuleFetch *fetch = fetching->fetch;
    fetching->entry.source = url_redact(fetch->address.package, fetching->arena);
    if (!module_fetch_follow(fetching))
        return false;
    return fetching->is_known ||
           (module_tree_check(fetch->options->io, fetching->directory, TREE_MODULE,
                              fetching->entry.source, fetch->range, fetching->diags) &&
            module_fetch_check_digest(fetching));
}

static Str fetch_directory(const ModuleInstallOptions *options, Arena *arena) {
    return disk_join(module_fetch_directory(options, arena), STR(FETCH_DIRECTORY), arena);
}

static bool fetch_aside(Fetching *fetching) {
    const ModuleFetch *fetch = fetching->fetch;
    const Disk *disk = fetch->options->io->disk;
    Str all = fetch_directory(fetch->options, fetching->arena);
    fetching->work = disk_join(all, STR("work"), fetching->arena);
    fetching->directory = disk_join(all, STR("package"), fetching->arena);
    int status = disk_remove_tree(disk, all);
    if (status == 0)
        status = disk->make_directories(disk->self, fetching->work, 0777);
    if (status == 0)
        status = disk->make_directories(disk->self, fetching->directory, 0777);
    if (status != 0)
        return report_disk(fetch, all, status, fetching->diags);
    return fetch_checked(fetching);
}

bool module_fetch_aside(const ModuleFetch *fetch, Str *directory, LockEntry *out, Arena *arena,
                        Diags *diags) {
    Fetching fetching = {.fetch = fetch, .arena = arena, .diags = diags};
    bool ok = fetch_aside(&fetching);
    *directory = fetching.directory;
    *out = fetching.entry;
    return ok;
}

void module_fetch_clean(const ModuleInstallOptions *options, Arena *arena) {
    (void)disk_remove_tree(options->io->disk, fetch_directory(options, arena));
}

/* Renames the fetched files to their final name. An existing copy is kept, because its content
 * is the same. Files are synced before the rename, so that a crash cannot leave a copy with
 * empty files. */
static bool give_place(const Fetching *fetching) {
    const ModuleFetch *fetch = fetching->fetch;
    const Disk *disk = fetch->options->io->disk;
    Str copy = module_fetch_copy(fetch->options, &fetching->entry, fetching->arena);
    if (disk_exists(disk, copy))
        return true;
    int status = disk_sync_tree(disk, fetching->directory);
    if (status == 0)
        status = disk->rename(disk->self, fetching->directory, copy);
    if (status == 0)
        status = disk->sync_directory(disk->self, disk_directory_of(copy));
    return status == 0 || report_disk(fetch, copy, status, fetching->diags);
}

bool module_fetch_run(const ModuleFetch *fetch, LockEntry *out, Arena *arena, Diags *diags) {
    Fetching fetching = {.fetch = fetch, .arena = arena, .diags = diags};
    bool ok = fetch_aside(&fetching) && give_place(&fetching);
    module_fetch_clean(fetch->options, arena);
    *out = fetching.entry;
    return ok;
}
