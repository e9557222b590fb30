/* object_plan: what an apply would do with one object, by the answer of the server to a dry run.
 *
 * An object that cannot be compared yet (its kind or namespace does not exist, the server does not
 * respond, a webhook knows no dry run, a value is unknown) is planned from its manifest; a note
 * says so, and the plan of the apply compares it. */
#pragma once

#include "object_target.h"

typedef enum ObjectAction {
    OBJECT_NONE,
    OBJECT_CREATE,
    OBJECT_UPDATE,
    OBJECT_REPLACE,
} ObjectAction;

typedef struct ObjectPlan {
    ObjectAction action;
    Value object;        /* attribute `object` after the change; may be unknown */
    Path replace_path;   /* of OBJECT_REPLACE: the field that cannot change */
    PlanNotes notes;     /* with paths in the resource */
    ObjectRecord record; /* private data of the plan, for object_apply */
} ObjectPlan;

MUST_USE bool object_plan(const ObjectRequest *request, ObjectPlan *out, Diags *diags);
