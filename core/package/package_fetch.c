#include "package_fetch.h"

#include "archive_unpack.h"
#include "fetch_web.h"
#include "file_digest.h"
#include "mirror_directory.h"
#include "module_tree.h"
#include "problem.h"
#include "provider_address.h"
#include "url.h"

#define TRIES 20 /* each must bring bytes */

static Str trimmed(Str sentence) {
    return str_ends_with(sentence, STR(".")) ? str_slice(sentence, 0, sentence.len - 1) : sentence;
}

static uint64_t size_of(const Disk *disk, Str path) {
    DiskStat stat;
    return disk->stat(disk->self, path, &stat) == 0 ? stat.size : 0;
}

/* Appends the file `from` to `to`. Returns 0 or a negative errno. */
static int append_file(const Disk *disk, Str from, Str to, Arena *arena) {
    DiskFile file;
    Str content;
    int status = disk->read_file(disk->self, from, &content, arena);
    if (status == 0)
        status = disk->open(disk->self, to, DISK_WRITE | DISK_APPEND, 0, &file);
    if (status != 0)
        return status;
    status = disk->append(disk->self, file, content);
    disk->close(disk->self, file);
    return status;
}

/* Adds the response to the part that arrived before. A server without ranges sends everything. */
static int join_parts(const Disk *disk, Str part, Str whole, int code) {
    SCOPED(ArenaRef) scratch = arena_open("download part");
    return code == 206 ? append_file(disk, part, whole, scratch)
                       : disk->rename(disk->self, part, whole);
}

static bool package_fetch_download(const PackageQuery *query, const Package *package, Str path) {
    const PackageSources *sources = query->sources;
    const Disk *disk = sources->io->disk;
    Str *problem = query->problem;
    Str part = str_concat(path, STR(".part"), query->arena);
    for (int i = 0; i < TRIES; i++) {
        HttpResponse response;
        WebQuestion question = {
            .io = sources->io,
            .cancel = sources->cancel,
            .url = package->url,
            .token = package->token,
            .authorization = package->authorization,
            .file = part,
            .offset = size_of(disk, path),
            .asker = "the server",
            .needs_https = true,
        };
        bool ok = fetch_web_send(&question, &response, problem, query->arena);
        *problem = trimmed(*problem);
        bool is_lost = !ok && response.code == 0;
        if (!ok && !is_lost)
            return false;
        int code = ok ? response.code : question.offset ? 206 : 200;
        int status = size_of(disk, part) ? join_parts(disk, part, path, code) : 0;
        if (status != 0)
            return problem_set(problem, query->arena, "the download cannot be stored: %s",
                               strerror(-status));
        if (ok) {
            *problem = STR_EMPTY;
            return true;
        }
        if (question.offset == size_of(disk, path) || cancel_level(sources->cancel) != CANCEL_NONE)
            return false; /* no byte more */
    }
    return false;
}

static bool is_among(Str hash, const StrVec *hashes, const char *scheme, bool *has_scheme) {
    vec_each(hashes, known) {
        bool is_scheme = str_starts_with(*known, str_from_cstr(scheme));
        *has_scheme = *has_scheme || is_scheme;
        if (is_scheme && str_equal(*known, hash))
            return true;
    }
    return false;
}

/* Checks a hash against those of the package; hashes of other schemes do not matter. */
static bool check_hash(const PackageQuery *query, const Package *package, Str hash,
                       const char *scheme) {
    bool has_scheme = false;
    if (is_among(hash, &package->hashes, scheme, &has_scheme) || !has_scheme)
        return true;
    return problem_set(query->problem, query->arena,
                       "the package has the hash %.*s, which its registry or mirror does not list",
                       STR_ARG(hash));
}

bool package_fetch_archive(const PackageQuery *query, const Package *package, Str path, Str *out,
                           Str *zh) {
    Arena *arena = query->arena;
    Str sum;
    *out = package->archive.len ? package->archive : path;
    if (package->archive.len == 0 && !package_fetch_download(query, package, path))
        return false;
    uint64_t size = package->size ? size_of(query->sources->io->disk, *out) : 0;
    if (size != package->size)
        return problem_set(query->problem, arena,
                           "the archive has %llu bytes, but the registry promises %llu",
                           (unsigned long long)size, (unsigned long long)package->size);
    int status = file_digest(query->sources->io->disk, *out, DIGEST_SHA256, &sum, arena);
    if (status != 0)
        return problem_set(query->problem, arena, "\"%.*s\" cannot be read: %s", STR_ARG(*out),
                           strerror(-status));
    *zh = str_concat(STR("zh:"), sum, arena);
    if (package->sha256.len && !str_equal(package->sha256, sum))
        return problem_set(
            query->problem, arena,
            "the archive has the SHA-256 checksum %.*s, but the registry promises %.*s",
            STR_ARG(sum), STR_ARG(package->sha256));
    return check_hash(query, package, *zh, "zh:");
}

bool package_fetch_check(const PackageQuery *query, const Package *package, Str directory,
                         Str *h1) {
    const Io *io = query->sources->io;
    SCOPED(ArenaRef) scratch = arena_open("package check");
    Diags diags = diags_new(scratch);
    Str shown = str_format(
        scratch, "%.*s %.*s",
        STR_ARG(provider_address_shown(package->address, query->sources->config->default_host)),
        STR_ARG(package->version));
    if (!module_tree_check(io, directory, TREE_PROVIDER, shown, NO_RANGE, &diags)) {
        *query->problem = trimmed(str_clone(diags.items[0].detail, query->arena));
        return false;
    }
    if (mirror_directory_program(io->disk, directory, package->address, scratch).len == 0) {
        Str host, namespace, type;
        provider_address_split(package->address, &host, &namespace, &type);
        return problem_set(query->problem, query->arena,
                           "the package has no program \"terraform-provider-%.*s\"", STR_ARG(type));
    }
    int status = module_tree_digest(io, directory, TREE_PROVIDER, NULL, h1, query->arena);
    if (status != 0)
        return problem_set(query->problem, query->arena, "the package cannot be read: %s",
                           strerror(-status));
    return check_hash(query, package, *h1, "h1:");
}

bool package_fetch_unpack(const PackageQuery *query, const Package *package, Str archive,
                          Str directory, Str *h1) {
    const Io *io = query->sources->io;
    int status = io->disk->make_directories(io->disk->self, directory, 0777);
    Str why;
    if (status != 0)
        return problem_set(query->problem, query->arena, "\"%.*s\" cannot be created: %s",
                           STR_ARG(directory), strerror(-status));
    if (!archive_unpack(io, archive, directory, UNPACK_LIMITS, &why, query->arena))
        return problem_set(query->problem, query->arena, "the archive is not accepted: %.*s",
                           STR_ARG(why));
    return package_fetch_check(query, package, directory, h1);
}
