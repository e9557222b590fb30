#include "kubernetes_connection.h"
#include "cluster.h"
#include "kubeconfig.h"
#include "nested_list.h"
#include "path_error.h"

static Str connection_check_positive(Value value, Arena *) {
    int64_t number;
    return value_to_int(value, &number) && number > 0 && number <= 100000
               ? STR_EMPTY
               : STR("The value must be a whole number from 1 to 100000.");
}

/* clang-format off */
const Attribute kubernetes_connection_attributes[] = {
    {"host",                     &TYPE_STRING, OPTIONAL,             "URL of the API server (default: KUBE_HOST)."},
    {"tls_server_name",          &TYPE_STRING, OPTIONAL,             "Name of the server in its certificate (default: KUBE_TLS_SERVER_NAME, then the host)."},
    {"insecure",                 &TYPE_BOOL,   OPTIONAL,             "Whether to skip the verification of the server's certificate (default: KUBE_INSECURE)."},
    {"cluster_ca_certificate",   &TYPE_STRING, OPTIONAL,             "Certificates of the server's certificate authorities, as PEM text (default: KUBE_CLUSTER_CA_CERT_DATA)."},
    {"proxy_url",                &TYPE_STRING, OPTIONAL,             "Proxy to the API server: http, https or socks5 (default: KUBE_PROXY_URL)."},
    {"username",                 &TYPE_STRING, OPTIONAL,             "User of basic authentication (default: KUBE_USER)."},
    {"password",                 &TYPE_STRING, OPTIONAL | SENSITIVE, "Password of basic authentication (default: KUBE_PASSWORD)."},
    {"token",                    &TYPE_STRING, OPTIONAL | SENSITIVE, "Bearer token (default: KUBE_TOKEN)."},
    {"client_certificate",       &TYPE_STRING, OPTIONAL,             "Client certificate, as PEM text (default: KUBE_CLIENT_CERT_DATA)."},
    {"client_key",               &TYPE_STRING, OPTIONAL | SENSITIVE, "Key of the client certificate, as PEM text (default: KUBE_CLIENT_KEY_DATA)."},
    {"config_path",              &TYPE_STRING, OPTIONAL | STARTS_PROGRAM, "Path of a kubeconfig file (default: KUBE_CONFIG_PATH)."},
    {"config_paths",             &TYPE_LIST_OF_STRING, OPTIONAL | STARTS_PROGRAM, "Paths of several kubeconfig files, of which earlier ones win (default: KUBE_CONFIG_PATHS, separated by colons)."},
    {"config_content",           &TYPE_STRING, OPTIONAL | SENSITIVE, "Text of a kubeconfig file, for instance an output of another resource."},
    {"allow_exec",               &TYPE_BOOL,   OPTIONAL | STARTS_PROGRAM, "Whether config_content may run a credential plugin and name a token file (default false)."},
    {"config_context",           &TYPE_STRING, OPTIONAL,             "Context of the kubeconfig (default: KUBE_CTX, then the current context)."},
    {"config_context_auth_info", &TYPE_STRING, OPTIONAL,             "User of the kubeconfig (default: KUBE_CTX_AUTH_INFO, then that of the context)."},
    {"config_context_cluster",   &TYPE_STRING, OPTIONAL,             "Cluster of the kubeconfig (default: KUBE_CTX_CLUSTER, then that of the context)."},
    {"as",                       &TYPE_STRING, OPTIONAL,             "User that the server treats requests as."},
    {"as_groups",                &TYPE_LIST_OF_STRING, OPTIONAL,     "Groups that the server treats requests as; needs \"as\"."},
    {"as_uid",                   &TYPE_STRING, OPTIONAL,             "User ID that the server treats requests as; needs \"as\"."},
    {"ignore_annotations",       &TYPE_LIST_OF_STRING, OPTIONAL,     "Regular expressions: annotations that other systems set, and that plan and state leave out unless the manifest has them. Annotations of pod templates are not affected."},
    {"ignore_labels",            &TYPE_LIST_OF_STRING, OPTIONAL,     "Regular expressions: labels that other systems set, and that plan and state leave out unless the manifest has them. Labels of pod templates are not affected."},
    {"requests_per_second",      &TYPE_NUMBER, OPTIONAL,             "Maximum number of requests per second (default: no limit).", .check = connection_check_positive},
    {"burst",                    &TYPE_NUMBER, OPTIONAL,             "Number of requests that may be sent at once before requests_per_second applies (default 100).", .check = connection_check_positive},
};

