#include "bundle_web.h"

#include "file_digest.h"
#include "hex.h"
#include "http_send.h"
#include "random.h"
#include "url.h"

#define RETRIES 4

Str bundle_web_check_url(Str url, Arena *arena) {
    Url parts;
    if (!url_parse(url, &parts) ||
        (!str_equal(parts.scheme, STR("https")) && !str_equal(parts.scheme, STR("http"))) ||
        !parts.host.len)
        return STR("The URL must begin with \"https://\" or \"http://\" and name a host.");
    if (parts.userinfo.len)
        return STR("The URL must not have a user or a password: machines would show them in their "
                   "lists of processes.");
    if (parts.query.len || parts.fragment.len)
        return STR("The URL must be that of a directory, without \"?\" and \"#\".");
    return str_has_only(url, ":/.-_~%+@[]")
               ? STR_EMPTY
               : str_format(arena, "The URL \"%.*s\" has a character that must be encoded.",
                            STR_ARG(url));
}

static bool bundle_web_fail(const BundleWeb *web, Str name, Str why, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "Bundle not readable", "\"%.*s\" of the bundle %.*s: %.*s.",
                      STR_ARG(name), STR_ARG(web->url), STR_ARG(why));
}

Str bundle_web_base(const BundleWeb *web) {
    Str base = web->url;
    while (str_ends_with(base, STR("/")))
        base.len--;
    return base;
}

static HttpRequest request_of(const BundleWeb *web, Str name, uint64_t limit, Arena *arena) {
    Str base = bundle_web_base(web);
    return (HttpRequest){
        .url = str_format(arena, "%.*s/%.*s", STR_ARG(base), STR_ARG(name)),
        .retries = RETRIES,
        .body_limit = limit,
        .cancel = web->cancel,
    };
}

/* Returns the end of a sentence about a response that is no file; empty for a file. */
static Str response_problem(const HttpResponse *response, Arena *arena) {
    if (response->code == 200)
        return STR_EMPTY;
    return str_format(arena, "the server responded with status %d%s", response->code,
                      response->code == 404 ? "; the URL must be that of a directory which has the "
                                              "files of the bundle"
                                            : "");
}

static bool web_read_head(const BundleWeb *web, const char *name, Str *out, Arena *arena,
                          Diags *diags) {
    HttpResponse response = {0};
    Str file = str_from_cstr(name), why = STR_EMPTY;
    HttpRequest request = request_of(web, file, BUNDLE_HEAD_SIZE_MAX, arena);
    if (http_send(web->io, &request, &response, &why, arena) == HTTP_DONE)
        why = response_problem(&response, arena);
    *out = response.body;
    return !why.len || bundle_web_fail(web, file, why, diags);
}

static Str copy_of(const BundleWeb *web, Str digest, Arena *arena) {
    Str name = str_format(arena, "web-%.*s%s", STR_ARG(digest), web->pin.key ? "-signed" : "");
    return disk_join(web->cache, name, arena);
}

static bool is_whole(const Disk *disk, Str directory, Arena *arena) {
    return disk_exists(disk, disk_join(directory, STR(BUNDLE_SUMS), arena));
}

static int write_files(const Disk *disk, Str directory, const BundleHead *head, Arena *arena) {
    const struct {
        const char *name;
        Str text;
    } files[] = {{BUNDLE_MANIFEST, head->manifest},
                 {BUNDLE_SIGNATURE, head->signature},
                 {BUNDLE_SUMS, head->sums}};
    int error = disk->make_directories(disk->self, directory, 0700);
    for (size_t i = 0; !error && i < ARRAY_COUNT(files); i++) {
        Str path = disk_join(directory, str_from_cstr(files[i].name), arena);
        if (files[i].text.len)
            error = disk->write_file(disk->self, path, files[i].text, 0600);
    }
    return error;
}

/* Many machines, and other runs, may read the bundle at the same time: the copy appears whole. */
static bool write_head(const BundleWeb *web, Str directory, const BundleHead *head, Arena *arena,
                       Diags *diags) {
    const Disk *disk = web->io->disk;
    char bytes[8];
    random_fill(bytes, sizeof bytes);
    Str name = hex_encode((Str){bytes, sizeof bytes}, arena);
    Str partial = str_format(arena, "%.*s.%.*s", STR_ARG(directory), STR_ARG(name));
    if (is_whole(disk, directory, arena))
        return true;
    int error = write_files(disk, partial, head, arena);
    if (!error)
        error = disk->rename(disk->self, partial, directory);
    if (error)
        (void)disk_remove_tree(disk, partial);
    return !error || is_whole(disk, directory, arena) ||
           diags_fail(diags, NO_RANGE, "Bundle not stored", "\"%.*s\": %s. %s", STR_ARG(directory),
                      strerror(-error), disk_hint(error, "Check the directory."));
}

bool bundle_web_open(const BundleWeb *web, Str *directory, Arena *arena, Diags *diags) {
    BundleHead head = {0};
    Bundle bundle = {0};
    Str problem;
    *directory = copy_of(web, web->pin.digest, arena);
    if (web->pin.digest.len && !web->pin.key && is_whole(web->io->disk, *directory, arena))
        return true;
    if (!web_read_head(web, BUNDLE_SUMS, &head.sums, arena, diags) ||
        !web_read_head(web, BUNDLE_MANIFEST, &head.manifest, arena, diags) ||
        (web->pin.key && !web_read_head(web, BUNDLE_SIGNATURE, &head.signature, arena, diags)))
        return false;
    if (!bundle_decode(&head, &web->pin, &bundle, &problem, arena))
        return diags_fail(diags, NO_RANGE, "Invalid bundle", "The bundle %.*s is not used: %.*s.",
                          STR_ARG(web->url), STR_ARG(problem));
    *directory = copy_of(web, bundle.digest, arena);
    return write_head(web, *directory, &head, arena, diags);
}

static bool has_digest(const Disk *disk, Str path, Str sha256, Arena *arena) {
    Str found;
    return disk_exists(disk, path) && file_digest(disk, path, DIGEST_SHA256, &found, arena) == 0 &&
           str_equal(found, sha256);
}

static bool fetch_file(const BundleWeb *web, Str directory, const BundleFile *file, Arena *arena,
                       Diags *diags) {
    const Disk *disk = web->io->disk;
    Str path = disk_join(directory, file->path, arena);
    Str part = str_concat(path, STR(".part"), arena), why = STR_EMPTY;
    if (has_digest(disk, path, file->sha256, arena))
        return true;
    HttpResponse response = {0};
    HttpRequest request = request_of(web, file->path, file->size + 1, arena);
    int error = disk->make_directories(disk->self, disk_directory_of(path), 0700);
    if (!error && http_send_to_file(web->io, &request, part, &response, &why, arena) == HTTP_DONE)
        why = response_problem(&response, arena);
    if (!error && !why.len && !has_digest(disk, part, file->sha256, arena))
        why = STR("the file has another digest than the list");
    if (!error && !why.len)
        error = disk->rename(disk->self, part, path);
    if (error)
        why = str_format(arena, "\"%.*s\": %s", STR_ARG(path), strerror(-error));
    if (!why.len)
        return true;
    (void)disk->remove(disk->self, part);
    return bundle_web_fail(web, file->path, why, diags);
}

bool bundle_web_fetch(const BundleWeb *web, Str directory, const Bundle *bundle,
                      const StrVec *paths, Arena *arena, Diags *diags) {
    vec_each(paths, path) {
        const BundleFile *file = map_find(&bundle->by_path, *path);
        if (file && !fetch_file(web, directory, file, arena, diags))
            return false;
    }
    return true;
}
