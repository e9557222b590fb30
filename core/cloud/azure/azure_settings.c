/* azure_settings: an argument wins over its variables. */
#include "azure_settings.h"
#include "problem.h"

static const struct {
    const char *attribute;
    const char *name;
} variables[] = {AZURE_SETTINGS_VARIABLES};

static Str settings_variable(const Io *io, const char *attribute) {
    Str text = STR_EMPTY;
    for (size_t i = 0; i < ARRAY_COUNT(variables) && io->process && text.len == 0; i++) {
        if (strcmp(variables[i].attribute, attribute) == 0)
            text = process_variable(io->process, variables[i].name);
    }
    return text;
}

static Str settings_text(const Io *io, Value config, const char *attribute) {
    Str text = value_text_at(config, str_from_cstr(attribute));
    return text.len ? text : settings_variable(io, attribute);
}

static bool settings_flag(const Io *io, Value config, const char *attribute, bool fallback) {
    Value value;
    if (value_find_present(config, str_from_cstr(attribute), &value))
        return value_is_true(value);
    Str text = settings_variable(io, attribute);
    return text.len ? str_equal_cstr(text, "true") || str_equal_cstr(text, "1") : fallback;
}

void azure_settings_read(const Io *io, Value config, AzureLoginSettings *out) {
    *out = (AzureLoginSettings){
        .tenant_id = settings_text(io, config, "tenant_id"),
        .client_id = settings_text(io, config, "client_id"),
        .client_id_file = settings_text(io, config, "client_id_file_path"),
        .client_secret = settings_text(io, config, "client_secret"),
        .client_secret_file = settings_text(io, config, "client_secret_file_path"),
        .certificate = settings_text(io, config, "client_certificate"),
        .certificate_file = settings_text(io, config, "client_certificate_path"),
        .certificate_password = settings_text(io, config, "client_certificate_password"),
        .uses_oidc = settings_flag(io, config, "use_oidc", false),
        .oidc_token = settings_text(io, config, "oidc_token"),
        .oidc_token_file = settings_text(io, config, "oidc_token_file_path"),
        .oidc_request_url = settings_text(io, config, "oidc_request_url"),
        .oidc_request_token = settings_text(io, config, "oidc_request_token"),
        .ado_connection = settings_text(io, config, "ado_service_connection_id"),
        .uses_machine = settings_flag(io, config, "use_msi", false),
        .machine_endpoint = settings_text(io, config, "msi_endpoint"),
        .uses_workload = settings_flag(io, config, "use_aks_workload_identity", false),
        .uses_cli = settings_flag(io, config, "use_cli", true),
    };
}

bool azure_settings_cloud(const Io *io, Value config, AzureCloud *out, Str *problem, Arena *arena) {
    Str name = settings_text(io, config, "environment");
    Str host = settings_text(io, config, "metadata_host");
    Str why = STR_EMPTY;
    if (name.len && host.len)
        return problem_text(problem, "\"environment\" and \"metadata_host\" cannot be combined");
    if (host.len == 0)
        return azure_cloud_find(name, out) ||
               problem_text(problem, "\"environment\" is not a cloud of Azure");
    return azure_cloud_fetch(io, host, out, &why, arena) ||
           problem_set(problem, arena,
                       "the addresses of the cloud are not found, check \"metadata_host\": %.*s",
                       STR_ARG(why));
}
