/* aws_metadata: keys from services that a machine or container of AWS reaches at fixed addresses.
 * Both functions return false with *problem, the end of a sentence without secrets. */
#pragma once

#include "aws_keys.h"
#include "aws_options.h"

/* Returns whether the variables of a container name its service. */
bool aws_metadata_has_container(const Io *io);
/* Asks the service of the container: ECS, and pods of EKS. */
MUST_USE bool aws_metadata_container(const AwsLookup *lookup, AwsKeys *out, Str *problem,
                                     Arena *arena);
/* Returns whether the metadata service of the machine may be asked. */
bool aws_metadata_is_enabled(const AwsLookup *lookup);
/* Asks the metadata service of the machine, version 2, for the keys of its role. */
MUST_USE bool aws_metadata_machine(const AwsLookup *lookup, AwsKeys *out, Str *problem,
                                   Arena *arena);
