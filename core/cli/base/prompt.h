/* prompt: questions to the person at the terminal. */
#pragma once

#include "cli.h"

/* Prints the question and reads one line; true if the line is `wanted`, "yes" mostly. The end of
 * standard input is an error; any other line is none. */
MUST_USE bool prompt_approve(
    Cli *cli, const char *question, const char *description, const char *wanted, Diags *diags);
