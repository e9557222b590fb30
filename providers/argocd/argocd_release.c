/* A release is a directory with the files below, of which a variant has some. */
#include "argocd_release.h"

#include "digest.h"
#include "http_send.h"
#include "object_builder.h"
#include "url.h"

#define FILES_MAX    4
#define HTTPS        "https://"
#define BODY_MAX     ((uint64_t)64 << 20)
#define RETRIES      2
#define DIGEST_CHARS ((size_t)64)

typedef struct ReleaseVariant {
    const char *name;
    const char *files[FILES_MAX]; /* sorted */
} ReleaseVariant;

static const ReleaseVariant variants[] = {
    {"standard", {"install.yaml"}},
    {"core", {"core-install.yaml"}},
    {"ha", {"ha/install.yaml"}},
    {"namespaced",
     {"crds/application-crd.yaml", "crds/applicationset-crd.yaml", "crds/appproject-crd.yaml",
      "namespace-install.yaml"}},
};

typedef struct ReleaseFile {
    Str name; /* in the release */
    Str path;
    Str text;
} ReleaseFile;

typedef struct ReleaseReading {
    const Call *call;
    Path argument;
    Str source;
    Str variant;
    Str digest; /* expected; empty: any */
    ReleaseFile files[FILES_MAX];
    size_t count;
    Diags *diags;
} ReleaseReading;

static bool release_is_url(Str source) {
    return str_find(source, STR("://"), 0) != SIZE_MAX;
}

bool argocd_release_is_remote(Value config) {
    return release_is_url(object_text(config, "manifests", STR_EMPTY));
}

static bool release_is_digest(Str text) {
    if (text.len != DIGEST_CHARS)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool is_hex = (text.ptr[i] >= '0' && text.ptr[i] <= '9') ||
                      (text.ptr[i] >= 'a' && text.ptr[i] <= 'f');
        if (!is_hex)
            return false;
    }
    return true;
}

bool argocd_release_check(const Call *call, Value config, Diags *diags) {
    Str source = object_text(config, "manifests", STR_EMPTY);
    Value digest = object_attribute(config, "manifests_sha256");
    if (value_is_present(digest) && !release_is_digest(value_text(digest)))
        return path_error(call, PATH_AT(call, {"manifests_sha256"}), diags, "Invalid digest",
                          "A SHA-256 digest has 64 hexadecimal digits in small letters, as "
                          "sha256sum prints them.");
    if (!release_is_url(source))
        return true;
    if (!str_starts_with(source, STR(HTTPS)))
        return path_error(call, PATH_AT(call, {"manifests"}), diags, "Invalid source of manifests",
                          "\"%.*s\" is not an https URL. Give an https URL, or the path of a file "
                          "or of the directory of a release.",
                          STR_ARG(url_redact(source, call->arena)));
    return !value_is_null(digest) ||
           path_error(call, PATH_AT(call, {"manifests"}), diags, "Digest is missing",
                      "The manifests behind a URL may change. Set \"manifests_sha256\" to the "
                      "digest of the file.");
}

/* Bytes. */

static bool release_fail(const ReleaseReading *reading, Str place, const char *why) {
    return path_error(reading->call, reading->argument, reading->diags,
                      "Manifests of Argo CD not read",
                      "\"%.*s\": %s. Give the path of a manifest file, the directory \"manifests\" "
                      "of a release, or an https URL.",
                      STR_ARG(place), why);
}

static bool argocd_release_download(ReleaseReading *reading) {
    const Call *call = reading->call;
    HttpRequest http = {
        .url = reading->source,
        .body_limit = BODY_MAX,
        .retries = RETRIES,
        .cancel = call->cancel,
    };
    HttpResponse response = {0};
    Str problem = STR_EMPTY;
    Str shown = url_redact(reading->source, call->arena);
    call_progress(call, 0, 0, "downloading the manifests of Argo CD");
    if (http_send(call->io, &http, &response, &problem, call->arena) != HTTP_DONE)
        return release_fail(reading, shown,
                            str_to_cstr(url_scrub(problem, http.url, call->arena), call->arena));
    if (response.code != 200)
        return release_fail(
            reading, shown,
            str_to_cstr(str_format(call->arena, "HTTP status %d", response.code), call->arena));
    reading->files[reading->count++] = (ReleaseFile){.path = shown, .text = response.body};
    return true;
}

static bool release_read_file(ReleaseReading *reading, Str name, Str path) {
    const Disk *disk = reading->call->io->disk;
    ReleaseFile *file = &reading->files[reading->count++];
    *file = (ReleaseFile){.name = name, .path = path};
    int error = disk->read_file(disk->self, path, &file->text, reading->call->arena);
    return error == 0 || release_fail(reading, path, strerror(-error));
}

