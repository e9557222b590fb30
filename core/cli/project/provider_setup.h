/* provider_setup: the provider part of `init`: installs the packages of providers that are
 * programs, and keeps the dependency lock file. */
#pragma once

#include "project.h"
#include "provider_install.h"
#include "provider_needs.h"

/* Installs what the configuration and the state of the project need. Reads the options -upgrade,
 * -plugin-dir and -lockfile. */
MUST_USE bool provider_setup_run(Project *project);
/* Returns the needs that packages serve. */
WantedProviders provider_setup_wanted(const ProviderNeeds *needs, Arena *arena);
/* Reads the state if it can be read now; NULL if not. */
const State *provider_setup_read_state(Project *project);
/* Shows a step of an installation; `payload` is the Cli. */
void provider_setup_tell(void *payload, Str people, Str log);
/* Returns all values of an option that can be repeated. */
StrVec provider_setup_values(const Project *project, const char *option);

/* Warnings of providers whose programs dev_overrides of the CLI configuration names. */

/* Adds the warning of commands that start the providers of the loaded configuration. Returns true
 * if there was a reason to warn. */
bool provider_setup_warn_of_overrides(Project *project);
/* The same, before a plan or an apply: the peers show the warning first, others at the end. */
void provider_setup_show_overrides(Project *project);
