/* release: the signature is verified before a line of the list is read. */
#include "release.h"
#include "arena.h"
#include "bundle.h"
#include "file_digest.h"
#include "map.h"
#include "problem.h"
#include "str_quote.h"

#include <errno.h>

#define PRODUCT STR("loam ")

#define HEAD_SIZE_MAX ((uint64_t)1 << 20) /* of each of these two files */
#define NAMES_SHOWN   ((size_t)10)

typedef struct Verification {
    const ReleaseRequest *request;
    Release *release;
    Map sums; /* name → the Str of its digest */
    StrVec missing;
    StrVec changed;
    StrVec additional;
    Arena *arena;
    Diags *diags;
} Verification;

static bool fail_release(Verification *run, Str why) {
    return diags_fail(run->diags, NO_RANGE, "Release not verified", "\"%.*s\": %.*s.",
                      STR_ARG(run->request->directory), STR_ARG(why));
}

/* Reports files of one kind in one error. */
static void fail_files(Verification *run, StrVec *names, const char *what) {
    if (!names->count)
        return;
    str_sort(names->items, names->count);
    StrBuf text = strbuf_new(run->arena);
    strbuf_add_cstr(&text, what);
    for (size_t i = 0; i < names->count && i < NAMES_SHOWN; i++) {
        Str name = str_quote(str_slice(names->items[i], 0, 200), run->arena);
        strbuf_add_format(&text, "%s %.*s", i ? "," : ":", STR_ARG(name));
    }
    if (names->count > NAMES_SHOWN)
        strbuf_add_format(&text, " and %zu more", names->count - NAMES_SHOWN);
    fail_release(run, strbuf_str(&text));
}

/* The head. */

static bool release_read_head(Verification *run, const char *name, Str *out) {
    const Disk *disk = run->request->disk;
    Str path = disk_join(run->request->directory, str_from_cstr(name), run->arena);
    DiskStat stat;
    int error = disk->stat(disk->self, path, &stat);
    if (!error && (stat.kind != DISK_FILE || stat.size > HEAD_SIZE_MAX))
        return fail_release(run, str_format(run->arena, "its %s is too large, or no file", name));
    if (!error)
        error = disk->read_file(disk->self, path, out, run->arena);
    return !error || fail_release(run, str_format(run->arena, "its %s cannot be read: %s", name,
                                                  strerror(-error)));
}

/* Chooses the key that the signature names, else the first one. */
static bool choose_key(Verification *run, Str signature, MinisignKey *out) {
    Str rest = str_from_cstr(run->request->keys), line, problem;
    bool has_key = false;
    while (str_next_field(&rest, ' ', &line)) {
        MinisignKey key;
        if (!line.len)
            continue;
        if (!minisign_read_key(line, &key, &problem, run->arena))
            return fail_release(run,
                                str_format(run->arena, "a key of this build is not usable: %.*s",
                                           STR_ARG(problem)));
        if (!has_key)
            *out = key;
        has_key = true;
        if (minisign_names_key(&key, signature, run->arena)) {
            *out = key;
            return true;
        }
    }
    return has_key ||
           diags_fail(run->diags, NO_RANGE, "Release not verified",
                      "This program was built without a release key. Use the program of a "
                      "release, or verify with the programs minisign and sha256sum.");
}

static bool release_is_version(Str text) {
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        size_t end = str_skip_digits(text, at);
        if (end == at || (i < 2 && (end >= text.len || text.ptr[end] != '.')))
            return false;
        at = end + (i < 2);
    }
    return at == text.len;
}

static bool read_comment(Verification *run, Str comment) {
    run->release->version = str_after(comment, PRODUCT.len);
    return (str_starts_with(comment, PRODUCT) && release_is_version(run->release->version)) ||
           fail_release(run, str_format(run->arena,
                                        "the trusted comment of its signature is %.*s, and that of "
                                        "a release is \"loam VERSION\"",
                                        STR_ARG(str_quote(comment, run->arena))));
}

static bool verify_signature(Verification *run, Str sums, Str signature) {
    MinisignKey key;
    Str comment, problem;
    if (!choose_key(run, signature, &key))
        return false;
    if (!minisign_verify(&key, sums, signature, &comment, &problem, run->arena))
        return fail_release(run,
                            str_format(run->arena, BUNDLE_SIGNATURE ": %.*s", STR_ARG(problem)));
    run->release->key_id = minisign_key_id(&key, run->arena);
    return read_comment(run, comment);
}

/* The list. */

/* Returns false for a name of another version: "loam-" or "loam_" and a digit begin the names that
 * have one. */
