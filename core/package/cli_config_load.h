/* cli_config_load: finds and reads the CLI configuration of the user.
 *
 * Files, in this order: TF_CLI_CONFIG_FILE, or else ~/.terraformrc (for the name tofu: ~/.tofurc
 * first) and *.tfrc in ~/.terraform.d; then ~/.terraform.d/credentials.tfrc.json, which `login`
 * writes.
 *
 * The checkout of a project must not choose where programs come from. So a file, mirror,
 * cache or override within the working directory is an error, unless the home directory is there,
 * too. With LOAM_TRUST_PROJECT_PROGRAMS=1 in the environment, only an override is. */
#pragma once

#include "cli_config.h"
#include "io.h"

/* *out is in `arena`. `default_host`: of addresses without a host. A missing file is no error. */
MUST_USE bool cli_config_load(const Io *io, bool is_tofu, Str default_host, CliConfig *out,
                              Arena *arena, Diags *diags);
/* Returns the path of the file with the tokens of `login`. */
Str cli_config_credentials_path(const Io *io, Arena *arena);
/* Returns whether the path is within the working directory. */
bool cli_config_is_below(const Io *io, Str path, Arena *arena);
/* Returns whether the project supplies the path: it is within the working directory, and the home
 * directory is not. */
bool cli_config_is_in_project(const Io *io, Str path, Arena *arena);
/* Returns whether the user's environment accepts programs that the files of a project choose, if
 * the dependency lock file has their hashes: LOAM_TRUST_PROJECT_PROGRAMS=1. */
bool cli_config_trusts_project(const Io *io);
