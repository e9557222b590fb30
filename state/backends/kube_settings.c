/* kube_settings: merges kubeconfig files with the backend's block. */
#include "kube_settings.h"
#include "backend_settings.h"

static Str settings_text_of(Value config, const char *name) {
    return backend_settings_text(config, name, "");
}

static void settings_add_path(const Io *io, Str path, StrVec *out, Arena *arena) {
    Str home = process_variable(io->process, "HOME");
    if (str_starts_with(path, STR("~/")) && home.len)
        path = disk_join(home, str_after(path, 2), arena);
    if (path.len)
        vec_push(arena, out, path);
}

static void settings_find_paths(const Io *io, Value config, StrVec *out, Arena *arena) {
    Value list;
    Str path = settings_text_of(config, "config_path");
    Str rest = process_variable(io->process, "KUBE_CONFIG_PATHS");
    if (path.len) {
        settings_add_path(io, path, out, arena);
    } else if (value_find(config, STR("config_paths"), &list) && value_is_present(list)) {
        for (size_t i = 0; i < list.count; i++)
            settings_add_path(io, value_text(value_at(list, i)), out, arena);
    } else {
        while (rest.len && str_next_field(&rest, ':', &path))
            settings_add_path(io, path, out, arena);
    }
}

static bool settings_find_target(const Io *io, Value config, KubeTarget *out, Arena *arena,
                                 Diags *diags) {
    KubeChoice choice = {
        .context = settings_text_of(config, "config_context"),
        .cluster = settings_text_of(config, "config_context_cluster"),
        .user_name = settings_text_of(config, "config_context_auth_info"),
    };
    if (backend_settings_bool(config, "load_config_file", true))
        settings_find_paths(io, config, &choice.paths, arena);
    bool says_where = choice.paths.count || settings_text_of(config, "host").len;
    if (backend_settings_bool(config, "in_cluster_config", false) ||
        (!says_where && kube_pod_exists(io)))
        return kube_pod_read(io, out, arena, diags);
    return kubeconfig_read(io, &choice, out, arena, diags);
}

static void settings_replace(Str *field, Value config, const char *name) {
    Str text = settings_text_of(config, name);
    if (text.len)
        *field = text;
}

static void add_args(Value list, StrVec *out, Arena *arena) {
    for (size_t i = 0; value_is_present(list) && i < list.count; i++)
        vec_push(arena, out, value_text(value_at(list, i)));
}

static void settings_add_variables(Value map, StrVec *out, Arena *arena) {
    for (size_t i = 0; value_is_present(map) && i < map.count; i++)
        vec_push(arena, out,
                 str_format(arena, "%.*s=%.*s", STR_ARG(value_key_at(map, i)),
                            STR_ARG(value_text(value_at(map, i)))));
}

/* Reads the block "exec". */
static void settings_read_exec(Value config, KubeTarget *out, Arena *arena) {
    Value block, list;
    if (!value_find(config, STR("exec"), &block) || !value_is_present(block))
        return;
    KubeExec exec = {
        .command = settings_text_of(block, "command"),
        .api_version = settings_text_of(block, "api_version"),
    };
    if (value_find(block, STR("args"), &list))
        add_args(list, &exec.args, arena);
    if (value_find(block, STR("env"), &list))
        settings_add_variables(list, &exec.env, arena);
    out->exec = exec;
    out->token = out->token_file = out->user = out->password = STR_EMPTY;
}

/* A configured token replaces the token file and the credential plugin. */
static void replace_token(KubeTarget *target, Value config) {
    Str token = settings_text_of(config, "token");
    if (token.len == 0)
        return;
    target->token = token;
    target->token_file = STR_EMPTY;
    target->exec = (KubeExec){0};
}

static bool settings_fail(Diags *diags, Str why) {
    return diags_fail(diags, NO_RANGE, "Invalid backend configuration", "%.*s", STR_ARG(why));
}

/* Settings of the block win over those of kubeconfig files. */
bool kube_settings_read(const Io *io, Value config, KubeTarget *out, Arena *arena, Diags *diags) {
    KubeTarget target = {0};
    if (!settings_find_target(io, config, &target, arena, diags))
        return false;
    settings_replace(&target.server, config, "host");
    settings_replace(&target.proxy, config, "proxy_url");
    settings_replace(&target.user, config, "username");
    settings_replace(&target.password, config, "password");
    settings_replace(&target.ca_certs, config, "cluster_ca_certificate");
    settings_replace(&target.certificate, config, "client_certificate");
    settings_replace(&target.key, config, "client_key");
    settings_read_exec(config, &target, arena);
    replace_token(&target, config);
    target.skip_verify = backend_settings_bool(config, "insecure", target.skip_verify);
    Str problem;
    if (!kube_target_finish(&target, &problem, arena))
        return settings_fail(diags, problem);
    if (target.server.len == 0)
        return settings_fail(diags,
                             STR("The address of the Kubernetes API server is missing. Set "
                                 "\"config_path\" (or KUBE_CONFIG_PATH) to a kubeconfig file, or "
                                 "\"host\"."));
    *out = target;
    return true;
}

