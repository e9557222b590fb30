/* command_completion: generates completion scripts for shells from the tables of commands and
 * options. */
#pragma once

#include "command.h"

void command_completion_bash(const CommandTable *table, StrBuf *out, Arena *arena);
void command_completion_zsh(const CommandTable *table, StrBuf *out, Arena *arena);
void command_completion_fish(const CommandTable *table, StrBuf *out, Arena *arena);
