/* backend_secrets: warns of secrets among the arguments of a backend, which `init` records. */
#pragma once

#include "backend_choice.h"

/* Adds one warning that names the arguments, and for each the environment variable that can replace
 * it. No value is shown. */
void backend_secrets_warn(Project *project, const BackendChoice *choice);
