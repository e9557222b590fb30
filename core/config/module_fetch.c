/* Follows an address from kind to kind (a registry names a git repository), checks what came and
 * gives it its place. */
#include "module_fetch.h"

#include "digest.h"
#include "module_tree.h"
#include "url.h"
#include "version_constraint.h"

#include <errno.h>

#define HOPS_AT_MOST 5
#define SLUG_AT_MOST 32
#define HASH_LENGTH  16
#define FETCH_FOLDER ".fetch"

Str module_fetch_folder(const ModuleInstallOptions *options, Arena *arena) {
    return disk_join(options->data_folder, STR("modules"), arena);
}

/* -- names of copies ---------------------------------------------------------------------- */

static bool is_slug_char(char c) {
    return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

/* The last word of a package: "git::https://h/o/net.git?ref=x" → "net". */
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
    return disk_join(module_fetch_folder(options, arena), name, arena);
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

/* -- from kind to kind -------------------------------------------------------------------- */

static bool refuse_hops(const ModuleFetch *fetch, Str shown, Diags *diags) {
    diags_error(diags, fetch->range, "Module source leads nowhere",
                "\"%.*s\" names another source, which names another, and so on more than %d times.",
                STR_ARG(shown), HOPS_AT_MOST);
    return false;
}

static bool refuse_in_place(const ModuleFetch *fetch, Str shown, Str elsewhere, Diags *diags) {
    diags_error(diags, fetch->range, "Unsupported module source",
                "\"%.*s\" names \"%.*s\", which is on this machine; a server cannot say that.",
                STR_ARG(shown), STR_ARG(elsewhere));
    return false;
}

/* The next address, with what is already known of the folder within. */
static bool go_on(const ModuleFetch *fetch,
                  Str elsewhere,
                  SourceAddress *at,
                  LockEntry *entry,
                  Arena *arena,
                  Diags *diags) {
    if (!module_source_parse(fetch->options->sources, elsewhere, fetch->range, at, arena, diags))
        return false;
    if (!at->kind->fetch)
        return refuse_in_place(fetch, entry->source, url_redact(elsewhere, arena), diags);
    if (at->subdir.len)
        entry->subdir = disk_join(at->subdir, entry->subdir, arena);
    return true;
}

static bool fetch_at(const ModuleFetch *fetch,
                     const SourceAddress *at,
                     Str folder,
                     Str work,
                     SourceFound *found,
                     Arena *arena,
                     Diags *diags) {
    const LockEntry *locked = fetch->locked;
    SourceRequest request = {
        .io = fetch->options->io,
        .cancel = fetch->options->cancel,
        .package = at->package,
        .constraint = fetch->constraint,
        .version = locked ? locked->version : STR_EMPTY,
        .commit = locked ? locked->commit : STR_EMPTY,
        .folder = folder,
        .work = work,
        .range = fetch->range,
    };
    *found = (SourceFound){0};
    return at->kind->fetch(&request, found, arena, diags);
}

static bool follow(
    const ModuleFetch *fetch, Str folder, Str work, LockEntry *entry, Arena *arena, Diags *diags) {
    SourceAddress at = fetch->address;
    for (int hops = 0; hops < HOPS_AT_MOST; hops++) {
        SourceFound found;
        if (!fetch_at(fetch, &at, folder, work, &found, arena, diags))
            return false;
        if (found.version.len)
            entry->version = found.version;
        if (found.commit.len)
            entry->commit = found.commit;
        if (!found.elsewhere.len)
            return true;
        if (!go_on(fetch, found.elsewhere, &at, entry, arena, diags))
            return false;
    }
    return refuse_hops(fetch, entry->source, diags);
}

/* -- what came ---------------------------------------------------------------------------- */

static bool refuse_disk(const ModuleFetch *fetch, Str path, int status, Diags *diags) {
    diags_error(diags, fetch->range, "Failed to install a module", "%.*s: %s.", STR_ARG(path),
                strerror(-status));
    return false;
}

static bool refuse_digest(const ModuleFetch *fetch, const LockEntry *entry, Diags *diags) {
    diags_error(diags, fetch->range, "Module differs from the lock",
                "\"%.*s\" is no longer what it was: %s has the digest %.*s, and what came has "
                "%.*s. If that change is wanted, run \"loam init -upgrade\"; if not, ask those who "
                "publish it.",
                STR_ARG(entry->source), MODULE_LOCK_NAME, STR_ARG(fetch->locked->digest),
                STR_ARG(entry->digest));
    return false;
}

/* A commit is a digest already. */
static bool check_digest(
    const ModuleFetch *fetch, Str folder, LockEntry *entry, Arena *arena, Diags *diags) {
    if (entry->commit.len)
        return true;
    int status = module_tree_digest(fetch->options->io, folder, &entry->digest, arena);
    if (status != 0)
        return refuse_disk(fetch, folder, status, diags);
    bool differs = fetch->locked && fetch->locked->digest.len &&
                   !str_equal(fetch->locked->digest, entry->digest);
    return !differs || refuse_digest(fetch, entry, diags);
}

static bool fetch_checked(
    const ModuleFetch *fetch, Str folder, Str work, LockEntry *entry, Arena *arena, Diags *diags) {
    *entry = (LockEntry){.source = url_redact(fetch->address.package, arena)};
    return follow(fetch, folder, work, entry, arena, diags) &&
           module_tree_check(fetch->options->io, folder, entry->source, fetch->range, diags) &&
           check_digest(fetch, folder, entry, arena, diags);
}

static Str fetch_folder(const ModuleInstallOptions *options, Arena *arena) {
    return disk_join(module_fetch_folder(options, arena), STR(FETCH_FOLDER), arena);
}

bool module_fetch_aside(
    const ModuleFetch *fetch, Str *folder, LockEntry *out, Arena *arena, Diags *diags) {
    const Disk *disk = fetch->options->io->disk;
    Str all = fetch_folder(fetch->options, arena);
    Str work = disk_join(all, STR("work"), arena);
    Str package = disk_join(all, STR("package"), arena);
    int status = disk_remove_tree(disk, all);
    if (status == 0)
        status = disk->make_folders(disk->self, work, 0777);
    if (status == 0)
        status = disk->make_folders(disk->self, package, 0777);
    if (status != 0)
        return refuse_disk(fetch, all, status, diags);
    *folder = package;
    return fetch_checked(fetch, package, work, out, arena, diags);
}

void module_fetch_clean(const ModuleInstallOptions *options, Arena *arena) {
    (void)disk_remove_tree(options->io->disk, fetch_folder(options, arena));
}

/* A copy that is there stays: it is the same. */
static bool give_place(
    const ModuleFetch *fetch, Str folder, const LockEntry *entry, Arena *arena, Diags *diags) {
    const Disk *disk = fetch->options->io->disk;
    Str copy = module_fetch_copy(fetch->options, entry, arena);
    int status = disk_exists(disk, copy) ? disk_remove_tree(disk, folder)
                                         : disk->rename(disk->self, folder, copy);
    return status == 0 || refuse_disk(fetch, copy, status, diags);
}

bool module_fetch_run(const ModuleFetch *fetch, LockEntry *out, Arena *arena, Diags *diags) {
    Str folder;
    bool ok = module_fetch_aside(fetch, &folder, out, arena, diags) &&
              give_place(fetch, folder, out, arena, diags);
    module_fetch_clean(fetch->options, arena);
    return ok;
}
