/* mirror_oci: packages in repositories of an OCI registry, as OpenTofu 1.10 defines them: a tag is
 * a version, its manifest an index with one manifest for each platform, whose only layer is the
 * archive. Digests lead from one to the next; there are no signatures.
 *
 * A registry that requires authentication names the scheme in its first answer: Basic, or a server
 * that issues tokens for the repository. Everything is https. */
#include "base64.h"
#include "digest.h"
#include "host_access.h"
#include "json.h"
#include "package.h"
#include "problem.h"
#include "url.h"

#define TYPE_INDEX    "application/vnd.oci.image.index.v1+json"
#define TYPE_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define TYPE_PROVIDER "application/vnd.opentofu.provider"
#define TYPE_TARGET   "application/vnd.opentofu.provider-target"
#define TYPE_ARCHIVE  "archive/zip"
#define SHA256_PREFIX "sha256:"

enum { MANIFEST_MAX = 4 << 20, PAGES_MAX = 1000, SHA256_LENGTH = 64 };

typedef struct OciRepository {
    const PackageQuery *query;
    Str host;          /* with its port */
    Str name;          /* path of the repository */
    Str authorization; /* value of that header; empty: not needed so far */
} OciRepository;

/* Finds the credentials of a repository in an OCI registry: in blocks oci_credentials of the CLI
 * configuration, and in files that other programs wrote at their login (containers/auth.json,
 * ~/.docker/config.json).
 *
 * The longest matching prefix of the repository wins; of equal ones, the CLI configuration, then
 * the first file. */

typedef struct OciCredentials {
    Str user;
    Str password;
    Str access_token;   /* sent as it is */
    Str identity_token; /* exchanged for a token of the repository */
} OciCredentials;

#define OCI_HELPER_TIMEOUT_MS 60000

/* The best match so far. */
typedef struct Search {
    const PackageSources *sources;
    Str repository;
    Str host;
    OciCredentials found;
    size_t length; /* of the prefix; 0: none */
    Str helper;    /* asked instead of `found`; empty: none */
    Arena *arena;
} Search;

static Str variable(const PackageSources *sources, const char *name) {
    return process_variable(sources->io->process, name);
}

/* Returns the length of the prefix if it covers whole parts of the repository, else 0. */
static size_t match(Str prefix, Str repository) {
    bool ok = prefix.len > 0 && str_starts_with(repository, prefix) &&
              (prefix.len == repository.len || repository.ptr[prefix.len] == '/');
    return ok ? prefix.len : 0;
}

/* A key is HOST, HOST/NAME, or an address that old programs wrote: https://HOST/v1/. */
static Str credentials_prefix_of(Str key) {
    Url url;
    return url_parse(key, &url) ? url.host : key;
}

static bool credentials_is_better(Search *search, Str prefix) {
    size_t length = match(prefix, search->repository);
    if (length <= search->length)
        return false;
    search->length = length;
    search->found = (OciCredentials){0};
    search->helper = STR_EMPTY;
    return true;
}

/* Reads USER:PASSWORD. */
static void credentials_read_pair(Str pair, OciCredentials *out) {
    size_t colon = str_find_char(pair, ':', 0);
    if (colon == SIZE_MAX)
        return;
    out->user = str_slice(pair, 0, colon);
    out->password = str_after(pair, colon + 1);
}

static void credentials_read_entry(Search *search, Value entry) {
    Str text, pair;
    if (value_find_text(entry, STR("auth"), &text) && base64_decode(text, &pair, search->arena))
        credentials_read_pair(pair, &search->found);
    (void)value_find_text(entry, STR("identitytoken"), &search->found.identity_token);
    (void)value_find_text(entry, STR("registrytoken"), &search->found.access_token);
}

static bool credentials_has_content(Value entry) {
    return value_is_present(entry) && entry.type->kind == KIND_OBJECT && entry.count > 0;
}

