/* cli_config: parses Terraform's CLI configuration file: where providers are installed from, and
 * the credentials of registries.
 *
 * The syntax is that of the first version of HCL: keys may be quoted, and nothing is evaluated. */
#pragma once

#include "diag.h"
#include "vec.h"

typedef enum CliMethod {
    CLI_METHOD_FILESYSTEM_MIRROR,
    CLI_METHOD_NETWORK_MIRROR,
    CLI_METHOD_OCI_MIRROR,
    CLI_METHOD_DIRECT,
} CliMethod;

/* One installation method of `provider_installation`. */
typedef struct CliInstallation {
    CliMethod method;
    Str path;       /* of a filesystem mirror; the URL of a network mirror, with a final slash; the
                       template of the repository of an OCI mirror */
    StrVec include; /* addresses in which an asterisk matches any part */
    bool has_include;
    StrVec exclude;
} CliInstallation;

/* A directory with the program of a provider, used instead of an installed one. */
typedef struct CliOverride {
    Str address; /* with host: registry.terraform.io/hashicorp/random */
    Str directory;
    bool is_of_project; /* a file of the project has the block */
} CliOverride;

/* Settings of a registry host. */
typedef struct CliHost {
    Str name;
    Str token;          /* of `credentials`; empty: none */
    Str providers;      /* URL of its service providers.v1; empty: by service discovery */
    Str modules;        /* URL of its service modules.v1 */
    Str states;         /* URL of its service tfe.v2 */
    bool is_configured; /* by a block `credentials`, which `login` and `logout` do not change */
    bool has_services;
} CliHost;

/* A block oci_credentials: credentials of repositories in an OCI registry. */
typedef struct CliOciCredentials {
    Str prefix; /* HOST or HOST/PATH */
    Str user;
    Str password;
    Str access_token;
    Str refresh_token;
    Str helper; /* docker_credentials_helper */
} CliOciCredentials;

/* The block oci_default_credentials. */
typedef struct CliOciDefaults {
    bool is_off; /* no files are searched */
    bool has_files;
    StrVec files; /* searched instead of the usual ones */
    Str helper;
} CliOciDefaults;

typedef struct CliConfig {
    Str default_host; /* of addresses without a host; empty: PROVIDER_DEFAULT_HOST */
    Str plugin_cache_dir;
    bool cache_may_break_lock; /* plugin_cache_may_break_dependency_lock_file */
    bool is_of_project;        /* a file within the working directory is part of it */
    bool is_of_option;         /* `installations` are those of -plugin-dir */
    bool has_installation;     /* `installations` is complete, even if it is empty */
    VEC(CliOverride) overrides;
    VEC(CliInstallation) installations;
    VEC(CliHost) hosts;
    Str helper; /* name of the program for credentials; empty: none */
    StrVec helper_arguments;
    VEC(CliOciCredentials) oci_credentials;
    CliOciDefaults oci_defaults;
} CliConfig;

/* Adds the settings of a text to *config; ignores unknown ones. `path` is for errors. The results
 * are in `arena`. */
MUST_USE bool cli_config_parse(Str text, Str path, CliConfig *config, Arena *arena, Diags *diags);
/* Returns whether this method applies to the provider, by its include and exclude patterns. */
bool cli_config_serves(const CliInstallation *installation, Str address);
/* Expands the template of an OCI mirror for a provider. Returns false if it is not valid. */
MUST_USE bool cli_config_repository(const CliInstallation *installation, Str address, Str *out,
                                    Arena *arena);
/* Returns the settings of a host; adds them if there are none. `name` is not copied. */
CliHost *cli_config_add_host(CliConfig *config, Str name, Arena *arena);
/* Returns the settings of a host, or NULL. */
CliHost *cli_config_find_host(const CliConfig *config, Str host);
