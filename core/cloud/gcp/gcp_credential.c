/* gcp_credential: finds the first source, and names the kind of its file. */
#include "gcp_credential.h"
#include "json.h"
#include "problem.h"

#include <errno.h>

#define DEFAULT_FILE "application_default_credentials.json"

typedef struct KindRow {
    const char *type; /* member `type` */
    GcpKind kind;
    const char *needed; /* members that must be texts, separated by blanks */
} KindRow;

static const KindRow kinds[] = {
    {"service_account", GCP_SERVICE_ACCOUNT, "client_email private_key"},
    {"authorized_user", GCP_AUTHORIZED_USER, "client_id client_secret refresh_token"},
    {"external_account", GCP_EXTERNAL_ACCOUNT, "audience subject_token_type token_url"},
    {"impersonated_service_account", GCP_IMPERSONATED, "service_account_impersonation_url"},
};

bool gcp_credential_parse(Value file, Str origin, GcpCredential *out, Str *problem, Arena *arena) {
    Str type = value_text_at(file, STR("type"));
    const KindRow *row = NULL;
    Str name;
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        if (str_equal_cstr(type, kinds[i].type))
            row = &kinds[i];
    }
    if (!row)
        return problem_set(problem, arena,
                           "%.*s has no supported \"type\": service_account, authorized_user, "
                           "external_account or impersonated_service_account",
                           STR_ARG(origin));
    for (Str rest = str_from_cstr(row->needed); str_next_field(&rest, ' ', &name);) {
        if (value_text_at(file, name).len == 0)
            return problem_set(problem, arena, "%.*s has no \"%.*s\"", STR_ARG(origin),
                               STR_ARG(name));
    }
    *out = (GcpCredential){.kind = row->kind, .origin = origin, .file = file};
    return true;
}

static bool credential_parse_text(Str text, Str origin, GcpCredential *out, Str *problem,
                                  Arena *arena) {
    Value file;
    if (!json_parse_object(text, &file, arena))
        return problem_set(problem, arena, "%.*s is not a JSON object", STR_ARG(origin));
    return gcp_credential_parse(file, origin, out, problem, arena);
}

static Str credential_expand_home(const Io *io, Str path, Arena *arena) {
    Str home = process_variable(io->process, "HOME");
    if (!str_starts_with(path, STR("~/")) || home.len == 0)
        return path;
    return disk_join(home, str_after(path, 2), arena);
}

static bool credential_read_file(const Io *io, Str path, GcpCredential *out, Str *problem,
                                 Arena *arena) {
    Str text;
    Str origin = str_format(arena, "the credentials file \"%.*s\"", STR_ARG(path));
    int error = io->disk->read_file(io->disk->self, path, &text, arena);
    if (error)
        return problem_set(problem, arena, "%.*s cannot be read: %s", STR_ARG(origin),
                           strerror(-error));
    return credential_parse_text(text, origin, out, problem, arena);
}

/* A path, or the content of a file. A text that is neither may be a secret, so it is not shown. */
static bool credential_read_argument(const Io *io, Str given, GcpCredential *out, Str *problem,
                                     Arena *arena) {
    Str path = credential_expand_home(io, given, arena);
    if (str_starts_with(str_trim(given), STR("{")))
        return credential_parse_text(given, STR("the argument \"credentials\""), out, problem,
                                     arena);
    if (!disk_exists(io->disk, path))
        return problem_text(problem,
                            "the argument \"credentials\" is neither a JSON object nor the "
                            "path of an existing file");
    return credential_read_file(io, path, out, problem, arena);
}

/* Returns the file of gcloud; empty if there is no home directory. */
static Str credential_default_path(const Io *io, Arena *arena) {
    Str directory = process_variable(io->process, "CLOUDSDK_CONFIG");
    Str home = process_variable(io->process, "HOME");
    if (directory.len == 0 && home.len == 0)
        return STR_EMPTY;
    if (directory.len == 0)
        directory = disk_join(home, STR(".config/gcloud"), arena);
    return disk_join(directory, STR(DEFAULT_FILE), arena);
}

bool gcp_credential_find(const Io *io, const GcpOptions *options, GcpCredential *out, Str *problem,
                         Arena *arena) {
    Str named = process_variable(io->process, "GOOGLE_APPLICATION_CREDENTIALS");
    Str usual = credential_default_path(io, arena);
    if (options->access_token.len > 0) {
        *out = (GcpCredential){.kind = GCP_GIVEN_TOKEN,
                               .origin = STR("the access token"),
                               .token = options->access_token,
                               .file = value_null(&TYPE_DYNAMIC)};
        return true;
    }
    if (options->credentials.len > 0)
        return credential_read_argument(io, options->credentials, out, problem, arena);
    if (named.len > 0)
        return credential_read_file(io, named, out, problem, arena);
    if (usual.len > 0 && disk_exists(io->disk, usual))
        return credential_read_file(io, usual, out, problem, arena);
    *out = (GcpCredential){.kind = GCP_METADATA,
                           .origin = STR("the metadata server"),
                           .file = value_null(&TYPE_DYNAMIC)};
    return true;
}
