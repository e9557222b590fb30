/* prompt: asks the user at the terminal for approval. */
#pragma once

#include "cli.h"

/* Prints the question, the description and the accepted answer, unless the description has it, and
 * reads one line. Returns true if the line equals `wanted`, usually "yes".
 * Adds an error only if standard input has ended. */
MUST_USE bool prompt_approve(Cli *cli, const char *question, const char *description,
                             const char *wanted, Diags *diags);
