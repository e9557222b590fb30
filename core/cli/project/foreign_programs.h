/* foreign_programs: where the programs of providers are, by the environment and the CLI
 * configuration: TF_REATTACH_PROVIDERS, then dev_overrides, then mirrors. */
#pragma once

#include "cli.h"
#include "foreign_source.h"

typedef struct ForeignPrograms ForeignPrograms;

/* Lets the registry find providers that are programs, if anything configures them. NULL if nothing
 * does. */
ForeignPrograms *foreign_programs_open(Cli *cli);
/* Ends the processes. NULL is fine. */
void foreign_programs_close(ForeignPrograms *programs);
