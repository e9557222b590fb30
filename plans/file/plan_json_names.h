/* plan_json_names: the words of the document that writer and reader share. */
#pragma once

#include "plan.h"

#define PLAN_JSON_FORMAT 1

#define PLAN_JSON_MODES   3
#define PLAN_JSON_ACTIONS (ACTION_FORGET_THEN_CREATE + 1)

extern const char *const plan_json_modes[PLAN_JSON_MODES];
extern const char *const plan_json_actions[PLAN_JSON_ACTIONS];
