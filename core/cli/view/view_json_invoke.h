/* view_json_invoke: the lines about actions in the stream of JSON events, as Terraform 1.17 writes
 * them. */
#pragma once

#include "cli.h"
#include "hooks.h"
#include "plan.h"

/* Writes a line for each planned invocation. */
void view_json_invoke_planned(const Cli *cli, const Plan *plan);
/* Writes the line of an EVENT_INVOKE_…. */
void view_json_invoke_event(const Cli *cli, const WalkEvent *event);
