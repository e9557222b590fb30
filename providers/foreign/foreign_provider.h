/* foreign_provider: implements Provider with a program that serves Terraform's plugin protocol. The
 * program runs from foreign_provider_open to foreign_provider_close. */
#pragma once

#include "foreign_client.h"

/* Starts the program and reads its schema. Returns NULL after adding an error. */
ForeignProvider *foreign_provider_open(Str address, const ForeignProgram *program, const Io *io,
                                       Diags *diags);
/* Ends all processes and frees the provider. No call may be in progress. */
void foreign_provider_close(ForeignProvider *foreign);