static void read_helpers(Search *search, Value document) {
    Value helpers;
    Str store;
    if (value_find_present(document, STR("credHelpers"), &helpers) &&
        helpers.type->kind == KIND_OBJECT) {
        for (size_t i = 0; i < helpers.count; i++) {
            Value name = value_at(helpers, i);
            if (value_is_present(name) && name.type == &TYPE_STRING &&
                credentials_is_better(search, credentials_prefix_of(value_key_at(helpers, i))))
                search->helper = value_text(name);
        }
    }
    if (value_find_text(document, STR("credsStore"), &store) &&
        credentials_is_better(search, search->host))
        search->helper = store;
}

/* A file that cannot be read does not count, because it belongs to other programs. */
static void credentials_read_file(Search *search, Str path) {
    const Disk *disk = search->sources->io->disk;
    Str text;
    Value document, entries;
    if (path.len == 0 || disk->read_file(disk->self, path, &text, search->arena) != 0 ||
        !json_parse_object(text, &document, search->arena))
        return;
    bool has_entries =
        value_find_present(document, STR("auths"), &entries) && entries.type->kind == KIND_OBJECT;
    for (size_t i = 0; has_entries && i < entries.count; i++) {
        Value entry = value_at(entries, i);
        if (credentials_has_content(entry) &&
            credentials_is_better(search, credentials_prefix_of(value_key_at(entries, i))))
            credentials_read_entry(search, entry);
    }
    read_helpers(search, document);
}

static Str credentials_below(Str directory, const char *name, Arena *arena) {
    return directory.len ? disk_join(directory, str_from_cstr(name), arena) : STR_EMPTY;
}

static void credentials_read_files(Search *search) {
    const PackageSources *sources = search->sources;
    const CliOciDefaults *defaults = &sources->config->oci_defaults;
    Arena *arena = search->arena;
    Str home = variable(sources, "HOME");
    Str settings = variable(sources, "XDG_CONFIG_HOME");
    if (settings.len == 0)
        settings = credentials_below(home, ".config", arena);
    if (defaults->is_off)
        return;
    if (defaults->has_files) {
        vec_each(&defaults->files, path) {
            credentials_read_file(search, *path);
        }
        return;
    }
    credentials_read_file(search, credentials_below(variable(sources, "XDG_RUNTIME_DIR"),
                                                    "containers/auth.json", arena));
    credentials_read_file(search, credentials_below(settings, "containers/auth.json", arena));
    credentials_read_file(search, credentials_below(home, ".docker/config.json", arena));
}

static void credentials_read_settings(Search *search) {
    vec_each(&search->sources->config->oci_credentials, known) {
        if (!credentials_is_better(search, known->prefix))
            continue;
        search->found = (OciCredentials){.user = known->user,
                                         .password = known->password,
                                         .access_token = known->access_token,
                                         .identity_token = known->refresh_token};
        search->helper = known->helper;
    }
}

/* Runs docker-credential-NAME get with the host as its input. A helper without the host ends with
 * a failure and a message on standard output. */
static bool credentials_call_helper(Search *search, Str name, Str *problem) {
    Arena *arena = search->arena;
    Str program = str_format(arena, "docker-credential-%.*s", STR_ARG(name));
    const char *argv[] = {str_to_cstr(program, arena), "get", NULL};
    ProcessRequest request = {.argv = argv,
                              .input = search->host,
                              .withheld = process_secrets,
                              .timeout_ms = OCI_HELPER_TIMEOUT_MS,
                              .cancel = search->sources->cancel};
    const Process *process = search->sources->io->process;
    ProcessResult result = {0};
    Value answer;
    OciCredentials *out = &search->found;
    bool is_name = name.len > 0 && str_has_only(name, "-_.");
    int status = is_name ? process->run(process->self, &request, &result, arena) : -22;
    if (status == 0 && result.exit_status != 0 &&
        str_find(result.out, STR("credentials not found"), 0) != SIZE_MAX)
        return true;
    if (status == 0 && result.exit_status == 0 && json_parse_object(result.out, &answer, arena) &&
        value_find_text(answer, STR("Username"), &out->user) &&
        value_find_text(answer, STR("Secret"), &out->password)) {
        if (!str_equal_cstr(out->user, "<token>"))
            return true;
        out->identity_token = out->password;
        out->user = out->password = STR_EMPTY;
        return true;
    }
    return problem_set(problem, arena, "the credentials helper \"%.*s\" failed", STR_ARG(program));
}

