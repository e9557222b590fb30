/* keeper_main: the program as an outcome keeper. */
#pragma once

#include "str.h"

/* Runs until the end of the run that started it. Returns the exit status. */
int keeper_main(Str plugin_directory, Arena *arena);
