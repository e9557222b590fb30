/* local_command: runs a program without a shell; shared by the data source and the ephemeral
 * resource local_command. */
#pragma once

#include "object_builder.h"
#include "provider.h"

/* clang-format off */
#define LOCAL_COMMAND_ATTRIBUTES                                                                   \
    {"command",                  &TYPE_STRING, REQUIRED | STARTS_PROGRAM, "Program: a path, or a name to find in PATH."}, \
    {"arguments",                &TYPE_LIST_OF_STRING, OPTIONAL, "Arguments of the program, which runs without a shell."}, \
    {"stdin",                    &TYPE_STRING, OPTIONAL | ANY_TEXT, "Standard input of the program."}, \
    {"working_directory",        &TYPE_STRING, OPTIONAL, "Working directory of the program (default: the current directory)."}, \
    {"allow_non_zero_exit_code", &TYPE_BOOL,   OPTIONAL, "Whether to accept any exit status."}, \
    {"exit_code",                &TYPE_NUMBER, COMPUTED, "Exit status of the program."},                      \
    {"stdout",                   &TYPE_STRING, COMPUTED, "Standard output of the program; null if empty."}, \
    {"stderr",                   &TYPE_STRING, COMPUTED, "Standard error of the program; null if empty."}
/* clang-format on */

/* *out is the configuration with the program's results. */
MUST_USE bool local_command_run(const Call *call, Value config, Value *out, Diags *diags);
