/* command_completion: completion for shells, printed from the tables of commands and options. */
#pragma once

#include "command.h"

void command_completion_bash(StrBuf *out, Arena *arena);
void command_completion_zsh(StrBuf *out, Arena *arena);
void command_completion_fish(StrBuf *out, Arena *arena);