/* `repository`: HOST/NAME. All members are empty if there are none. Returns false if a helper
 * program fails. */
static bool oci_credentials_find(const PackageQuery *query, Str repository, OciCredentials *out) {
    const PackageSources *sources = query->sources;
    Search search = {.sources = sources, .repository = repository, .arena = query->arena};
    search.host = str_slice(repository, 0, str_find_char(repository, '/', 0));
    credentials_read_settings(&search);
    credentials_read_files(&search);
    if (search.length == 0)
        search.helper = sources->config->oci_defaults.helper;
    if (search.helper.len && !credentials_call_helper(&search, search.helper, query->problem))
        return false;
    *out = search.found;
    return true;
}

static bool repository_is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

/* Each part of a name begins and ends with a letter or digit, so none is ".." or empty. */
static bool repository_is_name(Str name) {
    Str part;
    bool ok = name.len > 0 && !str_ends_with(name, STR("/"));
    while (ok && str_next_field(&name, '/', &part)) {
        ok = part.len > 0 && isalnum((unsigned char)part.ptr[0]) &&
             isalnum((unsigned char)part.ptr[part.len - 1]);
        for (size_t i = 0; ok && i < part.len; i++)
            ok = repository_is_name_char(part.ptr[i]);
    }
    return ok;
}

/* Opens the repository of a provider: HOST[:PORT]/NAME by the template of the mirror. */
static bool open_repository(const PackageQuery *query, const CliInstallation *installation,
                            Str address, OciRepository *out) {
    Str text = STR_EMPTY;
    bool ok = cli_config_repository(installation, address, &text, query->arena);
    size_t slash = str_find_char(text, '/', 0);
    *out = (OciRepository){.query = query, .host = str_slice(text, 0, slash)};
    out->name = slash == SIZE_MAX ? STR_EMPTY : str_after(text, slash + 1);
    if (ok && out->host.len > 0 && isalnum((unsigned char)out->host.ptr[0]) &&
        str_has_only(out->host, ".-:") && repository_is_name(out->name))
        return true;
    return problem_set(query->problem, query->arena,
                       "\"%.*s\" is not a repository of an OCI registry", STR_ARG(text));
}

static Str repository_url(const OciRepository *repository, Str path) {
    return str_format(repository->query->arena, "https://%.*s/v2/%.*s/%.*s",
                      STR_ARG(repository->host), STR_ARG(repository->name), STR_ARG(path));
}

static WebQuestion repository_question_of(const OciRepository *repository, Str url) {
    return (WebQuestion){
        .io = repository->query->sources->io,
        .cancel = repository->query->sources->cancel,
        .url = url,
        .asker = "the registry",
        .needs_https = true,
    };
}

static Str basic(const OciCredentials *credentials, Arena *arena) {
    Str pair =
        str_format(arena, "%.*s:%.*s", STR_ARG(credentials->user), STR_ARG(credentials->password));
    Str encoded = base64_encode(pair, arena);
    return str_format(arena, "Basic %.*s", STR_ARG(encoded));
}

/* Returns the value of NAME="VALUE" in a challenge; empty if it has none. */
static Str parameter(Str challenge, const char *name, Arena *arena) {
    Str wanted = str_format(arena, "%s=\"", name);
    size_t at = str_find(challenge, wanted, 0);
    if (at == SIZE_MAX)
        return STR_EMPTY;
    Str rest = str_after(challenge, at + wanted.len);
    return str_slice(rest, 0, str_find_char(rest, '"', 0));
}