const Attribute kube_settings_attributes[] = {
    {"secret_suffix", &TYPE_STRING, REQUIRED,
     "Suffix of the Secret's name, tfstate-WORKSPACE-SUFFIX."},
    {"namespace", &TYPE_STRING, OPTIONAL, "Namespace of the Secret (default \"default\")."},
    {"labels", &TYPE_MAP_OF_STRING, OPTIONAL, "Additional labels of the created objects."},
    {"lease_seconds", &TYPE_NUMBER, OPTIONAL,
     "Seconds until the lock expires if its holder does not renew it, from 3 to 3600 (default 0: "
     "the "
     "lock does not expire)."},
    {"config_path", &TYPE_STRING, OPTIONAL | STARTS_PROGRAM, "Path of a kubeconfig file."},
    {"config_paths", &TYPE_LIST_OF_STRING, OPTIONAL | STARTS_PROGRAM,
     "Paths of several kubeconfig files (default: $KUBE_CONFIG_PATHS, separated by colons)."},
    {"load_config_file", &TYPE_BOOL, OPTIONAL, "Whether to read kubeconfig files (default true)."},
    {"config_context", &TYPE_STRING, OPTIONAL,
     "Context in the kubeconfig files (default: the current one)."},
    {"config_context_cluster", &TYPE_STRING, OPTIONAL,
     "Cluster in the kubeconfig files (default: that of the context)."},
    {"config_context_auth_info", &TYPE_STRING, OPTIONAL,
     "User in the kubeconfig files (default: that of the context)."},
    {"in_cluster_config", &TYPE_BOOL, OPTIONAL,
     "Whether to use the service account of the pod in which loam runs."},
    {"host", &TYPE_STRING, OPTIONAL, "Address of the API server."},
    {"proxy_url", &TYPE_STRING, OPTIONAL, "Proxy to the API server: http, https or socks5."},
    {"insecure", &TYPE_BOOL, OPTIONAL,
     "Whether to skip the verification of the server's certificate."},
    {"cluster_ca_certificate", &TYPE_STRING, OPTIONAL,
     "Certificates of the server's certificate authorities, as PEM text."},
    {"token", &TYPE_STRING, OPTIONAL | SENSITIVE, "Bearer token of an account."},
    {"client_certificate", &TYPE_STRING, OPTIONAL, "Client certificate, as PEM text."},
    {"client_key", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "Key of the client certificate, as PEM text."},
    {"username", &TYPE_STRING, OPTIONAL, "Credentials for basic authentication."},
    {"password", &TYPE_STRING, OPTIONAL | SENSITIVE, "Credentials for basic authentication."},
};
static_assert(ARRAY_COUNT(kube_settings_attributes) == KUBE_SETTINGS_COUNT, "the table is whole");

static const Attribute exec_attributes[] = {
    {"api_version", &TYPE_STRING, REQUIRED, "client.authentication.k8s.io/v1, or /v1beta1."},
    {"command", &TYPE_STRING, REQUIRED | STARTS_PROGRAM, "Program to run."},
    {"args", &TYPE_LIST_OF_STRING, OPTIONAL, "Arguments of the program."},
    {"env", &TYPE_MAP_OF_STRING, OPTIONAL | SENSITIVE, "Additional environment variables."},
};

const Block kube_settings_blocks[] = {
    {"exec",
     NEST_SINGLE,
     {SCHEMA_ATTRIBUTES(exec_attributes),
      .description = "Program that prints the credentials, as in a kubeconfig file."},
     .max_items = 1},
};
static_assert(ARRAY_COUNT(kube_settings_blocks) == KUBE_SETTINGS_BLOCKS, "the table is whole");

const BackendVariable kube_settings_variables[] = {
    {"namespace", "KUBE_NAMESPACE"},
    {"config_path", "KUBE_CONFIG_PATH"},
    {"load_config_file", "KUBE_LOAD_CONFIG_FILE"},
    {"config_context", "KUBE_CTX"},
    {"config_context_cluster", "KUBE_CTX_CLUSTER"},
    {"config_context_auth_info", "KUBE_CTX_AUTH_INFO"},
    {"in_cluster_config", "KUBE_IN_CLUSTER_CONFIG"},
    {"host", "KUBE_HOST"},
    {"proxy_url", "KUBE_PROXY_URL"},
    {"insecure", "KUBE_INSECURE"},
    {"cluster_ca_certificate", "KUBE_CLUSTER_CA_CERT_DATA"},
    {"token", "KUBE_TOKEN"},
    {"client_certificate", "KUBE_CLIENT_CERT_DATA"},
    {"client_key", "KUBE_CLIENT_KEY_DATA"},
    {"username", "KUBE_USER"},
    {"password", "KUBE_PASSWORD"},
};
static_assert(ARRAY_COUNT(kube_settings_variables) == KUBE_SETTINGS_VARIABLES,
              "the table is whole");
