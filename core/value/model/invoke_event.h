/* invoke_event: the events of an object at which actions are invoked, and what a failed invocation
 * means for the object. The source is the `action_trigger` block of Terraform 1.17. */
#pragma once

#include "str.h"

typedef enum InvokeEvent {
    INVOKE_BEFORE_CREATE,
    INVOKE_AFTER_CREATE,
    INVOKE_BEFORE_UPDATE,
    INVOKE_AFTER_UPDATE,
    INVOKE_BEFORE_DESTROY,
    INVOKE_AFTER_DESTROY,
} InvokeEvent;

typedef enum InvokeFailure {
    INVOKE_HALTS,     /* an error; what depends on the object does not begin */
    INVOKE_TAINTS,    /* the same; an object that was just created is replaced by the next plan */
    INVOKE_CONTINUES, /* a warning */
} InvokeFailure;

/* Return "after_create" and "halt", as the configuration writes them; "AfterCreate" and
 * "ActionOnFailureHalt", as the JSON of a plan does. */
const char *invoke_event_keyword(InvokeEvent event);
const char *invoke_event_name(InvokeEvent event);
const char *invoke_failure_keyword(InvokeFailure failure);
const char *invoke_failure_name(InvokeFailure failure);
/* Find the value of a keyword. Return false if there is none. */
MUST_USE bool invoke_event_parse(Str keyword, InvokeEvent *out);
MUST_USE bool invoke_failure_parse(Str keyword, InvokeFailure *out);
bool invoke_event_is_before(InvokeEvent event);
bool invoke_event_is_destroy(InvokeEvent event);