/* Asks the server of tokens, with an identity token in a form, else with user and password. */
static bool repository_ask_token(const OciRepository *repository, Str challenge,
                                 const OciCredentials *credentials, Str *token) {
    Arena *arena = repository->query->arena;
    Str *problem = repository->query->problem;
    RegistryProblem failure;
    HttpResponse response;
    Value answer;
    Str realm = parameter(challenge, "realm", arena);
    Str service = url_encode(parameter(challenge, "service", arena), false, arena);
    Str scope = url_encode(str_format(arena, "repository:%.*s:pull", STR_ARG(repository->name)),
                           false, arena);
    Str query = str_format(arena, "service=%.*s&scope=%.*s", STR_ARG(service), STR_ARG(scope));
    WebQuestion question = repository_question_of(repository, realm);
    if (credentials->identity_token.len) {
        Str encoded = url_encode(credentials->identity_token, false, arena);
        question.body =
            str_format(arena, "grant_type=refresh_token&client_id=loam&refresh_token=%.*s&%.*s",
                       STR_ARG(encoded), STR_ARG(query));
    } else {
        question.url =
            str_format(arena, "%.*s%s%.*s", STR_ARG(realm),
                       str_find_char(realm, '?', 0) == SIZE_MAX ? "?" : "&", STR_ARG(query));
        if (credentials->user.len)
            question.authorization = basic(credentials, arena);
    }
    if (!fetch_web_send(&question, &response, problem, arena))
        return false;
    if (registry_host_parse(realm, response.body, &answer, &failure, arena) &&
        (value_find_text(answer, STR("token"), token) ||
         value_find_text(answer, STR("access_token"), token)))
        return true;
    (void)registry_host_refuse(realm, "has no token", &failure, arena);
    *problem = failure.text;
    return false;
}

/* Sets `authorization` as the challenge demands. Returns false with an empty *problem if there are
 * no credentials to try. */
static bool authorize(OciRepository *repository, Str challenge) {
    Arena *arena = repository->query->arena;
    OciCredentials credentials;
    Str token;
    Str text = str_format(arena, "%.*s/%.*s", STR_ARG(repository->host), STR_ARG(repository->name));
    bool is_bearer = challenge.len > 7 && strncasecmp(challenge.ptr, "Bearer ", 7) == 0;
    if (!oci_credentials_find(repository->query, text, &credentials))
        return false;
    if (!is_bearer && credentials.user.len) {
        repository->authorization = basic(&credentials, arena);
        return true;
    }
    token = credentials.access_token;
    if (token.len == 0 && !is_bearer)
        return false;
    if (token.len == 0 && !repository_ask_token(repository, challenge, &credentials, &token))
        return false;
    for (size_t i = 0; i < token.len; i++) {
        if (token.ptr[i] <= ' ' || token.ptr[i] >= 127)
            return false;
    }
    repository->authorization = str_format(arena, "Bearer %.*s", STR_ARG(token));
    return true;
}

static bool get_once(const OciRepository *repository, Str url, const char *accept,
                     HttpResponse *out) {
    WebQuestion question = repository_question_of(repository, url);
    question.accept = accept;
    question.authorization = repository->authorization;
    return fetch_web_send(&question, out, repository->query->problem, repository->query->arena);
}

/* Gets an address of the repository. `accept`: media types, or NULL. On failure out->code is the
 * HTTP status, or 0. */
static bool repository_get(OciRepository *repository, Str url, const char *accept,
                           HttpResponse *out) {
    Str *problem = repository->query->problem;
    bool was_authorized = repository->authorization.len > 0;
    bool ok = get_once(repository, url, accept, out);
    Str first = *problem;
    if (!ok && out->code == 401 && !was_authorized) {
        *problem = STR_EMPTY;
        ok = authorize(repository, http_header(out, "www-authenticate")) &&
             get_once(repository, url, accept, out);
        if (!ok && problem->len == 0)
            *problem = first;
    }
    if (!ok && str_ends_with(*problem, STR(".")))
        *problem = str_slice(*problem, 0, problem->len - 1);
    return ok;
}

static Str replaced(Str text, char from, char to, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < text.len; i++)
        strbuf_add_char(&out, text.ptr[i] == from ? to : text.ptr[i]);
    return strbuf_str(&out);
}

/* A tag has "_" where a version has "+". Other tags are no versions, and are ignored later. */
static bool add_tags(const PackageQuery *query, Str url, Str body, StrVec *out) {
    Value document, tags;
    StrVec texts = {0};
    if (!host_access_parse(query, url, body, &document))
        return false;
    if (!value_find_tuple(document, STR("tags"), &tags))
        return host_access_refuse(query, url, "lists no tags");
    json_add_texts(document, STR("tags"), &texts, query->arena);
    vec_each(&texts, tag) {
        vec_push(query->arena, out, replaced(*tag, '_', '+', query->arena));
    }
    return true;
}