const Attribute kubernetes_exec_attributes[KUBERNETES_EXEC_COUNT] = {
    {"api_version", &TYPE_STRING,         REQUIRED,             "client.authentication.k8s.io/v1, or /v1beta1."},
    {"command",     &TYPE_STRING,         REQUIRED | STARTS_PROGRAM, "Program to run; without a slash it is searched in PATH."},
    {"args",        &TYPE_LIST_OF_STRING, OPTIONAL,             "Arguments of the program."},
    {"env",         &TYPE_MAP_OF_STRING,  OPTIONAL | SENSITIVE, "Additional environment variables."},
};
/* clang-format on */

const Block kubernetes_connection_blocks[] = {KUBERNETES_EXEC_BLOCK};
static_assert(ARRAY_COUNT(kubernetes_connection_attributes) == KUBERNETES_CONNECTION_COUNT,
              "whole");
static_assert(ARRAY_COUNT(kubernetes_connection_blocks) == KUBERNETES_CONNECTION_BLOCKS, "whole");

typedef struct Reading {
    const Call *call;
    Value config;
    Arena *arena;
} Reading;

/* Returns an argument, else the environment variable. */
static Str connection_text_of(const Reading *reading, const char *name, const char *variable) {
    Str text = object_text(reading->config, name, STR_EMPTY);
    return text.len ? text : process_variable(reading->call->io->process, variable);
}

static void connection_replace(const Reading *reading, Str *field, const char *name,
                               const char *variable) {
    Str text = connection_text_of(reading, name, variable);
    if (text.len)
        *field = text;
}

static void connection_add_path(const Reading *reading, Str path, StrVec *out) {
    Str home = process_variable(reading->call->io->process, "HOME");
    if (str_starts_with(path, STR("~/")) && home.len)
        path = disk_join(home, str_after(path, 2), reading->arena);
    if (path.len)
        vec_push(reading->arena, out, path);
}

/* Paths of arguments win over those of environment variables. */
static void connection_find_paths(const Reading *reading, StrVec *out) {
    const Process *process = reading->call->io->process;
    StrVec list = nested_list_texts(reading->config, "config_paths", reading->arena);
    Str rest = process_variable(process, "KUBE_CONFIG_PATHS");
    Str path = object_text(reading->config, "config_path", STR_EMPTY);
    if (path.len == 0 && list.count == 0)
        path = process_variable(process, "KUBE_CONFIG_PATH");
    connection_add_path(reading, path, out);
    vec_each(&list, item)
        connection_add_path(reading, *item, out);
    bool is_given = out->count > 0;
    while (!is_given && str_next_field(&rest, ':', &path))
        connection_add_path(reading, path, out);
}

static bool read_kubeconfig(const Reading *reading, KubeTarget *out, Diags *diags) {
    KubeChoice choice = {
        .content = object_text(reading->config, "config_content", STR_EMPTY),
        .is_exact = true,
        .allow_exec = object_bool(reading->config, "allow_exec", false),
        .context = connection_text_of(reading, "config_context", "KUBE_CTX"),
        .cluster = connection_text_of(reading, "config_context_cluster", "KUBE_CTX_CLUSTER"),
        .user_name = connection_text_of(reading, "config_context_auth_info", "KUBE_CTX_AUTH_INFO"),
    };
    const Io *io = reading->call->io;
    *out = (KubeTarget){0};
    if (choice.content.len == 0)
        connection_find_paths(reading, &choice.paths);
    if (choice.content.len || choice.paths.count)
        return kubeconfig_read(io, &choice, out, reading->arena, diags);
    if (connection_text_of(reading, "host", "KUBE_HOST").len)
        return true;
    choice.is_exact = false;
    return kubeconfig_find(io, &choice, out, reading->arena, diags);
}

/* The credential of the block replaces that of the kubeconfig as a whole. */
static void replace_credential(const Reading *reading, KubeTarget *target) {
    Value exec = object_nested(reading->config, "exec", reading->arena);
    Str token = connection_text_of(reading, "token", "KUBE_TOKEN");
    if (token.len) {
        target->token = token;
        target->token_file = STR_EMPTY;
        target->exec = (KubeExec){0};
    } else if (object_has(exec, "command")) {
        target->exec = (KubeExec){
            .command = object_text(exec, "command", STR_EMPTY),
            .api_version = object_text(exec, "api_version", STR_EMPTY),
            .args = nested_list_texts(exec, "args", reading->arena),
        };
        Value variables = object_attribute(exec, "env");
        for (size_t i = 0; value_is_present(variables) && i < variables.count; i++)
            vec_push(reading->arena, &target->exec.env,
                     str_format(reading->arena, "%.*s=%.*s", STR_ARG(value_key_at(variables, i)),
                                STR_ARG(value_text(value_at(variables, i)))));
        target->token = target->token_file = target->user = target->password = STR_EMPTY;
    }
}

