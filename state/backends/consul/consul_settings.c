/* consul_settings: address, credentials and certificates of the consul backend. The variables of
 * the environment are those of Consul's own programs. */
#include "consul_settings.h"
#include "backend_settings.h"
#include "url.h"

#define INVALID         "Invalid backend configuration"
#define DEFAULT_ADDRESS "127.0.0.1:8500"

static Str consul_settings_text(Value config, const char *name) {
    return backend_settings_text(config, name, "");
}

Str consul_settings_path(Value config, Str workspace, Arena *arena) {
    Str path = consul_settings_text(config, "path");
    if (workspace.len == 0 || str_equal(workspace, STR("default")))
        return path;
    return str_format(arena, "%.*s-env:%.*s", STR_ARG(path), STR_ARG(workspace));
}

bool consul_settings_is_exposed(const ConsulConfig *config) {
    Url url;
    bool has_secret = config->token.len > 0 || config->password.len > 0;
    return has_secret && url_parse(config->base, &url) && str_equal(url.scheme, STR("http")) &&
           !url_is_loopback(&url);
}

/* Reads a boolean in one of the forms that Consul accepts; otherwise returns `fallback`. */
static bool variable_is_true(const Io *io, const char *name, bool fallback) {
    static const char *const yes[] = {"1", "t", "T", "true", "TRUE", "True"};
    static const char *const no[] = {"0", "f", "F", "false", "FALSE", "False"};
    Str text = process_variable(io->process, name);
    for (size_t i = 0; i < ARRAY_COUNT(yes); i++) {
        if (str_equal_cstr(text, yes[i]) || str_equal_cstr(text, no[i]))
            return str_equal_cstr(text, yes[i]);
    }
    return fallback;
}

/* The scheme of the address wins if it is https; else the argument, then CONSUL_HTTP_SSL. */
static bool read_base(const Io *io, Value config, Str *out, Arena *arena, Diags *diags) {
    Str address = backend_settings_text(config, "address", DEFAULT_ADDRESS);
    Str scheme = consul_settings_text(config, "scheme");
    if (scheme.len == 0)
        scheme = variable_is_true(io, "CONSUL_HTTP_SSL", false) ? STR("https") : STR("http");
    if (str_find(address, STR("://"), 0) == SIZE_MAX)
        address = str_format(arena, "%.*s://%.*s", STR_ARG(scheme), STR_ARG(address));
    else if (str_equal(scheme, STR("https")) && str_starts_with(address, STR("http://")))
        address = str_format(arena, "https://%.*s", STR_ARG(str_after(address, strlen("http://"))));
    Url url;
    bool is_web = url_parse(address, &url) && url.host.len > 0 && url.query.len == 0 &&
                  (str_equal(url.scheme, STR("http")) || str_equal(url.scheme, STR("https")));
    if (!is_web)
        return diags_fail(diags, NO_RANGE, INVALID,
                          "\"address\" requires a host with its port, such as "
                          "\"consul.example.com:8500\" or \"https://consul.example.com:8501\", "
                          "not \"%.*s\".",
                          STR_ARG(url_redact(address, arena)));
    while (str_ends_with(address, STR("/")))
        address = str_slice(address, 0, address.len - 1);
    *out = address;
    return true;
}

/* "user:password" */
static void read_user(Str text, ConsulConfig *out) {
    size_t colon = str_find_char(text, ':', 0);
    out->user = str_slice(text, 0, colon);
    out->password = colon == SIZE_MAX ? STR_EMPTY : str_after(text, colon + 1);
}

/* The argument wins, then a file, then CONSUL_HTTP_TOKEN, as in Consul's own programs. */
static bool read_token(const Io *io, Value config, Str *out, Arena *arena, Diags *diags) {
    Str file = process_variable(io->process, "CONSUL_HTTP_TOKEN_FILE");
    *out = consul_settings_text(config, "access_token");
    if (out->len > 0)
        return true;
    *out = process_variable(io->process, "CONSUL_HTTP_TOKEN");
    if (file.len == 0)
        return true;
    int error = io->disk->read_file(io->disk->self, file, out, arena);
    *out = str_trim(*out);
    return error == 0 ||
           diags_fail(diags, NO_RANGE, INVALID,
                      "The file \"%.*s\", which CONSUL_HTTP_TOKEN_FILE names, cannot be read: %s.",
                      STR_ARG(file), strerror(-error));
}

