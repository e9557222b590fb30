/* target_case: a chain of resources, an independent one, and two instances of a module, for plans
 * with -target and -exclude. */
#pragma once

#include "engine_case.h"

static const char target_case_module[] = "variable: {name: {}}\n"
                                         "resource: {fake_thing: {t: {name: '${var.name}'}}}\n"
                                         "output: {id: {value: '${fake_thing.t.id}'}}\n";
static const char target_case_text[] = "resource:\n"
                                       "  fake_thing:\n"
                                       "    a: {name: a}\n"
                                       "    b: {count: 2, name: 'b${count.index}', input: "
                                       "'${fake_thing.a.id}'}\n"
                                       "    c: {name: c, input: '${fake_thing.b[0].id}'}\n"
                                       "    z: {name: z}\n"
                                       "module: {m: {source: ./m, for_each: {x: 1, y: 2}, name: "
                                       "'${each.key}'}}\n"
                                       "output: {c: {value: '${fake_thing.c.id}'}, a: {value: "
                                       "'${fake_thing.a.id}'}}\n";

/* For a destroy plan, everything is applied first. */
static inline EngineCase *target_case_open(PlanMode mode) {
    EngineCase *c = engine_case_open();
    engine_case_write(c, "m/main.loam.yaml", target_case_module);
    engine_case_config(c, target_case_text);
    if (mode == PLAN_DESTROY)
        engine_case_must(c, engine_case_apply(c));
    engine_case_options(c, mode);
    return c;
}
