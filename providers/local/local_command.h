/* local_command: runs a program without a shell; shared by the data source and the ephemeral
 * resource local_command. */
#pragma once

#include "object_builder.h"
#include "provider.h"

/* clang-format off */
#define LOCAL_COMMAND_ATTRIBUTES                                                                   \
    {"command",                  &TYPE_STRING, REQUIRED, "The program: a name that is looked up in PATH, or a path."}, \
    {"arguments",                &TYPE_LIST_OF_STRING, OPTIONAL, "Its arguments. No shell takes part."}, \
    {"stdin",                    &TYPE_STRING, OPTIONAL, "What it reads from its standard input."}, \
    {"working_directory",        &TYPE_STRING, OPTIONAL, "The directory that it runs in; the current one if it is left out."}, \
    {"allow_non_zero_exit_code", &TYPE_BOOL,   OPTIONAL, "True: a status other than 0 is no error."}, \
    {"exit_code",                &TYPE_NUMBER, COMPUTED, "Its exit status."},                      \
    {"stdout",                   &TYPE_STRING, COMPUTED, "What it wrote to its standard output; null if nothing."}, \
    {"stderr",                   &TYPE_STRING, COMPUTED, "What it wrote to its error output; null if nothing."}
/* clang-format on */

/* *out is the configuration with the program's results. */
MUST_USE bool local_command_run(const Call *call, Value config, Value *out, Diags *diags);
