/* runner_outputs: what an apply leaves: a Secret with the outputs, and the result. */
#pragma once

#include "runner.h"

/* Returns the exit status of the container. The apply is done, so a failure is repeated by another
 * pod, which finds nothing to apply. */
int runner_outputs(Runner *runner);
