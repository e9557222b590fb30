/* serve_main: the program as a provider of Terraform. */
#pragma once

#include "str.h"

/* Returns the name of the provider if the path of the program is terraform-provider-NAME, with or
 * without a version ("terraform-provider-ssh_v0.1.0"); else the empty text. */
Str serve_main_name(const char *program);
/* Serves the provider until the end of the client. Returns the exit status. */
int serve_main(Str name, Str plugin_directory, Arena *arena);
