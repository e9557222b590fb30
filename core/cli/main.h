/* main: the other programs that main.c runs under other names. */
#pragma once

#include "str.h"

/* The outcome keeper: runs until the end of the run that started it. Returns the exit status. */
int keeper_main(Str plugin_directory, Arena *arena);

/* Returns the name of the provider if the path of the program is terraform-provider-NAME, with or
 * without a version ("terraform-provider-ssh_v0.1.0"); else the empty text. */
Str serve_main_name(const char *program);
/* A provider of Terraform: serves the provider until the end of the client. Returns the exit
 * status. */
int serve_main(Str name, Str plugin_directory, Arena *arena);
