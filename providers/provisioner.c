/* provisioner: arguments of `connection` blocks, and checks beyond the schemas. */
#include "provisioner.h"

static const Attribute connection_attributes[] = {
    {"type",                &TYPE_STRING, OPTIONAL,             "\"ssh\" or \"winrm\"."                            },
    {"host",                &TYPE_STRING, REQUIRED,             "The machine's address."                           },
    {"port",                &TYPE_NUMBER, OPTIONAL,             "Its port."                                        },
    {"user",                &TYPE_STRING, OPTIONAL,             "Who logs in."                                     },
    {"password",            &TYPE_STRING, OPTIONAL | SENSITIVE, "The password."                                    },
    {"timeout",             &TYPE_STRING, OPTIONAL,             "How long to try, such as \"5m\"."                 },
    {"script_path",         &TYPE_STRING, OPTIONAL,             "Where scripts are put on the machine."            },
    {"target_platform",     &TYPE_STRING, OPTIONAL,             "\"unix\" or \"windows\"."                         },
    {"private_key",         &TYPE_STRING, OPTIONAL | SENSITIVE, "The key that opens the machine."                  },
    {"certificate",         &TYPE_STRING, OPTIONAL,             "A certificate for that key."                      },
    {"agent",               &TYPE_BOOL,   OPTIONAL,             "Ask the agent for keys."                          },
    {"agent_identity",      &TYPE_STRING, OPTIONAL,             "Which of the agent's keys comes first."           },
    {"host_key",            &TYPE_STRING, OPTIONAL,             "The key by which the machine is recognised."      },
    {"proxy_scheme",        &TYPE_STRING, OPTIONAL,             "\"http\", \"https\" or \"socks5\"."               },
    {"proxy_host",          &TYPE_STRING, OPTIONAL,             "A proxy on the way."                              },
    {"proxy_port",          &TYPE_NUMBER, OPTIONAL,             "The proxy's port."                                },
    {"proxy_user_name",     &TYPE_STRING, OPTIONAL,             "Who logs in at the proxy."                        },
    {"proxy_user_password", &TYPE_STRING, OPTIONAL | SENSITIVE, "The password for the proxy."                      },
    {"bastion_host",        &TYPE_STRING, OPTIONAL,             "A machine to go through."                         },
    {"bastion_host_key",    &TYPE_STRING, OPTIONAL,             "The key by which that machine is recognised."     },
    {"bastion_port",        &TYPE_NUMBER, OPTIONAL,             "Its port."                                        },
    {"bastion_user",        &TYPE_STRING, OPTIONAL,             "Who logs in there."                               },
    {"bastion_password",    &TYPE_STRING, OPTIONAL | SENSITIVE, "The password there."                              },
    {"bastion_private_key", &TYPE_STRING, OPTIONAL | SENSITIVE, "The key that opens that machine."                 },
    {"bastion_certificate", &TYPE_STRING, OPTIONAL,             "A certificate for that key."                      },
    {"https",               &TYPE_BOOL,   OPTIONAL,             "winrm: over TLS."                                 },
    {"insecure",            &TYPE_BOOL,   OPTIONAL,             "winrm: without checking the certificate."         },
    {"cacert",              &TYPE_STRING, OPTIONAL,             "winrm: the authority that signed the certificate."},
    {"use_ntlm",            &TYPE_BOOL,   OPTIONAL,             "winrm: log in by NTLM."                           },
};

const Schema provisioner_connection = {SCHEMA_ATTRIBUTES(connection_attributes)};

const ProvisionerType *provisioner_find(const ProvisionerTable *table, Str name) {
    for (size_t i = 0; table && i < table->count; i++) {
        if (str_equal_cstr(name, table->rows[i]->name))
            return table->rows[i];
    }
    return NULL;
}

static void add_name(StrBuf *text, const char *name, bool is_last) {
    const char *before = text->len == 0 ? "" : is_last ? " and " : ", ";
    strbuf_add_format(text, "%s\"%s\"", before, name);
}

Str provisioner_names(const ProvisionerTable *table, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    size_t count = table ? table->count : 0;
    for (size_t i = 0; i < count; i++)
        add_name(&text, table->rows[i]->name, i + 1 == count);
    return strbuf_str(&text);
}

bool provisioner_check(const ProvisionerType *type, Value config, SourceRange range, Diags *diags) {
    StrBuf names = strbuf_new(diags->arena);
    size_t given = 0;
    if (!type->one_of)
        return true;
    for (const char *const *name = type->one_of; *name; name++) {
        Value value;
        given += value_find(config, str_from_cstr(*name), &value) && !value_is_null(value);
        add_name(&names, *name, !name[1]);
    }
    if (given == 1)
        return true;
    Diag *diag = diags_error(diags, range, "Invalid provisioner configuration",
                             "A \"%s\" provisioner needs one of %.*s, and this one has %s.",
                             type->name, STR_ARG(strbuf_str(&names)), given ? "several" : "none");
    diag->subject = DIAG_RELATION;
    return false;
}
