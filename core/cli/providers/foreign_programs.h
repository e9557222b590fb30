/* foreign_programs: decides which provider answers a name, and locates programs of providers: by
 * TF_REATTACH_PROVIDERS, by dev_overrides of the CLI configuration, else in the directory of
 * installed packages, as the dependency lock file says. */
#pragma once

#include "cli.h"
#include "dependency_lock.h"
#include "foreign_source.h"
#include "package_source.h"

typedef struct ForeignPrograms ForeignPrograms;

/* What answers for a provider, in the order of precedence. */
typedef enum ProviderAnswer {
    PROVIDER_REATTACHED, /* a running process, by TF_REATTACH_PROVIDERS */
    PROVIDER_OVERRIDDEN, /* a program of dev_overrides */
    PROVIDER_BUILT_IN,
    PROVIDER_INSTALLED, /* a package, by the dependency lock file */
} ProviderAnswer;

/* Adds a source of providers that are programs to the registry. Reads no file before the first
 * lookup. */
ForeignPrograms *foreign_programs_open(Cli *cli);
/* Returns the providers of loam. */
const Registry *foreign_programs_registry(const ForeignPrograms *programs);
/* Ends the processes. Accepts NULL. */
void foreign_programs_close(ForeignPrograms *programs);

/* Sets the function that gives the version constraints of a provider, which the dependency lock
 * must meet; empty: none. */
typedef Str (*ForeignConstraints)(void *payload, Str address, Arena *arena);
void foreign_programs_set_constraints(ForeignPrograms *programs, ForeignConstraints constraints,
                                      void *payload);
/* Makes a missing provider the error that `validate` reports. */
void foreign_programs_set_validating(ForeignPrograms *programs);
/* Returns the CLI configuration with its installation methods; NULL after adding an error. */
CliConfig *foreign_programs_config(ForeignPrograms *programs, Diags *diags);
/* Sets the addresses that the configuration names with their hosts. */
void foreign_programs_set_explicit(ForeignPrograms *programs, StrVec addresses);
/* Returns the address that a name means: one of loam's own, else hashicorp/NAME. An address of the
 * other public registry that the configuration does not name in full means the default host. */
Str foreign_programs_address(const ForeignPrograms *programs, Str name, Arena *arena);
MUST_USE bool foreign_programs_answer(ForeignPrograms *programs, Str name, ProviderAnswer *out,
                                      Diags *diags);
/* Sets *is_locked: the dependency lock file selects a version of the provider, for this or the
 * other public registry. Returns false after adding an error if the file cannot be read. */
MUST_USE bool foreign_programs_is_locked(const ForeignPrograms *programs, Str address,
                                         bool *is_locked, Diags *diags);
/* Returns the directory that dev_overrides name for the address; empty if none. */
Str foreign_programs_override(const ForeignPrograms *programs, Str address);
/* Returns the directory of installed packages: .loam/providers, or .terraform/providers if it
 * exists, so that both programs share packages. */
Str foreign_programs_directory(const Cli *cli);
