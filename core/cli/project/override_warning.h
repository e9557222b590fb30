/* override_warning: warns of providers whose programs dev_overrides of the CLI configuration
 * names. */
#pragma once

#include "project.h"
#include "provider_needs.h"

/* Adds the warning of `init` if dev_overrides name a program of these needs. */
void override_warning_of_init(Project *project, const ProviderNeeds *needs);
/* Adds the warning of commands that start the providers of the loaded configuration. Returns true
 * if there was a reason to warn. */
bool override_warning_of_run(Project *project);
/* The same, before a plan or an apply: the peers show the warning first, others at the end. */
void override_warning_show(Project *project);
