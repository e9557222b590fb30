/* foreign_provider: a Provider whose types and calls are those of a program that speaks Terraform's
 * plugin protocol. The program runs from the first lookup to the end of the run. */
#pragma once

#include "foreign_client.h"

/* Starts the program and reads its schema. Returns NULL after adding an error. */
ForeignProvider *foreign_provider_open(Str address,
                                       const ForeignProgram *program,
                                       const Io *io,
                                       Diags *diags);
/* Ends all processes. */
void foreign_provider_close(ForeignProvider *foreign);
