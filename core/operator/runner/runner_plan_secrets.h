/* runner_plan_secrets: the Secrets of a plan that the backend "kubernetes" stores belong to the
 * Run, so that they go with it. */
#pragma once

#include "runner.h"

/* Names the Run as their owner. A plan that lies elsewhere stays as it is, and so does one whose
 * Secrets cannot be changed: the plan is good. */
void runner_plan_secrets_own(Runner *runner);