static const ReleaseVariant *find_variant(Str name) {
    for (size_t i = 0; i < ARRAY_COUNT(variants); i++) {
        if (str_equal_cstr(name, variants[i].name))
            return &variants[i];
    }
    return &variants[0];
}

static bool release_read_directory(ReleaseReading *reading) {
    const ReleaseVariant *variant = find_variant(reading->variant);
    for (size_t i = 0; i < FILES_MAX && variant->files[i]; i++) {
        Str name = str_from_cstr(variant->files[i]);
        if (!release_read_file(reading, name,
                               disk_join(reading->source, name, reading->call->arena)))
            return false;
    }
    return true;
}

static bool release_read_bytes(ReleaseReading *reading) {
    const Disk *disk = reading->call->io->disk;
    DiskStat found;
    if (release_is_url(reading->source))
        return argocd_release_download(reading);
    int error = disk->stat(disk->self, reading->source, &found);
    if (error)
        return release_fail(reading, reading->source, strerror(-error));
    return found.kind == DISK_DIRECTORY ? release_read_directory(reading)
                                        : release_read_file(reading, STR_EMPTY, reading->source);
}

/* Several files have the digest of the lines that sha256sum prints for them. */
static Str release_digest_of(const ReleaseReading *reading) {
    Arena *arena = reading->call->arena;
    StrBuf lines = strbuf_new(arena);
    if (reading->count == 1)
        return digest_hex(DIGEST_SHA256, reading->files[0].text, arena);
    for (size_t i = 0; i < reading->count; i++) {
        Str digest = digest_hex(DIGEST_SHA256, reading->files[i].text, arena);
        strbuf_add_format(&lines, "%.*s  %.*s\n", STR_ARG(digest), STR_ARG(reading->files[i].name));
    }
    return digest_hex(DIGEST_SHA256, strbuf_str(&lines), arena);
}

static bool release_check_digest(const ReleaseReading *reading) {
    Str digest = release_digest_of(reading);
    return !reading->digest.len || str_equal(reading->digest, digest) ||
           path_error(
               reading->call, reading->argument, reading->diags, "Manifests of Argo CD changed",
               "The SHA-256 digest of \"%.*s\" is %.*s, not %.*s. Compare the manifests with "
               "the release, then correct \"manifests_sha256\".",
               STR_ARG(url_redact(reading->source, reading->call->arena)), STR_ARG(digest),
               STR_ARG(reading->digest));
}

/* Variants. */

static bool has_object(const ManifestObjects *objects, const char *kind, const char *part) {
    vec_each(objects, object) {
        if (str_equal_cstr(object->kind, kind) &&
            str_find(object->name, str_from_cstr(part), 0) != SIZE_MAX)
            return true;
    }
    return false;
}

static const char *variant_of(const ManifestObjects *objects) {
    if (!has_object(objects, "ClusterRole", ""))
        return "namespaced";
    if (!has_object(objects, "Deployment", "argocd-server"))
        return "core";
    return has_object(objects, "StatefulSet", "redis-ha") ? "ha" : "standard";
}

static bool release_check_objects(const ReleaseReading *reading, const ManifestObjects *objects) {
    const Call *call = reading->call;
    if (!has_object(objects, "StatefulSet", "argocd-application-controller") &&
        !has_object(objects, "Deployment", "argocd-application-controller"))
        return path_error(call, reading->argument, reading->diags,
                          "Manifests of Argo CD not usable",
                          "The manifests have no workload \"argocd-application-controller\". Use "
                          "the manifests of a release of Argo CD.");
    const char *found = variant_of(objects);
    return str_equal_cstr(reading->variant, found) ||
           path_error(call, reading->argument, reading->diags, "Manifests of another variant",
                      "The manifests are of the variant \"%s\", but \"variant\" is \"%.*s\". "
                      "Correct one of them.",
                      found, STR_ARG(reading->variant));
}

bool argocd_release_read(const Call *call, Value config, Path argument, ManifestObjects *out,
                         Diags *diags) {
    ReleaseReading reading = {
        .call = call,
        .argument = argument,
        .source = object_text(config, "manifests", STR_EMPTY),
        .variant = object_text(config, "variant", STR("standard")),
        .digest = object_text(config, "manifests_sha256", STR_EMPTY),
        .diags = diags,
    };
    if (!release_read_bytes(&reading) || !release_check_digest(&reading))
        return false;
    for (size_t i = 0; i < reading.count; i++) {
        if (!manifest_text_read(call, argument, reading.files[i].path, reading.files[i].text, out,
                                diags))
            return false;
    }
    return release_check_objects(&reading, out);
}
