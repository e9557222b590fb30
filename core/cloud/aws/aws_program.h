/* aws_program: keys that a program of the user prints (credential_process of a profile). */
#pragma once

#include "aws_keys.h"
#include "aws_options.h"

/* Runs the command line by a shell. Returns false with *problem, the end of a sentence with the
 * standard error of the program, but never its output. */
MUST_USE bool aws_program_keys(const AwsLookup *lookup, Str command, AwsKeys *out, Str *problem,
                               Arena *arena);