static bool has_version_of(Str name, Str version) {
    Str rest = str_after(name, 5);
    if (!(str_starts_with(name, STR("loam-")) || str_starts_with(name, STR("loam_"))) ||
        str_skip_digits(rest, 0) == 0)
        return true;
    size_t at = version.len;
    return str_starts_with(rest, version) && at < rest.len && str_skip_digits(rest, at) == at &&
           !(rest.ptr[at] == '.' && str_skip_digits(rest, at + 1) > at + 1);
}

static bool release_name_is_valid(Str name) {
    return name.len > 0 && name.len < 256 && name.ptr[0] != '.' &&
           str_find_char(name, '/', 0) == SIZE_MAX && !str_equal(name, STR(BUNDLE_SUMS)) &&
           !str_equal(name, STR(BUNDLE_SIGNATURE));
}

static bool add_line(Verification *run, Str line, size_t number) {
    Str digest, name;
    if (!bundle_read_sum(line, &digest, &name, run->arena) || !release_name_is_valid(name) ||
        map_has(&run->sums, name))
        return fail_release(run, str_format(run->arena,
                                            "line %zu of its " BUNDLE_SUMS
                                            " is not a digest and a new name",
                                            number));
    if (!has_version_of(name, run->release->version))
        return fail_release(run, str_format(run->arena,
                                            "its signature is of loam %.*s, but its " BUNDLE_SUMS
                                            " has %.*s of another version",
                                            STR_ARG(run->release->version),
                                            STR_ARG(str_quote(name, run->arena))));
    Str *value = arena_new(run->arena, Str);
    *value = digest;
    map_put(run->arena, &run->sums, name, value);
    return true;
}

static bool release_read_sums(Verification *run, Str text) {
    Str line;
    size_t number = 0;
    while (text.len && str_next_field(&text, '\n', &line)) {
        if (!add_line(run, line, ++number))
            return false;
    }
    return run->sums.count > 0 || fail_release(run, STR("its " BUNDLE_SUMS " is empty"));
}

/* The files. */

static bool check_listed(Verification *run, Str name, Str wanted) {
    Str digest, path = disk_join(run->request->directory, name, run->arena);
    int error = cancel_level(run->request->cancel)
                    ? -ECANCELED
                    : file_digest(run->request->disk, path, DIGEST_SHA256, &digest, run->arena);
    if (error == -ENOENT)
        vec_push(run->arena, &run->missing, name);
    else if (error)
        return fail_release(run,
                            str_format(run->arena, "its file %.*s cannot be read: %s",
                                       STR_ARG(str_quote(name, run->arena)), strerror(-error)));
    else if (!str_equal(digest, wanted))
        vec_push(run->arena, &run->changed, name);
    return true;
}

/* Adds the entries that are not files of the list. A link is not accepted in place of a file,
 * because its target can be changed by another user. */
static bool find_additional(Verification *run) {
    const Disk *disk = run->request->disk;
    DiskEntries entries = {0};
    int error = disk->list(disk->self, run->request->directory, &entries, run->arena);
    if (error)
        return fail_release(run,
                            str_format(run->arena, "it cannot be listed: %s", strerror(-error)));
    vec_each(&entries, entry) {
        Str target;
        Str path = disk_join(run->request->directory, entry->name, run->arena);
        bool is_head = str_equal(entry->name, STR(BUNDLE_SUMS)) ||
                       str_equal(entry->name, STR(BUNDLE_SIGNATURE));
        if (entry->kind != DISK_FILE || (!is_head && !map_has(&run->sums, entry->name)) ||
            disk->read_link(disk->self, path, &target, run->arena) == 0)
            vec_push(run->arena, &run->additional, entry->name);
    }
    return true;
}

static bool check_files(Verification *run) {
    size_t before = run->diags->error_count;
    if (!find_additional(run))
        return false;
    map_each(&run->sums, entry) {
        if (!str_is_among(entry->key, run->additional.items, run->additional.count) &&
            !check_listed(run, entry->key, *(const Str *)entry->value))
            return false;
    }
    run->release->file_count = run->sums.count - run->missing.count;
    if (!run->request->ignores_missing || !run->release->file_count)
        fail_files(run, &run->missing, "it lacks files of its " BUNDLE_SUMS);
    fail_files(run, &run->changed, "files differ from their digests in " BUNDLE_SUMS);
    fail_files(run, &run->additional, "it has entries that are not files of its " BUNDLE_SUMS);
    return run->diags->error_count == before;
}

bool release_verify(const ReleaseRequest *request, Release *out, Arena *arena, Diags *diags) {
    Verification run = {.request = request, .release = out, .arena = arena, .diags = diags};
    Str sums, signature;
    *out = (Release){.version = STR_EMPTY};
    return release_read_head(&run, BUNDLE_SUMS, &sums) &&
           release_read_head(&run, BUNDLE_SIGNATURE, &signature) &&
           verify_signature(&run, sums, signature) && release_read_sums(&run, sums) &&
           check_files(&run);
}