static bool read_certificates(const Io *io, Value config, ConsulConfig *out, Arena *arena,
                              Diags *diags) {
    if (!backend_settings_pem(io, config, "ca_file", &out->ca_certs, arena, diags) ||
        !backend_settings_pem(io, config, "cert_file", &out->certificate, arena, diags) ||
        !backend_settings_pem(io, config, "key_file", &out->key, arena, diags))
        return false;
    out->server_name = process_variable(io->process, "CONSUL_TLS_SERVER_NAME");
    out->skip_verify = !variable_is_true(io, "CONSUL_HTTP_SSL_VERIFY", true);
    return (out->certificate.len == 0) == (out->key.len == 0) ||
           diags_fail(diags, NO_RANGE, INVALID,
                      "\"cert_file\" and \"key_file\" must be set together; one is missing.");
}

bool consul_settings_read(const Io *io, Value config, ConsulConfig *out, Arena *arena,
                          Diags *diags) {
    *out = (ConsulConfig){.datacenter = consul_settings_text(config, "datacenter")};
    read_user(consul_settings_text(config, "http_auth"), out);
    return read_base(io, config, &out->base, arena, diags) &&
           read_token(io, config, &out->token, arena, diags) &&
           read_certificates(io, config, out, arena, diags);
}

static Str consul_settings_check_path(Value value, Arena *) {
    Str text = value_text(value);
    if (text.len == 0 || str_starts_with(text, STR("/")))
        return STR("The value must be a key of Consul, without \"/\" at the start.");
    return str_find(text, STR("//"), 0) == SIZE_MAX ? STR_EMPTY
                                                    : STR("A key must not contain \"//\".");
}

static Str consul_settings_check_scheme(Value value, Arena *) {
    Str text = value_text(value);
    bool is_known = text.len == 0 || str_equal(text, STR("http")) || str_equal(text, STR("https"));
    return is_known ? STR_EMPTY : STR("The value must be \"http\" or \"https\".");
}

/* clang-format off */
const Attribute consul_settings_attributes[] = {
    {"path", &TYPE_STRING, REQUIRED,
     "Key of the state. Other workspaces have the key PATH-env:WORKSPACE.", .check = consul_settings_check_path},
    {"address", &TYPE_STRING, OPTIONAL,
     "Host and port of the Consul agent, or a URL, which may have a path (default \"" DEFAULT_ADDRESS "\")."},
    {"scheme", &TYPE_STRING, OPTIONAL,
     "\"http\" or \"https\" (default \"http\"; \"https\" if CONSUL_HTTP_SSL is true).", .check = consul_settings_check_scheme},
    {"access_token", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "ACL token (default: the file that CONSUL_HTTP_TOKEN_FILE names, or CONSUL_HTTP_TOKEN)."},
    {"datacenter", &TYPE_STRING, OPTIONAL, "Datacenter (default: that of the agent)."},
    {"http_auth", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "Credentials for a proxy server before Consul, as \"user:password\"."},
    {"gzip", &TYPE_BOOL, OPTIONAL, "Compress the state (default false)."},
    {"lock", &TYPE_BOOL, OPTIONAL, "Lock the state (default true)."},
    {"ca_file", &TYPE_STRING, OPTIONAL,
     "Certificates of the server's certificate authorities: a file, or PEM text."},
    {"cert_file", &TYPE_STRING, OPTIONAL, "Client certificate: a file, or PEM text."},
    {"key_file", &TYPE_STRING, OPTIONAL | SENSITIVE, "Key of the client certificate: a file, or PEM text."},
};
/* clang-format on */
static_assert(ARRAY_COUNT(consul_settings_attributes) == CONSUL_SETTINGS_COUNT,
              "the table is whole");

const BackendVariable consul_settings_variables[] = {
    {"address", "CONSUL_HTTP_ADDR"},   {"http_auth", "CONSUL_HTTP_AUTH"},
    {"ca_file", "CONSUL_CACERT"},      {"cert_file", "CONSUL_CLIENT_CERT"},
    {"key_file", "CONSUL_CLIENT_KEY"},
};
static_assert(ARRAY_COUNT(consul_settings_variables) == CONSUL_SETTINGS_VARIABLES,
              "the table is whole");