/* Returns the address of the next page by the header Link: <ADDRESS>; rel="next". Empty if there is
 * none, or it is on another host. */
static Str next_page(const OciRepository *repository, const HttpResponse *response) {
    Url parts;
    Str link = http_header(response, "link");
    if (!str_starts_with(link, STR("<")) || str_find(link, STR("next"), 0) == SIZE_MAX)
        return STR_EMPTY;
    Str url = str_slice(link, 1, str_find_char(link, '>', 0));
    url = url_resolve(response->url, url, repository->query->arena);
    bool ok = url_parse(url, &parts) && str_equal(parts.host, repository->host);
    return ok ? url : STR_EMPTY;
}

/* An absent repository has no versions. */
static bool mirror_oci_versions(const PackageQuery *query, const CliInstallation *installation,
                                Str address, StrVec *out) {
    OciRepository repository;
    HttpResponse response;
    if (!open_repository(query, installation, address, &repository))
        return false;
    Str url = repository_url(&repository, STR("tags/list"));
    for (int i = 0; url.len; i++) {
        if (i == PAGES_MAX)
            return problem_text(query->problem, "the list of tags does not end");
        if (!repository_get(&repository, url, NULL, &response))
            return response.code == 404;
        if (!add_tags(query, url, response.body, out))
            return false;
        url = next_page(&repository, &response);
    }
    return true;
}

static bool oci_is_text(Value object, const char *name, const char *wanted) {
    Str text;
    return value_find_text(object, str_from_cstr(name), &text) && str_equal_cstr(text, wanted);
}

/* Reads a manifest of an artifact type. With `digest`, its content must match. */
static bool oci_read_manifest(OciRepository *repository, Str reference, Str digest,
                              const char *media_type, const char *artifact_type, Value *out) {
    const PackageQuery *query = repository->query;
    HttpResponse response;
    Str url = repository_url(repository, str_concat(STR("manifests/"), reference, query->arena));
    if (!repository_get(repository, url, media_type, &response))
        return false;
    if (response.body.len > MANIFEST_MAX)
        return host_access_refuse(query, url, "has more than 4 MiB");
    if (digest.len && !str_equal(digest_hex(DIGEST_SHA256, response.body, query->arena), digest))
        return host_access_refuse(query, url, "does not have the digest of the index");
    if (!host_access_parse(query, url, response.body, out))
        return false;
    return (oci_is_text(*out, "mediaType", media_type) &&
            oci_is_text(*out, "artifactType", artifact_type)) ||
           host_access_refuse(query, url, "is not the manifest of a provider");
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

static bool mirror_oci_find(const PackageQuery *query, const CliInstallation *installation,
                            const Package *wanted, Package *out) {
    Arena *arena = query->arena;
    OciRepository repository;
    Value index, manifest;
    Str target, archive;
    Str tag = replaced(wanted->version, '+', '_', arena);
    if (!open_repository(query, installation, wanted->address, &repository) ||
        !oci_read_manifest(&repository, tag, STR_EMPTY, TYPE_INDEX, TYPE_PROVIDER, &index) ||
        !oci_find_target(index, wanted->platform, &target))
        return false;
    Str reference = str_concat(STR(SHA256_PREFIX), target, arena);
    if (!oci_read_manifest(&repository, reference, target, TYPE_MANIFEST, TYPE_TARGET, &manifest))
        return false;
    if (!find_archive(manifest, &archive))
        return problem_set(
            query->problem, arena, "the manifest of %.*s %.*s for %.*s has no single archive",
            STR_ARG(wanted->address), STR_ARG(wanted->version), STR_ARG(wanted->platform));
    *out = *wanted;
    Str path = str_format(arena, "blobs/" SHA256_PREFIX "%.*s", STR_ARG(archive));
    out->url = repository_url(&repository, path);
    out->authorization = repository.authorization;
    out->sha256 = archive;
    out->proof = STR("verified checksum");
    return true;
}

const PackageMethod mirror_oci_method = {mirror_oci_versions, mirror_oci_find};
