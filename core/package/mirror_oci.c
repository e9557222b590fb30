/* Expands the template of the repository, and reads tags and manifests. */
#include "mirror_oci.h"

#include "digest.h"
#include "host_access.h"
#include "oci_repository.h"
#include "problem.h"
#include "provider_address.h"

#define TYPE_INDEX    "application/vnd.oci.image.index.v1+json"
#define TYPE_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define TYPE_PROVIDER "application/vnd.opentofu.provider"
#define TYPE_TARGET   "application/vnd.opentofu.provider-target"
#define TYPE_ARCHIVE  "archive/zip"
#define SHA256_PREFIX "sha256:"

enum { MANIFEST_MAX = 4 << 20, SHA256_LENGTH = 64 };

static const char *const parts[] = {"hostname", "namespace", "type"};

/* Replaces ${hostname}, ${namespace} and ${type}; counts each in `uses`. Returns false for others.
 */
static bool oci_expand(Str template, const Str values[3], size_t uses[3], Str *out, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    for (size_t at; (at = str_find(template, STR("${"), 0)) != SIZE_MAX;) {
        size_t end = str_find_char(template, '}', at);
        Str name = end == SIZE_MAX ? STR_EMPTY : str_trim(str_slice(template, at + 2, end));
        size_t i = 0;
        while (i < ARRAY_COUNT(parts) && !str_equal_cstr(name, parts[i]))
            i++;
        if (i == ARRAY_COUNT(parts))
            return false;
        uses[i]++;
        strbuf_add(&text, str_slice(template, 0, at));
        strbuf_add(&text, values[i]);
        template = str_after(template, end + 1);
    }
    strbuf_add(&text, template);
    *out = strbuf_str(&text);
    return str_find(template, STR("%{"), 0) == SIZE_MAX;
}

const char *mirror_oci_check(const CliInstallation *installation, Arena *arena) {
    static const Str sample[3] = {STR_CONST("h"), STR_CONST("n"), STR_CONST("t")};
    size_t uses[3] = {0};
    Str text;
    if (!oci_expand(installation->path, sample, uses, &text, arena))
        return "its repository_template may contain ${hostname}, ${namespace} and ${type} only";
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        Str fixed = STR_EMPTY;
        bool is_open = installation->include.count == 0;
        vec_each(&installation->include, pattern) {
            Str names[3];
            provider_address_split(provider_address_pattern(*pattern, arena), &names[0], &names[1],
                                   &names[2]);
            is_open = is_open || str_equal(names[i], STR("*")) ||
                      (fixed.len && !str_equal(fixed, names[i]));
            fixed = names[i];
        }
        if (is_open && uses[i] == 0)
            return "its repository_template needs a variable for each part of an address that "
                   "\"include\" leaves open: ${hostname}, ${namespace}, ${type}";
    }
    return NULL;
}

static bool open_repository(const PackageSources *sources, const CliInstallation *installation,
                            Str address, OciRepository *out, Str *problem, Arena *arena) {
    Str values[3], text;
    size_t uses[3] = {0};
    provider_address_split(address, &values[0], &values[1], &values[2]);
    if (oci_expand(installation->path, values, uses, &text, arena) &&
        oci_repository_open(sources, text, out))
        return true;
    return problem_set(problem, arena, "\"%.*s\" is not a repository of an OCI registry",
                       STR_ARG(text));
}

static Str replaced(Str text, char from, char to, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < text.len; i++)
        strbuf_add_char(&out, text.ptr[i] == from ? to : text.ptr[i]);
    return strbuf_str(&out);
}

/* A tag has "_" where a version has "+". Other tags are no versions, and are ignored later. */
bool mirror_oci_versions(const PackageSources *sources, const CliInstallation *installation,
                         Str address, StrVec *out, Str *problem, Arena *arena) {
    OciRepository repository;
    StrVec tags = {0};
    if (!open_repository(sources, installation, address, &repository, problem, arena) ||
        !oci_repository_tags(&repository, &tags, problem, arena))
        return false;
    vec_each(&tags, tag) {
        vec_push(arena, out, replaced(*tag, '_', '+', arena));
    }
    return true;
}

static bool oci_is_text(Value object, const char *name, const char *wanted) {
    Str text;
    return value_find_text(object, str_from_cstr(name), &text) && str_equal_cstr(text, wanted);
}

