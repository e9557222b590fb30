/* foreign_programs: locates the programs of providers by TF_REATTACH_PROVIDERS, then by
 * dev_overrides and mirrors of the CLI configuration. */
#pragma once

#include "cli.h"
#include "foreign_source.h"

typedef struct ForeignPrograms ForeignPrograms;

/* Adds a source of providers that are programs to the registry. Returns NULL if neither environment
 * nor CLI configuration names any. */
ForeignPrograms *foreign_programs_open(Cli *cli);
/* Ends the processes. Accepts NULL. */
void foreign_programs_close(ForeignPrograms *programs);