static void replace_fields(const Reading *reading, KubeTarget *target) {
    static const Str truth = STR_CONST("true");
    connection_replace(reading, &target->server, "host", "KUBE_HOST");
    connection_replace(reading, &target->server_name, "tls_server_name", "KUBE_TLS_SERVER_NAME");
    connection_replace(reading, &target->proxy, "proxy_url", "KUBE_PROXY_URL");
    connection_replace(reading, &target->user, "username", "KUBE_USER");
    connection_replace(reading, &target->password, "password", "KUBE_PASSWORD");
    connection_replace(reading, &target->ca_certs, "cluster_ca_certificate",
                       "KUBE_CLUSTER_CA_CERT_DATA");
    connection_replace(reading, &target->certificate, "client_certificate",
                       "KUBE_CLIENT_CERT_DATA");
    connection_replace(reading, &target->key, "client_key", "KUBE_CLIENT_KEY_DATA");
    connection_replace(reading, &target->impersonation.user, "as", "");
    connection_replace(reading, &target->impersonation.uid, "as_uid", "");
    StrVec groups = nested_list_texts(reading->config, "as_groups", reading->arena);
    if (groups.count)
        target->impersonation.groups = groups;
    Str insecure = process_variable(reading->call->io->process, "KUBE_INSECURE");
    bool is_insecure = target->skip_verify || str_equal(insecure, truth);
    target->skip_verify = object_bool(reading->config, "insecure", is_insecure);
}

bool kubernetes_connection_read(const Call *call, Value config, KubeTarget *out, Arena *arena,
                                Diags *diags) {
    Reading reading = {.call = call, .config = config, .arena = arena};
    Str problem;
    if (!read_kubeconfig(&reading, out, diags))
        return false;
    replace_fields(&reading, out);
    replace_credential(&reading, out);
    if (!kube_target_finish(out, &problem, arena))
        return path_error(call, NO_PATH, diags, "Invalid provider configuration", "%.*s",
                          STR_ARG(problem));
    return out->server.len ||
           path_error(call, NO_PATH, diags, "No Kubernetes API server",
                      "Neither the provider block nor a kubeconfig names an API server. Set "
                      "\"config_path\" (or KUBE_CONFIG_PATH) to a kubeconfig file, or \"host\".");
}

static bool read_ignored(const Call *call, Value config, IgnoredKeys **out, Arena *run,
                         Diags *diags) {
    StrVec annotations = nested_list_texts(config, "ignore_annotations", run);
    StrVec labels = nested_list_texts(config, "ignore_labels", run);
    size_t bad;
    Str problem;
    *out = ignored_keys_open(&annotations, &labels, &bad, &problem, run);
    if (*out)
        return true;
    bool is_label = bad >= annotations.count;
    size_t index = is_label ? bad - annotations.count : bad;
    const char *name = is_label ? "ignore_labels" : "ignore_annotations";
    return path_error(call, PATH_AT(call, {name}, {.index = index}), diags,
                      "Invalid regular expression", "%.*s.", STR_ARG(problem));
}

bool kubernetes_connection_configure(const Call *call, const ConfigureRequest *request,
                                     ConfigureResponse *response, Diags *diags) {
    Value config = value_clone(request->config, request->run);
    KubeTarget target;
    IgnoredKeys *ignored;
    if (!read_ignored(call, config, &ignored, request->run, diags))
        return false;
    if (!kubernetes_connection_read(call, config, &target, request->run, diags)) {
        response->fails_at_use = true; /* a configuration without objects needs no server */
        ignored_keys_close(ignored);
        return false;
    }
    KubeClientOptions options = {
        .rate = (uint32_t)object_int(config, "requests_per_second", 0),
        .burst = (uint32_t)object_int(config, "burst", 0),
    };
    response->client = cluster_open(call->io, &target, &options, ignored, request->run);
    return true;
}

void kubernetes_connection_close(void *client) {
    cluster_close(client);
}

const ArgumentRule kubernetes_connection_rules[KUBERNETES_CONNECTION_RULES] = {
    {RULE_CONFLICTS, {"config_path", "config_paths", "config_content"}},
    {RULE_REQUIRED_WITH, {"as_groups", "as"}},
    {RULE_REQUIRED_WITH, {"as_uid", "as"}},
    {RULE_REQUIRED_WITH, {"allow_exec", "config_content"}},
};
