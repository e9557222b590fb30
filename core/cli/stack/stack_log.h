/* stack_log: the logs of the pods of a Run, as kubectl logs prints them. A pod runs code of a
 * configuration, so escape sequences are removed. */
#pragma once

#include "stack_access.h"

typedef struct StackLogRequest {
    const char *action;
    Str run;
    const char *phase; /* "plan" or "apply" */
    Str container;     /* empty: all of the pod, each with a heading */
    Str digest;        /* empty: any; else the pod must have reported the plan of this digest */
    bool follows;      /* until the pod has ended */
} StackLogRequest;

/* Prints the log of the newest pod of the phase. */
MUST_USE bool stack_log_print(StackAccess *access, const StackLogRequest *request);