/* Reads a manifest of an artifact type. With `digest`, its content must match. */
static bool oci_read_manifest(OciRepository *repository, Str reference, Str digest,
                              const char *media_type, const char *artifact_type, Value *out,
                              Str *problem, Arena *arena) {
    RegistryProblem failure;
    HttpResponse response;
    Str path = str_concat(STR("manifests/"), reference, arena);
    Str url = oci_repository_url(repository, path, arena);
    if (!oci_repository_get(repository, path, media_type, &response, problem, arena))
        return false;
    if (response.body.len > MANIFEST_MAX)
        return host_access_refuse(url, "has more than 4 MiB", problem, arena);
    if (digest.len && !str_equal(digest_hex(DIGEST_SHA256, response.body, arena), digest))
        return host_access_refuse(url, "does not have the digest of the index", problem, arena);
    if (!registry_host_parse(url, response.body, out, &failure, arena))
        return host_access_fail(&failure, problem, arena);
    return (oci_is_text(*out, "mediaType", media_type) &&
            oci_is_text(*out, "artifactType", artifact_type)) ||
           host_access_refuse(url, "is not the manifest of a provider", problem, arena);
}

/* Reads the digest of a descriptor: 64 lower-case hexadecimal digits. */
static bool read_digest(Value descriptor, Str *out) {
    Str text;
    if (!value_find_text(descriptor, STR("digest"), &text) ||
        !str_starts_with(text, STR(SHA256_PREFIX)))
        return false;
    *out = str_after(text, strlen(SHA256_PREFIX));
    for (size_t i = 0; i < out->len; i++) {
        if (!strchr("0123456789abcdef", out->ptr[i]))
            return false;
    }
    return out->len == SHA256_LENGTH;
}

/* Finds the manifest of a platform in an index. */
static bool oci_find_target(Value index, Str platform, Str *digest) {
    Value place;
    Str system, machine;
    size_t joint = str_find_char(platform, '_', 0);
    Value manifests = value_tuple_at(index, STR("manifests"));
    for (size_t i = 0; i < manifests.count; i++) {
        Value entry = value_at(manifests, i);
        if (oci_is_text(entry, "artifactType", TYPE_TARGET) &&
            value_find_present(entry, STR("platform"), &place) &&
            value_find_text(place, STR("os"), &system) &&
            value_find_text(place, STR("architecture"), &machine) &&
            str_equal(system, str_slice(platform, 0, joint)) &&
            str_equal(machine, str_after(platform, joint + 1)))
            return read_digest(entry, digest);
    }
    return false;
}

/* Finds the only layer that is an archive. */
static bool find_archive(Value manifest, Str *digest) {
    Value layers = value_tuple_at(manifest, STR("layers")), found = {0};
    size_t count = 0;
    for (size_t i = 0; i < layers.count; i++) {
        Value layer = value_at(layers, i);
        if (oci_is_text(layer, "mediaType", TYPE_ARCHIVE)) {
            found = layer;
            count++;
        }
    }
    return count == 1 && read_digest(found, digest);
}

bool mirror_oci_find(const PackageSources *sources, const CliInstallation *installation,
                     const Package *wanted, Package *out, Str *problem, Arena *arena) {
    OciRepository repository;
    Value index, manifest;
    Str target, archive;
    Str tag = replaced(wanted->version, '+', '_', arena);
    if (!open_repository(sources, installation, wanted->address, &repository, problem, arena) ||
        !oci_read_manifest(&repository, tag, STR_EMPTY, TYPE_INDEX, TYPE_PROVIDER, &index, problem,
                           arena) ||
        !oci_find_target(index, wanted->platform, &target))
        return false;
    Str reference = str_concat(STR(SHA256_PREFIX), target, arena);
    if (!oci_read_manifest(&repository, reference, target, TYPE_MANIFEST, TYPE_TARGET, &manifest,
                           problem, arena))
        return false;
    if (!find_archive(manifest, &archive))
        return problem_set(
            problem, arena, "the manifest of %.*s %.*s for %.*s has no single archive",
            STR_ARG(wanted->address), STR_ARG(wanted->version), STR_ARG(wanted->platform));
    *out = *wanted;
    Str path = str_format(arena, "blobs/" SHA256_PREFIX "%.*s", STR_ARG(archive));
    out->url = oci_repository_url(&repository, path, arena);
    out->authorization = repository.authorization;
    out->sha256 = archive;
    out->proof = STR("verified checksum");
    return true;
}
