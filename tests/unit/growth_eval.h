/* growth_eval: growth for programs that evaluate expressions. */
#pragma once

#include "eval.h"
#include "growth.h"

Value __real_eval_equal(Value a, Value b, Arena *to);
Value __wrap_eval_equal(Value a, Value b, Arena *to);

Value __wrap_eval_equal(Value a, Value b, Arena *to) {
    growth_work++;
    return __real_eval_equal(a, b, to);
}
