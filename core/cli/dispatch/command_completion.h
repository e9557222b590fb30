/* command_completion: generates completion scripts for shells from the tables of commands and
 * options. */
#pragma once

#include "command.h"

typedef enum CompletionShell { COMPLETION_BASH, COMPLETION_ZSH, COMPLETION_FISH } CompletionShell;

void command_completion_write(CompletionShell shell, const CommandTable *table, StrBuf *out,
                              Arena *arena);
