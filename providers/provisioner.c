/* provisioner: arguments of `connection` blocks, and checks beyond the schemas. */
#include "provisioner.h"

#include "convert.h"

static const Attribute connection_attributes[] = {
    {"type", &TYPE_STRING, OPTIONAL, "\"ssh\" or \"winrm\"."},
    {"host", &TYPE_STRING, REQUIRED, "Address of the machine."},
    {"port", &TYPE_NUMBER, OPTIONAL, "SSH port."},
    {"user", &TYPE_STRING, OPTIONAL, "User name."},
    {"password", &TYPE_STRING, OPTIONAL | SENSITIVE, "Password."},
    {"timeout", &TYPE_STRING, OPTIONAL, "Maximum duration of connection attempts, such as \"5m\"."},
    {"script_path", &TYPE_STRING, OPTIONAL, "Path of uploaded scripts on the machine."},
    {"target_platform", &TYPE_STRING, OPTIONAL, "\"unix\" or \"windows\"."},
    {"private_key", &TYPE_STRING, OPTIONAL | SENSITIVE, "Private key."},
    {"certificate", &TYPE_STRING, OPTIONAL, "Certificate of the private key."},
    {"agent", &TYPE_BOOL, OPTIONAL, "Whether to use keys of the SSH agent."},
    {"agent_socket", &TYPE_STRING, OPTIONAL,
     "Path of the SSH agent's socket; \"none\" uses no agent."},
    {"agent_identity", &TYPE_STRING, OPTIONAL, "First key of the agent to use."},
    {"host_key", &TYPE_STRING, OPTIONAL, "Host key of the machine."},
    {"proxy_scheme", &TYPE_STRING, OPTIONAL, "\"http\", \"https\" or \"socks5\"."},
    {"proxy_host", &TYPE_STRING, OPTIONAL, "Proxy host."},
    {"proxy_port", &TYPE_NUMBER, OPTIONAL, "Proxy port."},
    {"proxy_user_name", &TYPE_STRING, OPTIONAL, "User name for the proxy."},
    {"proxy_user_password", &TYPE_STRING, OPTIONAL | SENSITIVE, "Password for the proxy."},
    {"ssh_config", &TYPE_STRING, OPTIONAL | STARTS_PROGRAM | CALLERS_TEXT,
     "Path of a client configuration of OpenSSH, which supplies what other arguments do not."},
    {"proxy_command", &TYPE_STRING, OPTIONAL | STARTS_PROGRAM | CALLERS_TEXT,
     "Command that connects its standard input and output to the machine, such as \"nc %h %p\"."},
    {"proxy_url", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "Proxy to the machine: \"http://USER:PASSWORD@HOST:PORT\", https://, socks5:// or "
     "socks5h://."},
    {"bastion_host", &TYPE_STRING, OPTIONAL, "Bastion host."},
    {"bastion_host_key", &TYPE_STRING, OPTIONAL, "Host key of the bastion host."},
    {"bastion_port", &TYPE_NUMBER, OPTIONAL, "SSH port."},
    {"bastion_user", &TYPE_STRING, OPTIONAL, "User name for the bastion host."},
    {"bastion_password", &TYPE_STRING, OPTIONAL | SENSITIVE, "Password for the bastion host."},
    {"bastion_private_key", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "Private key for the bastion host."},
    {"bastion_certificate", &TYPE_STRING, OPTIONAL, "Certificate of the private key."},
    {"https", &TYPE_BOOL, OPTIONAL, "winrm: whether to use TLS."},
    {"insecure", &TYPE_BOOL, OPTIONAL,
     "winrm: whether to skip the verification of the certificate."},
    {"cacert", &TYPE_STRING, OPTIONAL, "winrm: certificate of the certificate authority."},
    {"use_ntlm", &TYPE_BOOL, OPTIONAL, "winrm: whether to authenticate with NTLM."},
};

/* Arguments of which only one value is supported besides null, as text; NULL: none. */
static const struct {
    const char *name;
    const char *value;
} limited_arguments[] = {
    {"type", "ssh"},
    {"target_platform", "unix"},
    {"proxy_scheme", NULL},
    {"proxy_host", NULL},
    {"proxy_port", NULL},
    {"proxy_user_name", NULL},
    {"proxy_user_password", NULL},
    {"https", "false"},
    {"insecure", "false"},
    {"cacert", NULL},
    {"use_ntlm", "false"},
};

bool provisioner_connection_supports(Str name, Value value, Arena *arena) {
    size_t row = 0;
    Value text;
    ConvertError ignored;
    while (row < ARRAY_COUNT(limited_arguments) &&
           !str_equal_cstr(name, limited_arguments[row].name))
        row++;
    if (row == ARRAY_COUNT(limited_arguments) || !value_is_present(value))
        return true;
    const char *only = limited_arguments[row].value;
    return only &&
           convert_value(value_without_marks(value), &TYPE_STRING, &text, &ignored, arena) &&
           str_equal_cstr(value_text(text), only);
}

const Schema provisioner_connection = {SCHEMA_ATTRIBUTES(connection_attributes)};

const ProvisionerType *provisioner_find(const ProvisionerTable *table, Str name) {
    for (size_t i = 0; table && i < table->count; i++) {
        if (str_equal_cstr(name, table->rows[i]->name))
            return table->rows[i];
    }
    return NULL;
}

static void provisioner_add_name(StrBuf *text, const char *name, bool is_last) {
    const char *before = text->len == 0 ? "" : is_last ? " and " : ", ";
    strbuf_add_format(text, "%s\"%s\"", before, name);
}

Str provisioner_names(const ProvisionerTable *table, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    size_t count = table ? table->count : 0;
    for (size_t i = 0; i < count; i++)
        provisioner_add_name(&text, table->rows[i]->name, i + 1 == count);
    return strbuf_str(&text);
}

bool provisioner_check(const ProvisionerType *type, Value config, SourceRange range, Diags *diags) {
    StrBuf names = strbuf_new(diags->arena);
    size_t given = 0, unknown = 0;
    if (!type->one_of)
        return true;
    for (const char *const *name = type->one_of; *name; name++) {
        Value value;
        bool is_found = value_find(config, str_from_cstr(*name), &value);
        given += is_found && value_is_present(value);
        unknown += is_found && !value_is_known(value);
        provisioner_add_name(&names, *name, !name[1]);
    }
    if (given == 1 || (given == 0 && unknown > 0))
        return true;
    Diag *diag = diags_error(diags, range, "Invalid provisioner configuration",
                             "A \"%s\" provisioner requires one of %.*s, and this one has %s.",
                             type->name, STR_ARG(strbuf_str(&names)), given ? "several" : "none");
    diag->subject = DIAG_RELATION;
    return false;
}
