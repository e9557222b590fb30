/* One row a provisioner. `one_of` are arguments of which exactly one is given. */
#include "provisioner_schema.h"

static const Attribute local_exec_attributes[] = {
    {"command",     &TYPE_STRING,         REQUIRED, "The command line that the interpreter runs."},
    {"interpreter", &TYPE_LIST_OF_STRING, OPTIONAL,
     "The program that runs it, and its first words."                                            },
    {"working_dir", &TYPE_STRING,         OPTIONAL, "The folder in which it runs."               },
    {"environment", &TYPE_MAP_OF_STRING,  OPTIONAL, "Variables added to the environment."        },
    {"quiet",       &TYPE_BOOL,           OPTIONAL, "Do not show the command itself."            },
};

static const Attribute remote_exec_attributes[] = {
    {"inline",  &TYPE_LIST_OF_STRING, OPTIONAL, "Command lines, run one after the other."     },
    {"script",  &TYPE_STRING,         OPTIONAL, "A local script that is copied there and run."},
    {"scripts", &TYPE_LIST_OF_STRING, OPTIONAL, "Several of them, in this order."             },
};

static const Attribute file_attributes[] = {
    {"source",      &TYPE_STRING, OPTIONAL, "The local file or folder."    },
    {"content",     &TYPE_STRING, OPTIONAL, "What the file is to hold."    },
    {"destination", &TYPE_STRING, REQUIRED, "Where it goes on the machine."},
};

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

typedef struct ProvisionerType {
    const char *name;
    Schema schema;
    const char *one_of[3];
} ProvisionerType;

static const ProvisionerType types[] = {
    {"local-exec",  {SCHEMA_ATTRIBUTES(local_exec_attributes)},  {NULL}                         },
    {"remote-exec", {SCHEMA_ATTRIBUTES(remote_exec_attributes)}, {"inline", "script", "scripts"}},
    {"file",        {SCHEMA_ATTRIBUTES(file_attributes)},        {"source", "content"}          },
};

static const Schema connection_schema = {SCHEMA_ATTRIBUTES(connection_attributes)};

static const ProvisionerType *find_type(Str name) {
    for (size_t i = 0; i < ARRAY_COUNT(types); i++)
        if (str_equal_cstr(name, types[i].name))
            return &types[i];
    return NULL;
}

const Schema *provisioner_schema_find(Str type) {
    const ProvisionerType *found = find_type(type);
    return found ? &found->schema : NULL;
}

const Schema *provisioner_schema_connection(void) {
    return &connection_schema;
}

bool provisioner_schema_check(Str type, Value config, SourceRange range, Diags *diags) {
    const ProvisionerType *found = find_type(type);
    size_t given = 0;
    size_t index;
    if (!found || !found->one_of[0])
        return true;
    for (size_t i = 0; i < ARRAY_COUNT(found->one_of) && found->one_of[i]; i++)
        if (type_find_attribute(config.type, str_from_cstr(found->one_of[i]), &index))
            given += !value_is_null(value_at(config, index));
    if (given == 1)
        return true;
    bool has_third = found->one_of[2] != NULL;
    Diag *diag =
        diags_error(diags, range, "Invalid provisioner configuration",
                    "A \"%s\" provisioner needs one of \"%s\"%s \"%s\"%s%s%s, and this one has %s.",
                    found->name, found->one_of[0], has_third ? "," : " and", found->one_of[1],
                    has_third ? " and \"" : "", has_third ? found->one_of[2] : "",
                    has_third ? "\"" : "", given ? "several" : "none");
    diag->is_unplaced = true;
    return false;
}
