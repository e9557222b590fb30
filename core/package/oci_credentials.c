/* Reads the files of credentials and calls helpers. */
#include "oci_credentials.h"

#include "base64.h"
#include "json.h"
#include "problem.h"
#include "url.h"

#define HELPER_TIMEOUT_MS 60000

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
                              .timeout_ms = HELPER_TIMEOUT_MS,
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

bool oci_credentials_find(const PackageQuery *query, Str repository, OciCredentials *out) {
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
