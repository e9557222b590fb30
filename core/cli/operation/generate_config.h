/* generate_config: -generate-config-out: describes objects of import blocks without a resource
 * block in a new file. The plan then includes that file. */
#pragma once

#include "project.h"
#include "resource_text.h"

/* Returns false, with an error, if the file exists or its format is not supported. Call before
 * opening the state. */
MUST_USE bool generate_config_check(const Project *project);
/* Writes the resources to the file of the option; *out is its text. */
MUST_USE bool generate_config_write(Project *project, const ResourceTexts *texts, Str *out);
/* Call with the state open. Imports the objects, writes the file, and loads the configuration again
 * with it. *blocks: the generated blocks by address, Str *. */
MUST_USE bool generate_config_missing(Project *project, Map *blocks);
