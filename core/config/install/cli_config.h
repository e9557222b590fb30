/* cli_config: reads the settings of Terraform's CLI configuration file that locate providers:
 * `provider_installation` with `filesystem_mirror` and `dev_overrides`.
 *
 * The syntax is that of the first version of HCL: keys may be quoted, and nothing is evaluated. */
#pragma once

#include "diag.h"
#include "vec.h"

typedef enum CliMethod {
    CLI_METHOD_FILESYSTEM_MIRROR,
    CLI_METHOD_NETWORK_MIRROR,
    CLI_METHOD_DIRECT,
} CliMethod;

/* One installation method of `provider_installation`. */
typedef struct CliInstallation {
    CliMethod method;
    Str path;       /* of a filesystem mirror */
    StrVec include; /* addresses in which an asterisk matches any part */
    bool has_include;
    StrVec exclude;
} CliInstallation;

/* A directory with the program of a provider, used instead of an installed one. */
typedef struct CliOverride {
    Str address; /* with host: registry.terraform.io/hashicorp/random */
    Str directory;
} CliOverride;

typedef struct CliConfig {
    VEC(CliOverride) overrides;
    VEC(CliInstallation) installations;
} CliConfig;

/* Reads a configuration; ignores unknown settings. `path` is for errors. *out is in `arena`. */
MUST_USE bool cli_config_parse(Str text, Str path, CliConfig *out, Arena *arena, Diags *diags);
/* Returns the address with host and namespace: random → registry.terraform.io/hashicorp/random. */
Str cli_config_address(Str name, Arena *arena);
/* Returns whether this method applies to the provider, by its include and exclude patterns. */
bool cli_config_serves(const CliInstallation *installation, Str address);
